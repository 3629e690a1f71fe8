/** MiniStack: an AWS emulator in Python that is not ours. It deploys a template, routes requests, runs functions, queues and schedules. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLOUD, MissingError, pythonTools, ROOT } from './python.ts';
import { HOST } from './settings.ts';

const REQUIREMENTS = join(import.meta.dirname, 'ministack-requirements.txt');
const START_MS = 60_000;
const STOP_MS = 8000;

export const ACCOUNT = '123456789012';

/** For everything that calls it: nothing may reach a real AWS, whatever the shell is set up for. */
export const CREDENTIALS = {
  AWS_REGION: 'eu-central-1',
  AWS_DEFAULT_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** A client with the owner's credentials, which may do everything. */
export function ownersClient(endpoint: string): DynamoDBClient {
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = CREDENTIALS;
  return new DynamoDBClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
}

export interface MiniStack {
  /** The URL at which it listens. */
  readonly url: string;
  /** The folder of its Python's commands. */
  readonly bin: string;
  /** Resolves when it ends, for whatever reason. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

export interface MiniStackOptions {
  /** The name of its log file in .cloud/. */
  readonly logName: string;
  readonly say: (text: string) => void;
  /** The port in the URLs that it hands out, such as a queue's: that of a proxy. Its own by default. */
  readonly namedPort?: number;
  /** Whether it enforces the functions' roles. */
  readonly asksRoles?: boolean;
}

/** @throws MissingError if this machine cannot run it */
export async function startMiniStack({
  logName,
  say,
  namedPort,
  asksRoles = false,
}: MiniStackOptions): Promise<MiniStack> {
  if (process.platform === 'win32') throw new MissingError('MiniStack needs Linux or macOS (on Windows: WSL)');
  const bin = await pythonTools(REQUIREMENTS, say);
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'wcs-hooks-ministack-'));
  mkdirSync(CLOUD, { recursive: true });
  const logFile = join(CLOUD, logName);
  const log = openSync(logFile, 'w');
  const child = spawn(join(bin, 'python'), [join(import.meta.dirname, 'run_ministack.py'), `${HOST}:${port}`], {
    cwd: folder,
    stdio: ['pipe', log, log],
    // Ctrl-C is handled by whoever started it.
    detached: true,
    // The functions inherit this environment: it must have nothing else.
    env: {
      ...CREDENTIALS,
      PATH: [dirname(process.execPath), bin, process.env['PATH']].join(delimiter),
      HOME: folder,
      TMPDIR: folder,
      MINISTACK_HOST: HOST,
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      MINISTACK_REGION: CREDENTIALS.AWS_REGION,
      GATEWAY_PORT: String(namedPort ?? port),
      AUTH: String(asksRoles),
      NODE_OPTIONS: `--require ${join(import.meta.dirname, 'require-cjs.cjs')}`,
    },
  });
  const ended = once(child, 'exit');
  async function stop() {
    child.kill();
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  }

  const url = `http://${HOST}:${port}`;
  for (const deadline = Date.now() + START_MS; ; await sleep(200)) {
    const isUp = await fetch(`${url}/_ministack/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return { url, bin, ended, stop };
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`MiniStack did not start: see ${relative(ROOT, logFile)}`);
    }
  }
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, HOST, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
