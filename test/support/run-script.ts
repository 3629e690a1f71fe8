import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalStack } from './local-stack.ts';

const ROOT = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `npm run <script> -- <options>` runs, without npm itself, which takes longer than most of them. `input` is what stands in a pipe. */
export function runScript(
  script: string,
  options: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  input = '',
): Promise<Ran> {
  const [node, ...words] = scripts[script]?.replace(/^exec /, '').split(' ') ?? [];
  if (node !== 'node') throw new Error(`${script} is no script of package.json that runs node`);
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...words, ...options], { cwd: ROOT, env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

/** The same against a local stack, on a machine that is set up for some other AWS. */
export const scriptOn =
  (script: string, { ports }: Pick<LocalStack, 'ports'>, env: Record<string, string> = {}) =>
  (...options: string[]) =>
    runScript(script, options, {
      // The settings of the machine that runs the tests must not leak in.
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(HOOK_|AWS_)/.test(name))),
      ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
      AWS_PROFILE: 'nobody',
      ...env,
    });
