/** Runs commands of node_modules. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './python.ts';

const run = promisify(execFile);

/** @returns all that it printed; @throws Error with that in its message */
export async function runTool(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const command = [join(ROOT, 'node_modules/.bin', name), ...args];
  try {
    const { stdout, stderr } = await run(process.execPath, command, { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 });
    return stdout + stderr;
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`${name} ${args.join(' ')} failed:\n${stdout + stderr || message}`, { cause: error });
  }
}
