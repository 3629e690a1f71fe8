/** Sums up usage: how many streams and calls, for how long, and how many at the same time. Times are milliseconds since the epoch. */

/** What a stream or a call did while it was live. */
export const USES = ['published', 'played', 'talked'] as const;
export type Use = (typeof USES)[number];

/** What usage can be grouped by; `day` is UTC's. */
export const GROUPS = ['app', 'sub', 'name', 'node', 'day'] as const;
export type GroupedBy = (typeof GROUPS)[number];

/** From `from` up to, but not including, `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** One stream or call, for as long as it was live. */
export interface Interval extends Range, Partial<Record<Exclude<GroupedBy, 'day'>, string>> {
  readonly id: string;
  readonly use: Use;
}

/** The usage of one group. `key` is undefined where rows do not have the field; times are in milliseconds. */
export interface Usage {
  readonly key: string | undefined;
  readonly streams: number;
  readonly mostStreams: number;
  readonly calls: number;
  readonly mostCalls: number;
  readonly time: Readonly<Record<Use, number>>;
}

const DAY_MS = 24 * 3600 * 1000;

/** The part within the range; undefined if there is none. What began and ended at the same moment counts, with no time. */
export function clipped<Part extends Range>(part: Part, { from, to }: Range): Part | undefined {
  const clip = { ...part, from: Math.max(part.from, from), to: Math.min(part.to, to) };
  return part.from < to && (part.to > from || part.from >= from) && clip.from <= clip.to ? clip : undefined;
}

/** The usage of each group, the largest first, or day by day. A stream that spans midnight counts on both days, with the time of each. */
export function usageBy(intervals: Iterable<Interval>, by: GroupedBy): Usage[] {
  const groups = new Map<string | undefined, Interval[]>();
  for (const interval of intervals) {
    for (const [key, part] of by === 'day' ? daysOf(interval) : [[interval[by], interval] as const]) {
      const group = groups.get(key);
      if (group) group.push(part);
      else groups.set(key, [part]);
    }
  }
  const usages = [...groups].map(([key, group]) => usageOf(group, key));
  return usages.sort(by === 'day' ? inOrder : (a, b) => timeOf(b) - timeOf(a) || inOrder(a, b));
}

/** The usage of all intervals together. */
export function usageOf(intervals: readonly Interval[], key?: string): Usage {
  const time = { published: 0, played: 0, talked: 0 };
  for (const { use, from, to } of intervals) time[use] += to - from;
  const calls = intervals.filter(({ use }) => use === 'talked');
  const streams = intervals.filter(({ use }) => use !== 'talked');
  return {
    key,
    streams: streams.length,
    mostStreams: mostAtOnce(streams),
    calls: calls.length,
    mostCalls: mostAtOnce(calls),
    time,
  };
}

function* daysOf(interval: Interval): Generator<readonly [string, Interval]> {
  let from = interval.from;
  do {
    const midnight = (Math.floor(from / DAY_MS) + 1) * DAY_MS;
    yield [new Date(from).toISOString().slice(0, 10), { ...interval, from, to: Math.min(interval.to, midnight) }];
    from = midnight;
  } while (from < interval.to);
}

/** What ends at a moment is over for what begins at it. */
function mostAtOnce(intervals: readonly Range[]): number {
  const begins = intervals.map(({ from }) => from).sort((a, b) => a - b);
  const ends = intervals.map(({ from, to }) => Math.max(to, from + 1)).sort((a, b) => a - b);
  let [most, ended] = [0, 0];
  for (const [begun, at] of begins.entries()) {
    while ((ends[ended] ?? Infinity) <= at) ended++;
    most = Math.max(most, begun + 1 - ended);
  }
  return most;
}

const timeOf = ({ time }: Usage) => USES.reduce((sum, use) => sum + time[use], 0);
const inOrder = (a: Usage, b: Usage) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1);
