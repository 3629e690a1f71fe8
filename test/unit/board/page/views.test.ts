import { describe, expect, it } from 'vitest';
import type { CallItem, StreamItem } from '../../../../lib/board/page/answers.ts';
import { groupsOf, sinceOf, within } from '../../../../lib/board/page/live.ts';
import {
  callMatches,
  closedMatches,
  groupMatches,
  matcher,
  sorted,
  streamMatches,
} from '../../../../lib/board/page/search.ts';
import { linesOf, withSample, type Sample } from '../../../../lib/board/page/samples.ts';
import { ROW_HEIGHT, visibleRows } from '../../../../lib/board/page/visible-rows.ts';
import {
  duration,
  isTime,
  localTime,
  nodeAddress,
  plural,
  reasonOf,
  since,
} from '../../../../lib/board/page/format.ts';

const stream = (
  mediaSessionId: string,
  role: string,
  name: string,
  nodeId: string,
  startedAt?: string,
): StreamItem => ({
  ...{ mediaSessionId, role, name, nodeId, appKey: `app of ${nodeId}` },
  ...(startedAt === undefined ? {} : { startedAt }),
});
const STREAMS = [
  stream('1', 'publishing', 'room-1', 'a', '2026-11-28T10:00:02.000Z'),
  stream('2', 'playing', 'room-1', 'b', '2026-11-28T10:00:00.000Z'),
  stream('3', 'playing', 'room-1', 'a'),
  stream('4', 'playing', 'room-2', 'a', '2026-11-28T10:00:03.000Z'),
  { mediaSessionId: '5', role: 'publishing' },
];
const CALLS: CallItem[] = [{ callId: 'c', role: 'talking', nodeId: 'a', appKey: 'phone' }];
const LIVE = { streams: STREAMS, calls: CALLS };

const summary = (grouping: Parameters<typeof groupsOf>[1]) =>
  groupsOf(LIVE, grouping).map(({ key, publishers, viewers, calls }) => [
    ...[key, publishers.length, viewers.length, calls.length],
  ]);

describe('what is live', () => {
  it('by name has its publishers and viewers, and no calls', () => {
    expect(summary('names')).toEqual([
      ['room-1', 1, 2, 0],
      ['room-2', 0, 1, 0],
      ['', 1, 0, 0],
    ]);
  });

  it('by node and by app has the calls, too', () => {
    expect(summary('nodes')).toEqual([
      ['a', 1, 2, 1],
      ['b', 0, 1, 0],
      ['', 1, 0, 0],
    ]);
    expect(summary('apps')).toEqual([
      ['app of a', 1, 2, 0],
      ['app of b', 0, 1, 0],
      ['', 1, 0, 0],
      ['phone', 0, 0, 1],
    ]);
  });

  it('lives since its first publisher started, or its first viewer where nobody publishes', () => {
    expect(groupsOf(LIVE, 'names').map(sinceOf)).toEqual([
      '2026-11-28T10:00:02.000Z',
      '2026-11-28T10:00:03.000Z',
      undefined,
    ]);
    const [b] = groupsOf({ streams: [STREAMS[3]!, STREAMS[1]!, STREAMS[2]!], calls: [] }, 'apps');
    expect(b && sinceOf(b)).toBe('2026-11-28T10:00:03.000Z');
    const both = groupsOf({ streams: STREAMS.slice(1, 4).map((one) => ({ ...one, name: 'x' })), calls: [] }, 'names');
    expect(both.map(sinceOf)).toEqual(['2026-11-28T10:00:00.000Z']);
  });

  it('is narrowed to a node, an app, or both', () => {
    const ids = (place: { node?: string; app?: string }) =>
      within(LIVE, place).streams.map(({ mediaSessionId }) => mediaSessionId);
    expect(within(LIVE, {})).toEqual(LIVE);
    expect(ids({ node: 'a' })).toEqual(['1', '3', '4']);
    expect(ids({ node: '' })).toEqual(['5']);
    expect(ids({ app: 'app of b' })).toEqual(['2']);
    expect(ids({ node: 'a', app: 'app of b' })).toEqual([]);
    expect(within(LIVE, { app: 'phone' }).calls).toEqual(CALLS);
    expect(within(LIVE, { node: 'b' }).calls).toEqual([]);
  });
});

