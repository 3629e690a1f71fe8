import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { clipped, usageBy, usageOf, USES, type Interval } from '../../../../../infra/cli/usage/sum.ts';

const at = (time: string) => Date.parse(`2026-11-${time}Z`);
const MINUTE = 60_000;
const one = (from: string, to: string, more: Partial<Interval> = {}): Interval => ({
  ...{ id: `${from} ${to}`, use: 'published', from: at(from), to: at(to) },
  ...more,
});

describe('usage', () => {
  it('adds up the minutes of each use, and counts streams and calls apart', () => {
    const usage = usageOf([
      one('01T10:00', '01T10:05'),
      one('01T10:01', '01T10:02', { use: 'played' }),
      one('01T10:00', '01T10:03', { use: 'talked' }),
    ]);
    expect(usage).toMatchObject({ streams: 2, calls: 1, mostStreams: 2, mostCalls: 1 });
    expect(usage.time).toEqual({ published: 5 * MINUTE, played: MINUTE, talked: 3 * MINUTE });
  });

  it('splits the minutes of a stream that spans midnights, and counts it on each of its days', () => {
    const days = usageBy([one('01T23:50', '03T00:20')], 'day');
    expect(days.map(({ key, streams, time }) => [key, streams, time.published / MINUTE])).toEqual([
      ['2026-11-01', 1, 10],
      ['2026-11-02', 1, 24 * 60],
      ['2026-11-03', 1, 20],
    ]);
  });

  it('counts a stream that ends at midnight on its own day only', () => {
    expect(usageBy([one('01T23:50', '02T00:00')], 'day').map(({ key }) => key)).toEqual(['2026-11-01']);
  });

  it('takes what ends in a moment and what begins in it as one after the other', () => {
    expect(usageOf([one('01T10:00', '01T10:05'), one('01T10:05', '01T10:06')]).mostStreams).toBe(1);
    expect(usageOf([one('01T10:00', '01T10:05'), one('01T10:04', '01T10:06')]).mostStreams).toBe(2);
  });

  it('counts what began and ended in the same moment, with no time', () => {
    expect(usageOf([one('01T10:00', '01T10:00')])).toMatchObject({ streams: 1, mostStreams: 1 });
  });

  it('has the largest group first, and one for what has no value', () => {
    const groups = usageBy(
      [
        one('01T10:00', '01T10:01'),
        one('01T10:00', '01T10:05', { app: 'b' }),
        one('01T10:00', '01T10:03', { app: 'a' }),
      ],
      'app',
    );
    expect(groups.map(({ key }) => key)).toEqual(['b', 'a', undefined]);
  });
});

describe('a range', () => {
  const range = { from: at('01T10:00'), to: at('01T11:00') };
  it.each([
    ['before it', one('01T09:00', '01T10:00'), undefined],
    ['behind it', one('01T11:00', '01T12:00'), undefined],
    ['across its start', one('01T09:00', '01T10:10'), ['01T10:00', '01T10:10']],
    ['across its end', one('01T10:50', '01T12:00'), ['01T10:50', '01T11:00']],
    ['around it', one('01T09:00', '01T12:00'), ['01T10:00', '01T11:00']],
    ['of no length at its start', one('01T10:00', '01T10:00'), ['01T10:00', '01T10:00']],
    ['of no length at its end', one('01T11:00', '01T11:00'), undefined],
  ] as const)('clips what is %s', (_, interval, expected) => {
    const clip = clipped(interval, range);
    expect(clip && [clip.from, clip.to]).toEqual(expected?.map(at));
  });
});

const times = fc.integer({ min: at('01T00:00'), max: at('05T00:00') });
const intervals = fc.array(
  fc
    .record({ a: times, b: times, use: fc.constantFrom(...USES), app: fc.constantFrom('x', 'y', undefined) })
    .map(({ a, b, use, app }): Interval => ({
      ...{ id: 'any', use, from: Math.min(a, b), to: Math.max(a, b) },
      ...(app ? { app } : {}),
    })),
  { maxLength: 12 },
);

describe('any intervals', () => {
  test.prop([intervals, fc.constantFrom('app' as const, 'day' as const)], { numRuns: 500 })(
    'have the same time however they are grouped and cut into ranges',
    (all, by) => {
      const total = usageOf(all).time;
      const cuts = [at('01T00:00'), at('02T12:00'), at('05T00:00') + 1];
      const parts = cuts.slice(1).map((to, n) => ({ from: cuts[n] ?? 0, to }));
      for (const use of USES) {
        const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
        expect(sum(usageBy(all, by).map(({ time }) => time[use]))).toBe(total[use]);
        const inParts = parts.map((range) => usageOf(all.flatMap((one) => clipped(one, range) ?? [])).time[use]);
        expect(sum(inParts)).toBe(total[use]);
      }
    },
  );

  test.prop([intervals], { numRuns: 500 })('have as many at once as there are in the fullest moment', (all) => {
    const streams = all.filter(({ use }) => use !== 'talked');
    const isIn = (moment: number) =>
      streams.filter(({ from, to }) => from <= moment && moment < Math.max(to, from + 1));
    const fullest = Math.max(0, ...streams.map(({ from }) => isIn(from).length));
    expect(usageOf(all).mostStreams).toBe(fullest);
  });
});
