/** A Lambda's container: the real runtime client and one bundle in a process of its own, with nothing but a function's environment. */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { clientIn } from './client.ts';
import { startRuntimeApi } from './runtime-api.ts';

const DIST = join(import.meta.dirname, '../../../dist');

export interface ContainerOptions {
  /** Invocations at once; 1 is what Lambda does by default. */
  readonly concurrency?: number;
  /** As Lambda does with a container that has nothing to do: its process stands still. */
  readonly freezes?: boolean;
}

export type Container = Awaited<ReturnType<typeof startContainer>>;

export async function startContainer(
  name: string,
  settings: Record<string, string>,
  { concurrency = 1, freezes = false }: ContainerOptions = {},
) {
  const folder = process.env['RUNTIME_CLIENT'];
  if (!folder) throw new Error('no runtime client: start these tests with npm run test:runtime');

  // The zip holds the bundle and its entry alone: no node_modules and no package.json are beside it.
  const taskRoot = mkdtempSync(join(tmpdir(), 'wcs-hooks-task-'));
  mkdirSync(join(taskRoot, 'dist'));
  for (const type of ['cjs', 'mjs']) {
    copyFileSync(join(DIST, `${name}.${type}`), join(taskRoot, 'dist', `${name}.${type}`));
  }

  const signal = (which: NodeJS.Signals) => freezes && child.kill(which);
  const api = await startRuntimeApi({ onIdle: () => signal('SIGSTOP'), onWork: () => signal('SIGCONT') });
  const started = performance.now();
  // The client's own test scripts switch both off: a bundle must need neither.
  const flags = ['--no-experimental-require-module', '--no-experimental-detect-module'];
  const child = spawn(process.execPath, [...flags, clientIn(folder)], {
    cwd: taskRoot,
    env: {
      PATH: process.env['PATH'],
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      AWS_LAMBDA_RUNTIME_API: api.address,
      _HANDLER: `dist/${name}.handler`,
      LAMBDA_TASK_ROOT: taskRoot,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_FUNCTION_NAME: `wcs-hooks-test-${name}`,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/wcs-hooks-test-${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]0',
      ...(concurrency > 1
        ? { AWS_LAMBDA_MAX_CONCURRENCY: String(concurrency), AWS_LAMBDA_NODEJS_WORKER_COUNT: '1' }
        : {}),
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_SESSION_TOKEN: 'test',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const complaints: string[] = [];
  createInterface(child.stdout).on('line', (line) => output.push(line));
  createInterface(child.stderr).on('line', (line) => complaints.push(line));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const gone = exited.then((code) => {
    throw new Error(`the container of ${name} ended with ${code}:\n${[...output, ...complaints].join('\n')}`);
  });
  const ready = Promise.race([api.ready.then(() => performance.now() - started), gone]);
  // Not everybody waits for these.
  for (const promise of [gone, ready]) promise.catch(() => {});

  return {
    /** All lines on stdout: what becomes the log. */
    output,
    complaints,
    exited,
    initError: api.initError,
    /** Milliseconds from its start to its first question for an invocation. */
    ready,
    invoke<Answer>(event: object) {
      const { id, response } = api.invoke(event);
      return { id, answer: Promise.race([response as Promise<Answer>, gone]) };
    },
    /** Linux only, as the client. */
    peakMegabytes: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    isStopped: () => /^State:\s+T/m.test(readFileSync(`/proc/${child.pid}/status`, 'utf8')),
    async stop() {
      child.kill('SIGKILL');
      await exited;
      await api.close();
      rmSync(taskRoot, { recursive: true, force: true });
    },
  };
}
