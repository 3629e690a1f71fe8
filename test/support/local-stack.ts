import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '../../lib/state/row.ts';
import { toRow, type Item } from '../../lib/store/items.ts';

/** A start takes 4 s on two idle cores; a busy machine is not a fault of the stack. */
const START_PATIENCE_MS = 50_000;
const ROOT = join(import.meta.dirname, '../..');
const PORT_NAMES = ['PORT', 'DYNAMODB_PORT', 'CONSOLE_PORT', 'QUEUE_PORT'] as const;
export type Ports = Record<(typeof PORT_NAMES)[number], number>;

export async function freePorts(): Promise<Ports> {
  const servers = await Promise.all(
    PORT_NAMES.map(async (name) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return [name, server] as const;
    }),
  );
  const ports = servers.map(([name, server]) => [name, (server.address() as AddressInfo).port] as const);
  await Promise.all(servers.map(([, server]) => new Promise((resolve) => server.close(resolve))));
  return Object.fromEntries(ports) as Ports;
}

export const newDataDir = () => mkdtempSync(join(tmpdir(), 'wcs-hooks-'));

export interface StackOptions {
  /** What is undefined is left out of the environment. */
  readonly env?: NodeJS.ProcessEnv;
  readonly ports?: Ports;
  readonly dataDir?: string;
  /** A copy of the project instead of this one. */
  readonly root?: string;
  /** Another user than this one. */
  readonly uid?: number | undefined;
}

/** Runs `npm start` as an operator does, without waiting for anything. */
export async function spawnStack({ env = {}, ports, dataDir = newDataDir(), root = ROOT, uid }: StackOptions = {}) {
  const chosen = ports ?? (await freePorts());
  // The settings of the machine that runs the tests must not leak in.
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(HOST$|EVENTS_URL$|CHANGE_EVENTS$|HOOK_|FAIL_|TOKEN_|ALLOWED_|REST_|STOP_|AWS_)/.test(name),
    ),
  );
  const environment = {
    ...inherited,
    ...Object.fromEntries(Object.entries(chosen).map(([name, port]) => [name, String(port)])),
    DATA_DIR: dataDir,
    ...env,
  };
  const npm = spawn('npm', ['start'], {
    cwd: root,
    detached: true,
    env: environment,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let output = '';
  npm.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  npm.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => npm.once('exit', resolve));

  const url = `http://127.0.0.1:${chosen.PORT}/rest/my_api`;
  const local = { region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const client = new DynamoDBClient({ ...local, endpoint: `http://127.0.0.1:${chosen.DYNAMODB_PORT}` });
  const queue = new SQSClient({ ...local, endpoint: `http://127.0.0.1:${chosen.QUEUE_PORT}` });
  /** All processes of this stack: they have inherited its DATA_DIR. */
  const processes = () => processesWith(`DATA_DIR=${dataDir}`);

  async function read(TableName: string, Key: Item): Promise<Row | undefined> {
    const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    return Item && toRow(Item);
  }

  const pidOf = (part: string) => {
    const found = processes().find(({ command }) => command.includes(part));
    if (!found) throw new Error(`no process of ${part}`);
    return found.pid;
  };
  /** Processes that a test runs beside the stack's. */
  const ours = new Set<number>();
  /** What undoes that a test holds something. */
  const releases = new Set<() => void>();
  return {
    npm,
    pidOf,
    kill: (part: string) => process.kill(pidOf(part), 'SIGKILL'),
    /** Keeps a part down, which the stack would start again: kills it, and stops each process that replaces it before it works. */
    holdDown(part: string) {
      const killed = pidOf(part);
      process.kill(killed, 'SIGKILL');
      const held = new Set<number>();
      const timer = setInterval(() => {
        for (const { pid, command } of processes()) {
          if (!command.includes(part) || pid === killed || held.has(pid) || ours.has(pid)) continue;
          process.kill(pid, 'SIGSTOP');
          held.add(pid);
        }
      }, 100);
      const release = () => {
        clearInterval(timer);
        releases.delete(release);
        for (const { pid } of processes()) if (held.has(pid)) process.kill(pid, 'SIGCONT');
      };
      releases.add(release);
      return release;
    },
    /** Runs the DynamoDB of the stack in other circumstances, while its own is held down; ready when it listens. */
    async startDynamodb(extra: Record<string, string>) {
      const part = spawn(process.execPath, [join(root, 'infra/local/dynamodb.ts')], {
        env: { ...environment, ...extra },
      });
      ours.add(part.pid ?? 0);
      const ended = once(part, 'exit');
      part.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const stop = async () => {
        part.kill('SIGKILL');
        await ended;
      };
      releases.add(() => void stop());
      for (const deadline = Date.now() + START_PATIENCE_MS; ; await sleep(50)) {
        const ready = await fetch(`http://127.0.0.1:${chosen.DYNAMODB_PORT}`).then(
          () => true,
          () => false,
        );
        if (ready) return stop;
        if (Date.now() > deadline) throw new Error(`dynamodb.ts did not start:\n${output}`);
      }
    },
    ports: chosen,
    dataDir,
    url,
    exited,
    output: () => output,
    logLines: () =>
      output
        .split('\n')
        .filter((line) => line.startsWith('{"time"'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    processes,
    async ready() {
      for (const deadline = Date.now() + START_PATIENCE_MS; !/^ready /m.test(output); await sleep(50)) {
        if (npm.exitCode !== null || Date.now() > deadline) throw new Error(`the stack did not start:\n${output}`);
      }
    },
    post: (method: string, body: string | Buffer, headers: Record<string, string> = {}) =>
      fetch(`${url}/${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : new Uint8Array(body),
      }),
    row: (id: string) => read('wcs-hooks-local-streams', { mediaSessionId: { S: id } }),
    session: (id: string) => read('wcs-hooks-local-sessions', { sessionId: { S: id } }),
    /** How many messages wait in a queue, visible or not. */
    async parkedNow(queueName = 'parking') {
      const { Attributes = {} } = await queue.send(
        new GetQueueAttributesCommand({
          QueueUrl: `http://127.0.0.1:${chosen.QUEUE_PORT}/000000000000/wcs-hooks-local-${queueName}`,
          AttributeNames: ['All'],
        }),
      );
      return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
    },
    /** Waits for the last process to end, and kills what is left: the answer is what was left. */
    async left(milliseconds = 5000) {
      for (const deadline = Date.now() + milliseconds; processes().length > 0 && Date.now() < deadline;)
        await sleep(50);
      const left = processes();
      for (const { pid } of left) process.kill(pid, 'SIGKILL');
      client.destroy();
      queue.destroy();
      return left;
    },
    async stop() {
      for (const release of releases) release();
      npm.kill('SIGTERM');
      return this.left();
    },
  };
}

export type LocalStack = Awaited<ReturnType<typeof spawnStack>>;

export async function startStack(options?: StackOptions): Promise<LocalStack> {
  const stack = await spawnStack(options);
  await stack.ready();
  return stack;
}

/** @returns the processes that have inherited a variable, as in `NAME=value` */
export function processesWith(variable: string): { pid: number; command: string }[] {
  if (!existsSync('/proc/self/environ')) throw new Error('processes can be listed on Linux only');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        // A process that has ended but was not waited for has no command.
        return environment.includes(variable) && command ? [{ pid: Number(pid), command }] : [];
      } catch {
        return [];
      }
    });
}
