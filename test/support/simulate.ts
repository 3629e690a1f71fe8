import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { LocalStack } from './local-stack.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface Simulated {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `npm run simulate` as a user does. */
export const simulate = (...options: string[]) =>
  new Promise<Simulated>((resolve) => {
    const child = execFile('npm', ['run', '-s', 'simulate', '--', ...options], { cwd: ROOT }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

/** Plays a scenario against a stack with the secret `secret`, and verifies its rows. */
export const playScenario = (scenario: string, { url, ports }: LocalStack, ...options: string[]) =>
  simulate(
    ...['--url', url, '--secret', 'secret', '--scenario', scenario, '--verify'],
    ...['--dynamodb', `http://127.0.0.1:${ports.DYNAMODB_PORT}`, ...options],
  );
