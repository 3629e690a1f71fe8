/** A process of the local stack: it tells its parent once it is ready, and ends with it, even if the parent is killed. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** @throws Error with the child's own words if it does not become ready */
export function startChild(file: string, ...args: string[]): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, file), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('message', (message: { ready?: true; error?: string }) => {
      if (message.ready) resolve(child);
      else reject(new Error(message.error));
    });
    child.once('exit', (code, signal) => reject(new Error(`${file} ended (${signal ?? code})`)));
  });
}

/** In the child: `start` resolves when it works; what goes wrong, then or later, is one line of the stack's. */
export function runAsChild(start: () => Promise<void>, explain = ({ message }: Error) => message): void {
  const fail = (error: Error) => {
    const message = explain(error);
    if (process.send) process.send({ error: message }, () => process.exit(1));
    else console.error(message);
    process.exitCode = 1;
  };
  // The channel closes when the parent ends, however it ends. Ctrl-C goes to all processes of the terminal: the parent
  // may still be answering hooks then.
  process.on('disconnect', () => process.exit(0));
  process.on('SIGINT', () => {});
  process.on('uncaughtException', fail);
  start().then(() => process.send?.({ ready: true }), fail);
}

/** Resolves when the server listens; rejects where it cannot. */
export const listening = (server: { once(event: string, listener: (error: Error) => void): unknown }) =>
  new Promise<void>((resolve, reject) => {
    server.once('listening', () => resolve());
    server.once('error', reject);
  });
