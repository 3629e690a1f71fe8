import { beforeEach, describe, expect, it } from 'vitest';
import { createShared } from '../../../lib/board/shared.ts';

let now: number;
let reads: number;
let arrive: (() => void)[];
let shared: ReturnType<typeof createShared<number>>;
beforeEach(() => {
  [now, reads, arrive] = [0, 0, []];
  shared = createShared(2000, () => now);
});
const read = () => {
  const number = ++reads;
  return new Promise<number>((resolve) => arrive.push(() => resolve(number)));
};

describe('what is shared', () => {
  it('is read once while it is being read, however long that takes, and for 2 s after it arrived', async () => {
    const first = shared('a', read);
    now = 5000;
    const second = shared('a', read);
    arrive[0]?.();
    expect(await Promise.all([first, second])).toEqual([1, 1]);
    now = 6999;
    expect(await shared('a', read)).toBe(1);
    now = 7000;
    void shared('a', read);
    expect(reads).toBe(2);
  });

  it('is read anew after a change, even if a reading from before it is under way', async () => {
    const before = shared('a', read);
    shared.forget('a');
    const after = shared('a', read);
    arrive.forEach((one) => one());
    expect(await Promise.all([before, after])).toEqual([1, 2]);
    expect(await shared('a', read)).toBe(2);
  });

  it('is no failure, and nothing of another key', async () => {
    const fail = () => Promise.reject<number>(new Error('away'));
    await expect(shared('a', fail)).rejects.toThrow('away');
    const [again, other] = [shared('a', read), shared('b', read)];
    arrive.forEach((one) => one());
    expect(await Promise.all([again, other])).toEqual([1, 2]);
  });
});
