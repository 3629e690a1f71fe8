/** The checks of a program that uses running stacks: all are run, whatever came of those before, and printed as they end. */
import { Failure, UsageError } from '../../infra/cli/command-line.ts';
import { MissingError } from '../../infra/local/python.ts';
import { startStack, type LocalStack } from './local-stack.ts';

export type Check<Setting> = readonly [title: string, run: (setting: Setting) => Promise<void>];

export interface ChecksOfStack<Setting> {
  /** What the stack is started with, beside STOP_STREAMS=true. */
  readonly env: NodeJS.ProcessEnv;
  readonly checks: readonly Check<Setting>[];
  /** Prepares the stack, and says what its checks are given. */
  readonly settingOf: (stack: LocalStack) => Promise<Setting> | Setting;
  /** After a check that failed; `count`: how many have so far. */
  readonly afterFailure?: (setting: Setting, count: number) => Promise<void>;
  /** After all of them. @returns what is wrong */
  readonly afterAll?: (stack: LocalStack) => readonly string[];
}

/** Those whose title has the word `only`. @throws Failure naming what failed, with `hint`; UsageError if there is none such */
export async function runChecks<Setting>(stacks: readonly ChecksOfStack<Setting>[], only: string, hint: string) {
  let passed = 0;
  const failed: string[] = [];
  for (const { env, checks, settingOf, afterFailure, afterAll } of stacks) {
    const chosen = checks.filter(([title]) => title.includes(only));
    if (chosen.length === 0) continue;
    const stack = await startStack({ env: { STOP_STREAMS: 'true', ...env } });
    try {
      const setting = await settingOf(stack);
      for (const [title, run] of chosen) {
        const began = Date.now();
        try {
          await run(setting);
          passed++;
          console.log(`ok      ${title} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
        } catch (error) {
          if (error instanceof MissingError) throw new Failure(error.message);
          failed.push(title);
          console.log(`FAILED  ${title}\n        ${(error as Error).message.replaceAll('\n', '\n        ')}`);
          await afterFailure?.(setting, failed.length);
        }
      }
      failed.push(...(afterAll?.(stack) ?? []));
    } finally {
      await stack.stop();
    }
  }
  console.log(`${passed} passed, ${failed.length} failed`);
  if (passed + failed.length === 0) throw new UsageError(`--only ${only}: no check has this in its title`);
  if (failed.length > 0) throw new Failure(`Failed: ${failed.join('; ')}. ${hint}`);
}
