import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSweep } from '../../../lib/jobs/sweep.ts';
import type { Line } from '../../../lib/platform/log.ts';
import type { Row } from '../../../lib/state/row.ts';
import type { LiveEntry, SweepStore } from '../../../lib/store/store.ts';
import { testSettings } from '../../support/settings.ts';

const START = Date.parse('2026-01-01T00:00:00.000Z');
const SETTINGS = testSettings({ LEASE_SECONDS: '120' });

/** What happens at a page, a read (of sessions, too) or a write of a stream; which streams are silent; where the last sweep stopped. */
interface Control {
  cursor: string | undefined;
  now: number;
  isSilent: (id: string) => boolean;
  onPage: (id: string) => void;
  onRead: (id: string) => void;
  onSessions: () => void;
  onChange: (id: string) => void;
}

/** An index of pages with one stream each, all of one node, and a sweep over it; `control` spoils it. */
function sweepOver(...ids: string[]) {
  const lines: Line[] = [];
  const signals: AbortSignal[] = [];
  const visited: string[] = [];
  const tried: string[] = [];
  const control: Control = {
    ...{ cursor: undefined, now: START, isSilent: () => true },
    ...{ onPage: () => {}, onRead: () => {}, onSessions: () => {}, onChange: () => {} },
  };
  const rowOf = (id: string): Row => ({
    ...{ phase: 'live', status: 'PUBLISHING', nodeId: 'node', keepAlive: true, revision: 1, live: 'publishing' },
    lastSeenAt: new Date(control.isSilent(id) ? START - 3_600_000 : START).toISOString(),
  });
  const entryOf = (id: string): LiveEntry => ({
    ...{ id, nodeId: 'node', sessionId: undefined, role: id.startsWith('player') ? 'playing' : 'publishing' },
    since: START - 7_200_000,
  });
  const store: SweepStore = {
    async *livePages(from, signal) {
      signals.push(signal);
      for (let n = from === undefined ? 0 : Number(from); n < ids.length; n++) {
        const id = ids[n] ?? '';
        await Promise.resolve(control.onPage(id));
        visited.push(id);
        const next = n + 1 < ids.length ? { next: String(n + 1) } : {};
        yield { kind: 'stream', entries: [entryOf(id)], from: String(n), ...next } as const;
      }
    },
    read(kind, asked, signal) {
      signals.push(signal);
      return Promise.resolve().then(() => {
        if (kind === 'session') {
          control.onSessions();
          return new Map<string, Row>();
        }
        for (const id of asked) control.onRead(id);
        return new Map(asked.map((id) => [id, rowOf(id)]));
      });
    },
    async update(_, id, __, ___, signal) {
      signals.push(signal);
      tried.push(id);
      await Promise.resolve(control.onChange(id));
      return undefined;
    },
    loadCursor: (signal) => {
      signals.push(signal);
      return Promise.resolve(control.cursor);
    },
    saveCursor: (cursor) => Promise.resolve(void (control.cursor = cursor)),
  };
  const run = createSweep({ store, settings: SETTINGS, log: (line) => lines.push(line), now: () => control.now });
  return {
    control,
    signals,
    lines,
    /** What one sweep visits, changes and tells. */
    sweep: async () => {
      lines.length = visited.length = tried.length = 0;
      const failure: unknown = await run().then(
        () => undefined,
        (error: unknown) => error,
      );
      const of = (wanted: string) => lines.find(({ message }) => message === wanted);
      return { failure, visited: [...visited], tried: [...tried], line: of('sweep'), of };
    },
  };
}
const fail = (message: string) => {
  throw new Error(message);
};

