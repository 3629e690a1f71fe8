/** A process of the local stack: it reports to its parent when it is ready, and ends with it, even if the parent is killed. */
import { fork } from 'node:child_process';
import { join } from 'node:path';

export interface RunningPart {
  /** Why it ended. */
  readonly ended: Promise<string>;
  kill(): void;
}

/** A process that is neither ready nor ended by then hangs. */
const START_MS = 30_000;

/** @throws Error with the child's own words if it does not become ready */
export async function startChild(file: string, ...args: string[]): Promise<RunningPart> {
  const child = fork(join(import.meta.dirname, file), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const kill = () => void child.kill('SIGKILL');
  let isReady = false;
  let explained: string | undefined;
  const ready = new Promise<void>((resolve) =>
    child.on('message', (message: { ready?: true; error?: string }) => {
      explained = message.error;
      if (message.ready) resolve();
    }),
  ).then(() => void (isReady = true));
  const ended = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) => resolve(explained ?? String(signal ?? code))),
  );
  const hangs = setTimeout(() => {
    explained = `it was not ready within ${START_MS / 1000} s`;
    kill();
  }, START_MS);
  await Promise.race([ready, ended]);
  clearTimeout(hangs);
  if (!isReady) throw new Error(await ended);
  return { ended, kill };
}

/** Called in the child. `start` resolves when it works; an error, then or later, becomes one line in the stack's output. */
export function runAsChild(start: () => Promise<void>, explain = ({ message }: Error) => message): void {
  const fail = (error: Error) => {
    const message = explain(error);
    if (process.send) process.send({ error: message }, () => process.exit(1));
    else console.error(message);
    process.exitCode = 1;
  };
  if (process.send) {
    // The channel closes when the parent ends, however it ends, and it may have ended before this line.
    if (!process.connected) process.exit(0);
    process.on('disconnect', () => process.exit(0));
    // Ctrl-C goes to all processes of the terminal, systemd's signal to all of the service: the parent may still be
    // answering hooks then.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => {});
  }
  process.on('uncaughtException', fail);
  start().then(() => process.send?.({ ready: true }), fail);
}

/** Resolves when the server listens; rejects where it cannot. */
export const listening = (server: { once(event: string, listener: (error: Error) => void): unknown }) =>
  new Promise<void>((resolve, reject) => {
    server.once('listening', () => resolve());
    server.once('error', reject);
  });
