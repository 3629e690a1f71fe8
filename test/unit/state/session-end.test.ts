import { describe, expect, it } from 'vitest';
import { LEVEL } from '../../../lib/state/lifecycle.ts';
import { isHeardWithinLease } from '../../../lib/state/lease.ts';
import { presumedEnd } from '../../../lib/state/presumed-end.ts';
import type { Row } from '../../../lib/state/row.ts';

const LEASE = { leaseSeconds: 120, maxAgeSeconds: 1000 };
const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const after = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();

const stream: Row = {
  phase: 'live',
  appKey: 'app',
  nodeId: 'A',
  firstSeenAt: after(0),
  lastSeenAt: after(10),
  keepAlive: true,
};
const session: Row = { phase: 'ended', appKey: 'app', nodeId: 'A', status: 'DISCONNECTED', endedAt: after(20) };
/** That the lease is over by silence is past 130 s, by the end of the session past 140 s. */
const end = (of: { stream?: Row; session?: Row; at?: number } = {}) =>
  presumedEnd('x', { ...stream, ...of.stream }, { ...session, ...of.session }, T0 + (of.at ?? 141) * 1000, LEASE);

describe('a live stream whose session has ended', () => {
  it('has ended with it, in the words of its status, weaker than an end that WCS tells', () => {
    expect(end()).toEqual({
      kind: 'stream',
      id: 'x',
      client: {},
      at: T0 + 20_000,
      level: LEVEL.presumedEnded,
      state: { phase: 'ended', status: 'DISCONNECTED', info: 'presumed: the session has ended' },
      attributes: {},
    });
  });

  it('has not while it may still be heard of: a lease after the last keep-alive or after the end, whichever is first', () => {
    expect(end({ at: 130 })).toBeUndefined();
    expect(end({ at: 130.001 })).toBeDefined();
    // Without keep-alives it is silent after the maximum age only: then the end counts.
    const stream = { keepAlive: false };
    expect(end({ stream, at: 140 })).toBeUndefined();
    expect(end({ stream, at: 140.001 })).toBeDefined();
  });

  it('has not if it was heard of after that end, or began after it: then that was another connection', () => {
    expect(end({ stream: { lastSeenAt: after(20.001) }, at: 1e6 })).toBeUndefined();
    expect(end({ stream: { lastSeenAt: after(20) }, at: 1e6 })).toBeDefined();
    expect(end({ stream: { firstSeenAt: after(20), lastSeenAt: after(20) }, at: 1e6 })).toBeUndefined();
    expect(end({ stream: { firstSeenAt: after(19.999) }, at: 1e6 })).toBeDefined();
  });

  it('has not if the session is that of another node or app, or goes on', () => {
    expect(end({ session: { nodeId: 'B' } })).toBeUndefined();
    expect(end({ session: { appKey: 'other' } })).toBeUndefined();
    const { endedAt: _, ...goesOn } = session;
    expect(presumedEnd('x', stream, goesOn, T0 + 1e9, LEASE)).toBeUndefined();
    expect(presumedEnd('x', stream, {}, T0 + 1e9, LEASE)).toBeUndefined();
  });
});

it('a stream that is not live has no presumed end', () => {
  for (const phase of ['seen', 'starting', 'denied', 'lost', 'ended']) {
    expect(end({ stream: { phase }, at: 1e6 })).toBeUndefined();
  }
});

it('a stream is heard within its lease up to its very end', () => {
  expect(isHeardWithinLease(stream, T0 + 130_000, LEASE)).toBe(true);
  expect(isHeardWithinLease(stream, T0 + 130_001, LEASE)).toBe(false);
  expect(isHeardWithinLease({}, T0, LEASE)).toBe(false);
});
