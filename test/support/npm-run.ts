import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { LocalStack } from './local-stack.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the operator's tools as an operator does, on a machine that is set up for some other AWS. */
export const npmRun =
  (script: string, { ports }: Pick<LocalStack, 'ports'>, env: Record<string, string> = {}) =>
  (...options: string[]) =>
    new Promise<Ran>((resolve) => {
      const environment: NodeJS.ProcessEnv = {
        // The settings of the machine that runs the tests must not leak in.
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(HOOK_|AWS_)/.test(name))),
        ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
        AWS_PROFILE: 'nobody',
        ...env,
      };
      const child = execFile(
        'npm',
        ['run', '-s', script, '--', ...options],
        { cwd: join(import.meta.dirname, '../..'), env: environment },
        (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });
