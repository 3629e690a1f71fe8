import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Line } from '../../../lib/platform/log.ts';
import type { Ban } from '../../../lib/state/bans.ts';
import { createBanList } from '../../../lib/store/ban-list.ts';

let now: number;
let reads: number;
let answer: (signal: AbortSignal) => Promise<readonly Ban[]>;
let lines: Line[];
beforeEach(() => {
  [now, reads, lines] = [1_000_000, 0, []];
  answer = () => Promise.resolve([{ key: 'sub:alice' }]);
});
const listUnderTest = () =>
  createBanList(
    (signal) => {
      reads++;
      return answer(signal);
    },
    { now: () => now, log: (line) => lines.push(line) },
  );
afterEach(() => void vi.useRealTimers());
const down = () => Promise.reject<readonly Ban[]>(new Error('connect ECONNREFUSED'));

describe('the list of bans', () => {
  it('is read once in 5 s, whoever asks', async () => {
    const list = listUnderTest();
    const all = await Promise.all(Array.from({ length: 20 }, () => list.current()));
    for (const bans of all) expect([...(bans?.byKey.keys() ?? [])]).toEqual(['sub:alice']);
    now += 4999;
    await list.current();
    expect(reads).toBe(1);
    now += 1;
    answer = () => Promise.resolve([]);
    expect((await list.current())?.byKey.size).toBe(0);
    expect(reads).toBe(2);
    expect(lines).toEqual([]);
  });

  it('is the last one that could be read, whose age is in the log, and is read again after 5 s only', async () => {
    const list = listUnderTest();
    await list.current();
    answer = down;
    now += 30_000;
    expect((await list.current())?.byKey.size).toBe(1);
    expect(lines).toEqual([
      {
        level: 'WARN',
        message: 'bans not read',
        fields: { cause: 'Error: connect ECONNREFUSED' },
        metrics: { bansNotRead: 1, banListAgeSeconds: 30 },
      },
    ]);
    now += 4999;
    await list.current();
    expect(reads).toBe(2);
    now += 1;
    answer = () => Promise.resolve([]);
    expect((await list.current())?.byKey.size).toBe(0);
  });

  it('is undefined until it could be read once', async () => {
    answer = down;
    const list = listUnderTest();
    expect(await list.current()).toBeUndefined();
    expect(lines[0]?.metrics).toEqual({ bansNotRead: 1 });
    now += 5000;
    answer = () => Promise.resolve([]);
    expect(await list.current()).toBeDefined();
  });

  it('makes one hook wait for a reading, and the others go by the last list', async () => {
    const list = listUnderTest();
    await list.current();
    let arrive: (bans: readonly Ban[]) => void = () => {};
    answer = () => new Promise((resolve) => (arrive = resolve));
    now += 5000;
    const waiting = list.current();
    expect((await list.current())?.byKey.size).toBe(1);
    arrive([]);
    expect((await waiting)?.byKey.size).toBe(0);
    expect(reads).toBe(2);
  });

  it('lets a hook wait for half a second, and leaves no timer behind', async () => {
    vi.useFakeTimers();
    const list = listUnderTest();
    answer = (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    const waiting = list.current();
    await vi.advanceTimersByTimeAsync(499);
    expect(lines).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await waiting).toBeUndefined();
    expect(lines).toMatchObject([{ fields: { cause: 'Error: not done within 500 ms' } }]);
    now += 5000;
    answer = () => Promise.resolve([]);
    await list.current();
    expect(vi.getTimerCount()).toBe(0);
  });
});