describe('a whole sweep', () => {
  it('counts all that is live, and reports a silent node as an error', async () => {
    const { sweep, control } = sweepOver('a', 'b', 'player');
    const { of, line } = await sweep();
    expect(of('node silent')).toEqual({
      ...{ level: 'ERROR', message: 'node silent', fields: { nodeId: 'node', live: 0 } },
      metrics: { silentNodes: 1, lostStreams: 3 },
    });
    expect(line).toMatchObject({ level: 'INFO', metrics: { livePublishers: 0, livePlayers: 0 } });
    control.isSilent = (id) => id === 'a';
    const half = await sweep();
    expect(half.of('streams lost')).toEqual({
      ...{ level: 'WARN', message: 'streams lost', fields: { nodeId: 'node', live: 2 } },
      metrics: { lostStreams: 1 },
    });
    expect(half.line).toEqual({
      level: 'INFO',
      message: 'sweep',
      fields: { milliseconds: 0, isComplete: true, live: 2, lost: 1, ended: 0, failed: 0, cause: undefined },
      metrics: { livePublishers: 1, livePlayers: 1, ringingCalls: 0, talkingCalls: 0 },
    });
  });

  it('calls no node silent of which a stream could not be looked at', async () => {
    const { sweep, control } = sweepOver('a', 'b');
    control.onChange = (id) => void (id === 'b' && fail('throttled'));
    const { of, line, failure, visited } = await sweep();
    expect([failure, visited]).toEqual([undefined, ['a', 'b']]);
    expect(of('node silent')).toBeUndefined();
    expect(of('streams lost')).toMatchObject({ metrics: { lostStreams: 1 } });
    expect(line).toMatchObject({ level: 'ERROR', fields: { lost: 1, failed: 1, cause: 'Error: throttled' } });
  });
});

describe('a page that fails', () => {
  it.each(['onPage', 'onRead'] as const)('(%s) is where the next sweep begins: none is skipped', async (where) => {
    const { sweep, control } = sweepOver('a', 'b', 'c');
    control[where] = (id) => void (id === 'b' && fail('DynamoDB is away'));
    const first = await sweep();
    expect(first.failure).toMatchObject({ message: 'DynamoDB is away' });
    expect(first.tried).toEqual(['a']);
    expect(first.line).toMatchObject({
      level: 'ERROR',
      fields: { isComplete: false, lost: 1, cause: 'Error: DynamoDB is away' },
    });
    control[where] = () => {};
    expect(await sweep()).toMatchObject({ failure: undefined, visited: ['b', 'c'], tried: ['b', 'c'] });
    expect(await sweep()).toMatchObject({ visited: ['a', 'b', 'c'] });
  });

  it('as the first of all leaves nothing complete, and no count of live streams', async () => {
    const { sweep, control } = sweepOver('a', 'b');
    control.onPage = () => fail('DynamoDB is away');
    const { line, failure } = await sweep();
    expect(failure).toMatchObject({ message: 'DynamoDB is away' });
    expect(line).toMatchObject({ level: 'ERROR', fields: { isComplete: false }, metrics: {} });
    expect(line?.metrics).toEqual({});
  });

  it.each(['onPage', 'onRead'] as const)(
    '(%s), be it the last one, lets its sweep count for no whole one',
    async (where) => {
      const { sweep, control } = sweepOver('a', 'b');
      control[where] = (id) => void (id === 'b' && fail('DynamoDB is away'));
      const { line, of } = await sweep();
      expect(line?.metrics).toEqual({});
      expect(of('node silent')).toBeUndefined();
    },
  );

  it('fails the next sweep, too, where it fails again', async () => {
    const { sweep, control } = sweepOver('a', 'b');
    control.onRead = (id) => void (id === 'b' && fail('DynamoDB is away'));
    await sweep();
    for (let n = 0; n < 2; n++) {
      const again = await sweep();
      expect(again).toMatchObject({ failure: { message: 'DynamoDB is away' }, visited: ['b'], tried: [] });
      expect(again.line).toMatchObject({ fields: { isComplete: false }, metrics: {} });
    }
  });
});