const STREAM = {
  ...{ mediaSessionId: '4c39b69d', role: 'playing', name: 'Room-1', nodeId: 'x@10.0.0.7', appKey: 'shop' },
  sessionId: '/10.0.0.9:55/',
};
const CALL = {
  ...{ callId: 'call-77', role: 'talking', caller: '1001', callee: '+4930', nodeId: 'x@10.0.0.8', appKey: 'phone' },
  sessionId: '/10.0.0.1:66/',
};
const CLOSED = {
  ...{ mediaSessionId: 'dead-1', phase: 'denied', status: 'DENIED', info: 'why it is', denied: 'token: expired' },
  ...{ name: 'hall', appKey: 'shop', nodeId: 'y@10.0.0.5', sub: 'alice', closedAt: '2026-11-28T10:00:00.000Z' },
};

describe('a search', () => {
  it.each(['', '  ', 'room-1', 'ROOM', '4c39', '10.0.0.7', 'SHOP', ':55/', ' room '])(
    'for %j finds the stream',
    (text) => {
      expect(streamMatches(matcher(text), STREAM)).toBe(true);
    },
  );
  it.each(['', '1001', '4930', 'call-7', '10.0.0.8', 'phone', ':66'])('for %j finds the call', (text) => {
    expect(callMatches(matcher(text), CALL)).toBe(true);
  });
  it.each(['hall', 'alice', 'dead', 'denied', 'why it', 'expired', '10.0.0.5', 'shop'])(
    'for %j finds what is over',
    (text) => {
      expect(closedMatches(matcher(text), CLOSED)).toBe(true);
    },
  );
  it('finds nothing else', () => {
    expect(streamMatches(matcher('playing'), STREAM)).toBe(false);
    expect(callMatches(matcher('talking'), CALL)).toBe(false);
    expect(closedMatches(matcher('bob'), CLOSED)).toBe(false);
  });

  it('finds a group whole, by its key or by what is in it', () => {
    const found = (text: string) =>
      groupsOf({ streams: [STREAM, { ...STREAM, mediaSessionId: 'p', role: 'publishing' }], calls: [CALL] }, 'nodes')
        .filter((group) => groupMatches(matcher(text), group))
        .map(({ key }) => key);
    expect(found('10.0.0')).toEqual(['x@10.0.0.7', 'x@10.0.0.8']);
    expect(found('room')).toEqual(['x@10.0.0.7']);
    expect(found('4c39')).toEqual(['x@10.0.0.7']);
    expect(found('1001')).toEqual(['x@10.0.0.8']);
    expect(found('nobody')).toEqual([]);
  });
});

describe('the order of rows', () => {
  const rows = ['room-10', 'room-2', undefined, 'Room-1'];
  it('is a person’s, in both directions; what has no value comes last', () => {
    expect(sorted(rows, (row) => row, false)).toEqual(['Room-1', 'room-2', 'room-10', undefined]);
    expect(sorted(rows, (row) => row, true)).toEqual(['room-10', 'room-2', 'Room-1', undefined]);
  });
  it('is that of numbers for numbers, and keeps what is equal as it was', () => {
    const pairs = [
      { id: 'a', count: 9 },
      { id: 'b', count: 10 },
      { id: 'c', count: 9 },
    ];
    expect(sorted(pairs, ({ count }) => count, true).map(({ id }) => id)).toEqual(['b', 'a', 'c']);
    expect(sorted(pairs, ({ count }) => count, false).map(({ id }) => id)).toEqual(['a', 'c', 'b']);
    expect(sorted([-1, -20, 3], (number) => number, false)).toEqual([-20, -1, 3]);
  });
});

describe('the rows in the document', () => {
  const HEIGHT = 10 * ROW_HEIGHT;
  it('are those in the window, and 12 beyond each edge', () => {
    expect(visibleRows(0, HEIGHT, 10_000)).toEqual({ first: 0, last: 22 });
    expect(visibleRows(5000 * ROW_HEIGHT, HEIGHT, 10_000)).toEqual({ first: 4988, last: 5022 });
    expect(visibleRows(5000.5 * ROW_HEIGHT, HEIGHT, 10_000)).toEqual({ first: 4988, last: 5023 });
    expect(visibleRows(9995 * ROW_HEIGHT, HEIGHT, 10_000)).toEqual({ first: 9983, last: 10_000 });
  });
  it('are empty for an empty list, also when the list got short while somebody was far down', () => {
    expect(visibleRows(0, HEIGHT, 0)).toEqual({ first: 0, last: 0 });
    expect(visibleRows(5000 * ROW_HEIGHT, HEIGHT, 3)).toEqual({ first: 3, last: 3 });
    expect(visibleRows(0, HEIGHT, 3)).toEqual({ first: 0, last: 3 });
  });
});

