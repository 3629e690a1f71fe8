import { describe, expect, it } from 'vitest';
import type { Fate } from '../../simulator/fates.ts';
import { outcomeOf, rowsAfter } from '../../simulator/outcome.ts';

const fate = (state: Fate['state'], more: Partial<Fate> = {}): Fate => ({
  state,
  isStarted: true,
  isDeniedInVain: false,
  isRenamedLate: false,
  sent: new Set(['publishStream']),
  overwritten: {},
  ...more,
});
const streams = (...fates: Fate[]) => new Map(fates.map((one, n) => [String(n), one]));
const linesOf = (fates: Fate[], declinedConnections = 0) =>
  outcomeOf({ streams: streams(...fates), declinedConnections });

describe('the lines after the table', () => {
  it('are one where all went well', () => {
    expect(linesOf([fate('running'), fate('running')])).toEqual(['2 of 2 streams started.']);
    expect(linesOf([])).toEqual(['0 of 0 streams started.']);
  });

  it('count only streams that the script starts', () => {
    expect(linesOf([fate('running', { isStarted: false }), fate('denied', { isStarted: false })])).toEqual([
      '0 of 0 streams started.',
    ]);
  });

  it('tell of everything that happened', () => {
    const fates = [
      fate('running', { isDeniedInVain: true }),
      fate('running', { overwritten: { name: 'new' } }),
      fate('running', { overwritten: { record: true } }),
      fate('denied', { isDeniedInVain: true }),
      fate('denied'),
      fate('failed'),
      fate('declined'),
      fate('declined'),
      fate('terminated'),
      fate('terminated'),
    ];
    expect(linesOf(fates, 2)).toEqual([
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
  const after = (one: Fate | undefined, of: typeof row | null = row) => {
    const { rows, open } = rowsAfter(new Map([['0', of]]), one ? streams(one) : new Map());
    return open === 1 && rows.size === 0 ? 'open' : rows.get('0');
  };

  it('of a stream that went its way, denied in vain or not, or that this WCS does not know, is as the scenario says', () => {
    expect(after(fate('running'))).toEqual(row);
    expect(after(fate('running', { isDeniedInVain: true }))).toEqual(row);
    expect(after(undefined)).toEqual(row);
    expect(after(undefined, null)).toBeNull();
  });

  it('of a denied stream is denied, unless more was told of it', () => {
    expect(after(fate('denied'))).toEqual({ phase: 'denied', status: 'DENIED', live: null });
    expect(after(fate('denied', { sent: new Set(['publishStream', 'StreamStatusEvent']) }))).toBe('open');
  });

  it('of a stream of a declined connection is not there, unless something was told of it', () => {
    expect(after(fate('declined', { sent: new Set() }))).toBeNull();
    expect(after(fate('declined'))).toBe('open');
  });

  it('of a stream that an error stopped is open', () => {
    expect(after(fate('failed'))).toBe('open');
  });

  it('of a renamed stream has the new name, or any where hooks with both names were sent', () => {
    const overwritten = { name: 'new' };
    const { name: _, ...nameless } = row;
    expect(after(fate('running', { overwritten }))).toEqual({ ...row, name: 'new' });
    expect(after(fate('running', { overwritten, isRenamedLate: true }))).toEqual(nameless);
  });

  it('of a terminated stream has ended by keep-alive', () => {
    const { name, nodeId, sessionId } = row;
    const ended = { phase: 'ended', info: 'Terminated by keep-alive', live: null, lost: null, sdp: null };
    const facts = { nodeId, sessionId, ...ended };
    expect(after(fate('terminated'))).toEqual({ name, published: true, status: 'UNPUBLISHED', ...facts });
    const player = fate('terminated', { overwritten: { name: 'new' } });
    expect(after(player, { ...row, published: false })).toEqual({
      ...{ name: 'new', published: false, status: 'STOPPED' },
      ...facts,
    });
  });
});
