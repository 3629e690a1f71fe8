import { vi } from 'vitest';
import { runCommand } from '../../infra/cli/command-line.ts';
import type { Ran } from './run-script.ts';

/** What `npm run <script>` does, in this process: one of its own takes longer to load than most of them run. */
export async function runHere(script: string, run: () => Promise<void>): Promise<Ran> {
  let [stdout, stderr] = ['', ''];
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line: string) => void (stdout += `${line}\n`)),
    vi.spyOn(console, 'error').mockImplementation((line: string) => void (stderr += `${line}\n`)),
  ];
  await runCommand(script, run).finally(() => spies.forEach((spy) => spy.mockRestore()));
  const code = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  return { code, stdout, stderr };
}