describe('the samples of the chart', () => {
  const sample = (at: number): Sample => ({ at, publishers: at + 1, viewers: at + 2, calls: at + 3 });
  it('are lines over seconds', () => {
    expect(linesOf([sample(1000), sample(2500)])).toEqual([
      [1, 2.5],
      [1001, 2501],
      [1002, 2502],
      [1003, 2503],
    ]);
    expect(linesOf([])).toEqual([[], [], [], []]);
  });
  it('are thinned out in time, and keep the latest', () => {
    let samples: Sample[] = [];
    for (let at = 1; at <= 11; at++) samples = withSample(samples, sample(at), 10);
    expect(samples.map(({ at }) => at)).toEqual([1, 3, 5, 7, 9, 11]);
    expect(withSample(samples, sample(12), 10).map(({ at }) => at)).toEqual([1, 3, 5, 7, 9, 11, 12]);
  });
  it('are never more than the limit, however long the page is open', () => {
    let samples: Sample[] = [];
    for (let at = 1; at <= 1000; at++) {
      samples = withSample(samples, sample(at), 50);
      expect(samples.length).toBeLessThanOrEqual(50);
      expect(samples.at(-1)?.at).toBe(at);
    }
  });
});

describe('a duration', () => {
  it.each([
    [0, '0 s'],
    [-5000, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [192_000, '3 min 12 s'],
    [3_600_000, '1 h'],
    [3_659_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [86_400_000 * 3 + 3_600_000 * 4, '3 d 4 h'],
  ])('of %i ms is %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
  it('is unknown without a time', () => {
    expect(since('2026-11-28T10:00:00.000Z', Date.parse('2026-11-28T10:00:30.000Z'))).toBe('30 s');
    expect(since(undefined, 0)).toBeUndefined();
    expect(since('yesterday', 0)).toBeUndefined();
  });
});

describe('a time', () => {
  const at = new Date(2026, 10, 28, 9, 5, 7);
  it('is the time of day here, with its day unless that is today', () => {
    expect(localTime(at.toISOString(), at.getTime() + 1000)).toBe('09:05:07');
    expect(localTime(at.toISOString(), at.getTime() + 86_400_000)).toBe('2026-11-28 09:05:07');
    expect(localTime('no time', at.getTime())).toBe('no time');
  });
  it('is known by its form', () => {
    expect(isTime('2026-11-28T10:00:00.000Z')).toBe(true);
    expect(isTime('2026-11-28')).toBe(false);
    expect(isTime('x2026-11-28T10:00:00.000Z')).toBe(false);
    expect(isTime(1_790_000_000_000)).toBe(false);
  });
});

describe('other texts', () => {
  it('count in the singular, too', () => {
    expect([0, 1, 2, 10_000].map((count) => plural(count, 'viewer'))).toEqual([
      ...['0 viewers', '1 viewer', '2 viewers', '10,000 viewers'],
    ]);
  });
  it('say why something is over: our reason, else WCS’s words', () => {
    const item = { phase: 'ended', closedAt: '' };
    expect(reasonOf({ ...item, status: 'FAILED', info: 'Stopped by user', denied: 'token: expired' })).toBe(
      'token: expired',
    );
    expect(reasonOf({ ...item, status: 'FAILED', info: 'Stopped by user' })).toBe('FAILED: Stopped by user');
    expect(reasonOf({ ...item, status: 'FAILED', info: '' })).toBe('FAILED');
    expect(reasonOf({ ...item, phase: 'lost', status: 'PUBLISHING' })).toBe('silent since PUBLISHING');
    expect(reasonOf(item)).toBe('');
  });
  it('call a node by its address', () => {
    expect(nodeAddress('Hw47CFMB@192.168.1.101')).toBe('192.168.1.101');
    expect(nodeAddress('node-1')).toBe('node-1');
    expect(nodeAddress('node@')).toBe('node@');
    expect(nodeAddress(undefined)).toBeUndefined();
  });
});
