import { describe, expect, it } from 'vitest';
import { merge } from '../../../lib/state/merge.ts';
import { anomalyOf } from '../../../lib/state/anomaly.ts';
import { LEVEL } from '../../../lib/state/lifecycle.ts';
import { operatorsEnd, presumedEnd } from '../../../lib/state/presumed-end.ts';
import type { Row } from '../../../lib/state/row.ts';
import type { Sighting } from '../../../lib/state/sighting.ts';
import { sightingOf } from '../../../lib/state/sighting-of.ts';

const T0 = 1_700_000_000_000;
const RETENTION = { retentionSeconds: 1000 };

const status = (word: string, at: number, info?: string): Sighting =>
  sightingOf('StreamStatusEvent', { mediaSessionId: 'x', status: word, published: true, info }, at) ?? expect.fail();
const rowOf = (...sightings: Sighting[]) => sightings.reduce<Row>((row, one) => merge(row, one, RETENTION), {});
const anomalyAfter = (row: Row, sighting: Sighting) => anomalyOf(row, merge(row, sighting, RETENTION), sighting);

describe('the word of the operator that a stream has ended', () => {
  const live = rowOf(status('PUBLISHING', T0));

  it('comes after all that is known of the stream, whatever the clock of the operator says', () => {
    expect(operatorsEnd('stream', 'x', live, T0 + 5000).at).toBe(T0 + 5000);
    expect(operatorsEnd('stream', 'x', live, T0 - 5000).at).toBe(T0 + 1);
    expect(operatorsEnd('stream', 'x', {}, T0).at).toBe(T0);
  });

  it('overrules every sign of life, and gives way to an end that WCS reports', () => {
    const end = operatorsEnd('stream', 'x', live, T0 + 1000);
    for (const order of [
      [end, status('PUBLISHING', T0 + 2000)],
      [status('PUBLISHING', T0 + 2000), end],
    ]) {
      expect(rowOf(status('PUBLISHING', T0), ...order)).toMatchObject({
        phase: 'ended',
        info: 'presumed: ended by the operator',
        endedAt: new Date(T0 + 1000).toISOString(),
      });
    }
    const told = rowOf(status('PUBLISHING', T0), end, status('UNPUBLISHED', T0 + 3000));
    expect(told).toMatchObject({ status: 'UNPUBLISHED', endedAt: new Date(T0 + 3000).toISOString() });
    expect(told).not.toHaveProperty('info');
  });

  it('is contradicted at once by the first sign of life after it, and by none before it', () => {
    const ended = rowOf(status('PUBLISHING', T0), operatorsEnd('stream', 'x', live, T0 + 1000));
    expect(anomalyAfter(ended, status('PUBLISHING', T0 + 1001))).toBe('live after end');
    expect(anomalyAfter(ended, status('PUBLISHING', T0 + 999))).toBeUndefined();
    expect(anomalyAfter(ended, status('UNPUBLISHED', T0 + 1001))).toBeUndefined();
  });

  it('is not what we presume ourselves of a session that has ended: its hooks may have overtaken its end', () => {
    const end = operatorsEnd('stream', 'x', live, T0 + 1000);
    const ours = { ...end, state: { ...end.state, info: 'presumed: the session has ended' } };
    const ended = rowOf(status('PUBLISHING', T0), ours);
    expect(anomalyAfter(ended, status('PUBLISHING', T0 + 61_000))).toBeUndefined();
    expect(anomalyAfter(ended, status('PUBLISHING', T0 + 61_001))).toBe('live after end');
  });

  it('is not what WCS says in the same words: hooks may have overtaken that', () => {
    const ended = rowOf(status('UNPUBLISHED', T0, 'presumed: ended by the operator'));
    expect(anomalyAfter(ended, status('PUBLISHING', T0 + 60_000))).toBeUndefined();
    expect(anomalyAfter(ended, status('PUBLISHING', T0 + 60_001))).toBe('live after end');
  });
});

const LEASE = { leaseSeconds: 120, maxAgeSeconds: 1000 };
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
  presumedEnd(
    'stream',
    'x',
    { ...stream, ...of.stream },
    { ...session, ...of.session },
    T0 + (of.at ?? 141) * 1000,
    LEASE,
  );

describe('a live stream whose session has ended', () => {
  it('has ended with it, in the words of its status, weaker than an end that WCS reports', () => {
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

  it('has not if the session is that of another node or app, or continues', () => {
    expect(end({ session: { nodeId: 'B' } })).toBeUndefined();
    expect(end({ session: { appKey: 'other' } })).toBeUndefined();
    const { endedAt: _, ...goesOn } = session;
    expect(presumedEnd('stream', 'x', stream, goesOn, T0 + 1e9, LEASE)).toBeUndefined();
    expect(presumedEnd('stream', 'x', stream, {}, T0 + 1e9, LEASE)).toBeUndefined();
  });
});

it('a stream that is not live has no presumed end', () => {
  for (const phase of ['seen', 'starting', 'denied', 'lost', 'ended']) {
    expect(end({ stream: { phase }, at: 1e6 })).toBeUndefined();
  }
});
