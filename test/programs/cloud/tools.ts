/** moto, an AWS in Python that is not ours, and cfn-lint, which knows AWS's own schemas: in a Python environment of their own. */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export const ROOT = join(import.meta.dirname, '../../..');
export const CLOUD = join(ROOT, '.cloud');
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const LEAST_PYTHON = [3, 11] as const;
const START_MS = 60_000;

const run = promisify(execFile);
const OUTPUT = { maxBuffer: 64 * 1024 * 1024 };

/** What is missing on this machine, and what to do. */
export class MissingError extends Error {
  override name = 'MissingError';
}

/** @returns the folder of the environment's commands. Made once for each state of requirements.txt. @throws MissingError */
export async function pythonTools(say: (text: string) => void): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  const venv = join(CLOUD, `venv-${digest}`);
  const bin = join(venv, 'bin');
  if (existsSync(join(venv, 'complete'))) return bin;

  const python = await findPython();
  say(`installing moto and cfn-lint into ${venv} (once; from PyPI)`);
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(CLOUD, { recursive: true });
  await run(python, ['-m', 'venv', venv]).catch((error: Error) => {
    throw new MissingError(
      `${python} makes no virtual environment (Debian: apt install python3-venv): ${error.message}`,
    );
  });
  await run(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS], OUTPUT).catch(
    ({ stderr }: { stderr: string }) => {
      throw new MissingError(
        `pip cannot install test/programs/cloud/requirements.txt (is PyPI reachable?):\n${stderr}`,
      );
    },
  );
  writeFileSync(join(venv, 'complete'), '');
  return bin;
}

async function findPython(): Promise<string> {
  const [major, minor] = LEAST_PYTHON;
  const isNew = `import sys; sys.exit(sys.version_info < (${major}, ${minor}))`;
  for (const name of ['python3', 'python']) {
    const found = await run(name, ['-c', isNew]).then(
      () => true,
      () => false,
    );
    if (found) return name;
  }
  throw new MissingError(`Python ${major}.${minor} or newer is needed, as python3, with pip and venv`);
}

export type Call = readonly [service: string, operation: string, parameters: object];

/** An AWS of its own, on a free port of this machine. */
export async function startMoto(bin: string) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const folder = join(CLOUD, 'moto');
  mkdirSync(folder, { recursive: true });
  const log = join(folder, 'moto.log');
  writeFileSync(log, '');
  const child = spawn(
    join(bin, 'python'),
    [join(import.meta.dirname, 'stand_in.py'), '-H', '127.0.0.1', '-p', `${port}`],
    {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  child.stderr.on('data', (text: Buffer) => writeFileSync(log, text, { flag: 'a' }));
  const stop = () => void child.kill();
  process.once('exit', stop);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

  const environment = { ...CREDENTIALS, AWS_ENDPOINT_URL: url };
  for (const deadline = Date.now() + START_MS; ; await sleep(200)) {
    const isUp = await fetch(`${url}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) break;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`moto does not start: see ${log}`);
  }

  /** Answers of several calls to the API. */
  async function ask(...calls: Call[]): Promise<Record<string, unknown>[]> {
    const asking = run(join(bin, 'python'), [join(import.meta.dirname, 'ask.py')], {
      ...OUTPUT,
      env: { ...cleanEnvironment(), ...environment },
    });
    asking.child.stdin?.end(JSON.stringify(calls));
    return JSON.parse((await asking).stdout) as Record<string, unknown>[];
  }
  return { url, environment, ask, stop };
}
export type Moto = Awaited<ReturnType<typeof startMoto>>;

/** Nothing here may reach a real AWS, whatever the shell's environment holds; nor depend on its settings. */
const CREDENTIALS = {
  AWS_REGION: 'eu-central-1',
  AWS_DEFAULT_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
};
const OURS =
  /^(AWS_|SECRETS_|HOOK_|TOKEN_|FAIL_|STOP_|MAX_|ALARM_|NO_HOOKS|RESERVED_|RETENTION_|LEASE_|LIVE_|KEEP_|ALLOWED_|REST_|TEST_|IS_OFF)/;
const cleanEnvironment = () => Object.fromEntries(Object.entries(process.env).filter(([name]) => !OURS.test(name)));

/** Runs a command of node_modules. @returns all that it printed; @throws Error with that in its message */
export async function runTool(name: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const command = [join(ROOT, 'node_modules/.bin', name), ...args];
  try {
    const { stdout, stderr } = await run(process.execPath, command, {
      ...OUTPUT,
      cwd: ROOT,
      env: { ...cleanEnvironment(), ...env },
    });
    return stdout + stderr;
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`${name} ${args.join(' ')} failed:\n${stdout}${stderr}` || message, { cause: error });
  }
}

/** @returns what cfn-lint remarks on a template */
export async function lintTemplate(bin: string, file: string): Promise<string[]> {
  const said = await run(join(bin, 'cfn-lint'), ['--format', 'parseable', '--', file], OUTPUT).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr || 'cfn-lint failed',
  );
  return said.split('\n').filter(Boolean);
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Replaces a folder's content. */
export function freshFolder(name: string): string {
  const folder = join(CLOUD, name);
  if (existsSync(folder)) renameSync(folder, `${folder}.old`);
  rmSync(`${folder}.old`, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