describe('a sweep that runs out of time', () => {
  it('begins no page after 40 s, and continues with the next one', async () => {
    const { sweep, control } = sweepOver('a', 'b', 'c');
    control.onRead = () => void (control.now += 39_000);
    const { visited, line } = await sweep();
    expect(visited).toEqual(['a', 'b']);
    expect(line).toMatchObject({ level: 'INFO', fields: { isComplete: false, milliseconds: 78_000 } });
    expect(await sweep()).toMatchObject({ visited: ['c'] });
    expect(await sweep()).toMatchObject({ visited: ['a', 'b'] });
    control.onRead = () => void (control.now += 41_000);
    await sweep();
    expect(await sweep()).toMatchObject({ visited: ['a'] });
  });

  it('reports neither how many streams are live nor a silent node, nor does the sweep that continues it', async () => {
    const { sweep, control } = sweepOver('a', 'b', 'c', 'd');
    control.onRead = (id) => void (control.now += id === 'b' ? 41_000 : 0);
    for (const [visited, isComplete] of [
      [['a', 'b'], false],
      [['c', 'd'], true],
    ] as const) {
      const part = await sweep();
      expect(part.visited).toEqual(visited);
      expect(part.line).toMatchObject({ fields: { isComplete, lost: 2 } });
      expect(part.line?.metrics).toEqual({});
      expect(part.of('node silent')).toBeUndefined();
      expect(part.of('streams lost')).toMatchObject({ level: 'WARN', metrics: { lostStreams: 2 } });
    }
    control.onRead = () => {};
    const whole = await sweep();
    expect(whole.of('node silent')).toBeDefined();
    expect(whole.line?.metrics).toEqual({ livePublishers: 0, livePlayers: 0, ringingCalls: 0, talkingCalls: 0 });
  });
});

describe('the deadline of a sweep', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('is that of all its requests, after the last page and before the end of the function', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    const { sweep, signals } = sweepOver('a', 'b');
    await sweep();
    expect(timeout).toHaveBeenCalledTimes(1);
    const [milliseconds = 0] = timeout.mock.calls[0] ?? [];
    expect(milliseconds).toBeGreaterThan(40_000);
    expect(milliseconds).toBeLessThan(55_000);
    expect(new Set(signals)).toEqual(new Set([timeout.mock.results[0]?.value]));
    expect(signals.length).toBeGreaterThan(4);
  });

  it('ends it at the page where it came, which is no fault of that row', async () => {
    const deadline = new AbortController();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(deadline.signal);
    const { sweep, control } = sweepOver('a', 'b', 'c');
    control.onChange = (id) => {
      if (id !== 'b') return;
      deadline.abort(new Error('the time is over'));
      deadline.signal.throwIfAborted();
    };
    const { failure, line, visited } = await sweep();
    expect(failure).toMatchObject({ message: 'the time is over' });
    expect(visited).toEqual(['a', 'b']);
    expect(line).toMatchObject({ level: 'ERROR', fields: { isComplete: false, lost: 1, failed: 0 } });
    expect(control.cursor).toBe('1');
  });

  it('ends it while sessions are read, too, which at another time costs their ends alone', async () => {
    const deadline = new AbortController();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(deadline.signal);
    const { sweep, control } = sweepOver('a', 'b');
    control.onSessions = () => fail('throttled');
    const { failure, tried, of } = await sweep();
    expect([failure, tried]).toEqual([undefined, ['a', 'b']]);
    expect(of('sessions not read')).toMatchObject({ level: 'ERROR', fields: { cause: 'Error: throttled' } });
    control.onSessions = () => {
      deadline.abort(new Error('the time is over'));
      deadline.signal.throwIfAborted();
    };
    const ended = await sweep();
    expect(ended).toMatchObject({ failure: { message: 'the time is over' }, tried: [] });
    expect(control.cursor).toBe('0');
  });
});

it('a sweep writes 16 rows at a time, so that a rush of lost streams does not throttle the table', async () => {
  const ids = Array.from({ length: 40 }, (_, n) => `m-${n}`);
  let running = 0;
  let most = 0;
  const row: Row = {
    ...{ phase: 'live', status: 'PUBLISHING', nodeId: 'node', keepAlive: true, revision: 1, live: 'publishing' },
    lastSeenAt: new Date(START - 3_600_000).toISOString(),
  };
  const entries = ids.map((id): LiveEntry => ({
    ...{ id, nodeId: 'node', sessionId: undefined, role: 'publishing', since: START - 7_200_000 },
  }));
  const store: SweepStore = {
    async *livePages() {
      yield await Promise.resolve({ kind: 'stream', entries, from: '0' } as const);
    },
    read: (_, asked) => Promise.resolve(new Map(asked.map((id) => [id, row]))),
    async update() {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return undefined;
    },
    loadCursor: () => Promise.resolve(undefined),
    saveCursor: () => Promise.resolve(),
  };
  const lines: Line[] = [];
  await createSweep({ store, settings: SETTINGS, log: (line) => lines.push(line), now: () => START })();
  expect(most).toBe(16);
  expect(lines.at(-1)).toMatchObject({ fields: { lost: 40 } });
});
