/** What all checks are given, and how they complain. */
import { isDeepStrictEqual } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import type { Check as CheckOf } from '../../support/checks.ts';
import type { LocalStack } from '../../support/local-stack.ts';

export interface Setting {
  readonly browser: Browser;
  readonly stack: LocalStack;
  /** Of the page. */
  readonly url: string;
  /** Of the 10,000 live streams. */
  readonly streams: number;
  readonly shoot: (page: Page, name: string) => Promise<void>;
  readonly say: (text: string) => void;
}
export type Check = CheckOf<Setting>;

export function equal(actual: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
}

export function that(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** Waits until it holds. */
export async function until(
  holds: () => Promise<boolean> | boolean,
  what: string,
  milliseconds = 20_000,
): Promise<void> {
  for (const deadline = Date.now() + milliseconds; !(await holds());) {
    that(Date.now() < deadline, `${what}: not within ${milliseconds / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
