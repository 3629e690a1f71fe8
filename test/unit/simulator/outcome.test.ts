import { describe, expect, it } from 'vitest';
import type { StreamState } from '../../simulator/stream-states.ts';
import { outcomeOf, rowsAfter } from '../../simulator/outcome.ts';

const stream = (state: StreamState['state'], more: Partial<StreamState> = {}): StreamState => ({
  state,
  isStarted: true,
  isDeniedInVain: false,
  isRenamedLate: false,
  sent: new Set(['publishStream']),
  overwritten: {},
  told: {},
  ...more,
});
const mapOf = (...streams: StreamState[]) => new Map(streams.map((one, n) => [String(n), one]));
const NOTHING = { streams: new Map(), calls: new Map(), connections: new Map(), declinedConnections: 0 };
const linesOf = (streams: StreamState[], declinedConnections = 0) =>
  outcomeOf({ ...NOTHING, streams: mapOf(...streams), declinedConnections }, 'stream');

describe('the lines after the table', () => {
  it('are one where all went well', () => {
    expect(linesOf([stream('running'), stream('running')])).toEqual(['2 of 2 streams started.']);
    expect(linesOf([])).toEqual(['0 of 0 streams started.']);
  });

  it('count only streams that the script starts', () => {
    expect(linesOf([stream('running', { isStarted: false }), stream('denied', { isStarted: false })])).toEqual([
      '0 of 0 streams started.',
    ]);
  });

  it('report everything that happened', () => {
    const streams = [
      stream('running', { isDeniedInVain: true }),
      stream('running', { overwritten: { name: 'new' } }),
      stream('running', { overwritten: { record: true } }),
      stream('denied', { isDeniedInVain: true }),
      stream('denied'),
      stream('failed'),
      stream('declined'),
      stream('declined'),
      stream('terminated'),
      stream('terminated'),
    ];
    expect(linesOf(streams, 2)).toEqual([
      '5 of 10 streams started, 2 were denied, 1 failed.',
      '1 stream was denied, and started nevertheless.',
      '2 connections were declined.',
      '2 streams were terminated by keep-alive.',
      '1 stream was renamed.',
    ]);
  });
});

describe('the row', () => {
  const row = {
    ...{ name: 'name', published: true, nodeId: 'node', sessionId: 'session' },
    ...{ phase: 'live', status: 'PUBLISHING', live: 'publishing', endedAt: null },
  };
  const after = (one: StreamState | undefined, of: typeof row | null = row) => {
    const { rows, open } = rowsAfter(new Map([['0', of]]), 'stream', {
      ...NOTHING,
      streams: one ? mapOf(one) : new Map(),
    });
    return open === 1 && rows.size === 0 ? 'open' : rows.get('0');
  };

  it('of a stream that went its way, denied in vain or not, or that this WCS does not know, is as the scenario says', () => {
    expect(after(stream('running'))).toEqual(row);
    expect(after(stream('running', { isDeniedInVain: true }))).toEqual(row);
    expect(after(undefined)).toEqual(row);
    expect(after(undefined, null)).toBeNull();
  });

  it('of a denied stream is denied, unless more was told of it', () => {
    expect(after(stream('denied'))).toEqual({ phase: 'denied', status: 'DENIED', live: null });
    expect(after(stream('denied', { sent: new Set(['publishStream', 'StreamStatusEvent']) }))).toBe('open');
  });

  it('of a stream of a declined connection is not there, unless something was told of it', () => {
    expect(after(stream('declined', { sent: new Set() }))).toBeNull();
    expect(after(stream('declined'))).toBe('open');
  });

  it('of a stream that an error stopped is open', () => {
    expect(after(stream('failed'))).toBe('open');
  });

  it('of a renamed stream has the new name, or any where hooks with both names were sent', () => {
    const overwritten = { name: 'new' };
    const { name: _, ...nameless } = row;
    expect(after(stream('running', { overwritten }))).toEqual({ ...row, name: 'new' });
    expect(after(stream('running', { overwritten, isRenamedLate: true }))).toEqual(nameless);
  });

  it('of a terminated stream has ended by keep-alive', () => {
    const { name, nodeId, sessionId } = row;
    const ended = { phase: 'ended', info: 'Terminated by keep-alive', live: null, lost: null, sdp: null };
    const facts = { nodeId, sessionId, ...ended };
    expect(after(stream('terminated'))).toEqual({ name, published: true, status: 'UNPUBLISHED', ...facts });
    const player = stream('terminated', { overwritten: { name: 'new' } });
    expect(after(player, { ...row, published: false })).toEqual({
      ...{ name: 'new', published: false, status: 'STOPPED' },
      ...facts,
    });
  });
});
