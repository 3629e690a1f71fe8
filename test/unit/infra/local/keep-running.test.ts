import { describe, expect, it } from 'vitest';
import type { RunningPart } from '../../../../infra/local/child.ts';
import { keepRunning, RESTART_DELAYS, STEADY_MS } from '../../../../infra/local/keep-running.ts';

/** A part of which each start does what is next in `fates`: runs so many milliseconds, or does not start; the last runs for ever. */
async function fate(fates: (number | 'fails')[]) {
  const said: string[] = [];
  const waited: number[] = [];
  const gaveUp: string[] = [];
  let now = 0;
  let starts = 0;
  const start = (): Promise<RunningPart> => {
    const next = fates[starts++];
    if (next === 'fails') return Promise.reject(new Error('port taken'));
    const ended =
      next === undefined ? new Promise<string>(() => {}) : Promise.resolve().then(() => ((now += next), 'SIGKILL'));
    return Promise.resolve({ ended, kill: () => {} });
  };
  const running = keepRunning('DynamoDB', start, {
    say: (text) => said.push(text),
    giveUp: (text) => gaveUp.push(text),
    sleep: (milliseconds) => Promise.resolve(waited.push(milliseconds)),
    now: () => now,
  });
  await running;
  // All promises above are kept in microtasks.
  await new Promise((resolve) => setImmediate(resolve));
  return { said, waited, gaveUp, starts };
}

describe('a part of the stack that ends', () => {
  it('is started again, and both is said', async () => {
    expect(await fate([10])).toEqual({
      said: ['DynamoDB ended (SIGKILL). It is started again in 0.5 s.', 'DynamoDB is running again.'],
      waited: [500],
      gaveUp: [],
      starts: 2,
    });
  });

  it('gets more time with each try, also where it does not start, and then the stack ends', async () => {
    const { waited, gaveUp, starts } = await fate([10, 'fails', 10, 10, 'fails', 'fails']);
    expect(waited).toEqual(RESTART_DELAYS);
    expect(gaveUp).toEqual(['DynamoDB ended (port taken), even after 5 restarts in a row.']);
    expect(starts).toBe(1 + RESTART_DELAYS.length);
  });

  it('has all its tries again once it ran for a while', async () => {
    const { waited, gaveUp } = await fate([10, 10, STEADY_MS, 10]);
    expect(waited).toEqual([500, 1000, 500, 1000]);
    expect(gaveUp).toEqual([]);
  });

  it('is not started again where it never ran', async () => {
    await expect(fate(['fails'])).rejects.toThrow('DynamoDB ended (port taken).');
  });
});
