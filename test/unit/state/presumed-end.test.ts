import { describe, expect, it } from 'vitest';
import { merge } from '../../../lib/state/merge.ts';
import { anomalyOf } from '../../../lib/state/anomaly.ts';
import { operatorsEnd } from '../../../lib/state/presumed-end.ts';
import type { Row } from '../../../lib/state/row.ts';
import { sightingOf, type Sighting } from '../../../lib/state/sighting.ts';

const T0 = 1_700_000_000_000;
const RETENTION = { retentionSeconds: 1000 };

const status = (word: string, at: number, info?: string): Sighting =>
  sightingOf('StreamStatusEvent', { mediaSessionId: 'x', status: word, published: true, info }, at) ?? expect.fail();
const rowOf = (...sightings: Sighting[]) => sightings.reduce<Row>((row, one) => merge(row, one, RETENTION), {});
const oddityAfter = (row: Row, sighting: Sighting) => anomalyOf(row, merge(row, sighting, RETENTION), sighting);

describe('the word of the operator that a stream has ended', () => {
  const live = rowOf(status('PUBLISHING', T0));

  it('comes after all that is known of the stream, whatever the clock of the operator says', () => {
    expect(operatorsEnd('x', live, T0 + 5000).at).toBe(T0 + 5000);
    expect(operatorsEnd('x', live, T0 - 5000).at).toBe(T0 + 1);
    expect(operatorsEnd('x', {}, T0).at).toBe(T0);
  });

  it('overrules every sign of life, and gives way to an end that WCS tells', () => {
    const end = operatorsEnd('x', live, T0 + 1000);
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
    const ended = rowOf(status('PUBLISHING', T0), operatorsEnd('x', live, T0 + 1000));
    expect(oddityAfter(ended, status('PUBLISHING', T0 + 1001))).toBe('live after end');
    expect(oddityAfter(ended, status('PUBLISHING', T0 + 999))).toBeUndefined();
    expect(oddityAfter(ended, status('UNPUBLISHED', T0 + 1001))).toBeUndefined();
  });

  it('is not what we presume ourselves of a session that has ended: its hooks may have overtaken its end', () => {
    const end = operatorsEnd('x', live, T0 + 1000);
    const ours = { ...end, state: { ...end.state, info: 'presumed: the session has ended' } };
    const ended = rowOf(status('PUBLISHING', T0), ours);
    expect(oddityAfter(ended, status('PUBLISHING', T0 + 61_000))).toBeUndefined();
    expect(oddityAfter(ended, status('PUBLISHING', T0 + 61_001))).toBe('live after end');
  });

  it('is not what WCS says in the same words: hooks may have overtaken that', () => {
    const ended = rowOf(status('UNPUBLISHED', T0, 'presumed: ended by the operator'));
    expect(oddityAfter(ended, status('PUBLISHING', T0 + 60_000))).toBeUndefined();
    expect(oddityAfter(ended, status('PUBLISHING', T0 + 60_001))).toBe('live after end');
  });
});
