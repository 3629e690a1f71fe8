import { describe, expect, it } from 'vitest';
import { verify, type Rows } from '../../simulator/verify.ts';

const LEASE_SECONDS = 45;
const iso = (milliseconds: number) => new Date(milliseconds).toISOString();

/** Reads two rows again and again, `rows` of each time, and tells of what it waited in between. */
async function waitsOf(phase: string, ...read: Record<string, unknown>[][]) {
  const waits: { readonly what: string; readonly seconds: number }[] = [];
  const started = Date.now();
  const times = read[Symbol.iterator]();
  const differences = await verify(
    new Map(['0', '1'].map((id) => [id, { phase }])),
    () => Promise.resolve(new Map((times.next().value ?? []).map((row, n) => [String(n), row])) satisfies Rows),
    {
      withinSeconds: 30,
      leaseSeconds: LEASE_SECONDS,
      onWait: (what, until) => waits.push({ what, seconds: Math.round((until - started) / 1000) }),
    },
  );
  return { differences, waits };
}

describe('comparing rows', () => {
  it('waits for nothing where they are as they should be', async () => {
    expect(await waitsOf('ended', [{ phase: 'ended' }, { phase: 'ended' }])).toEqual({ differences: [], waits: [] });
  });

  it.each([
    ['a time of the first millisecond', { endedAt: '2026-11-25T10:00:00.000Z' }, undefined],
    ['a time of the last', { endedAt: '2026-11-25T10:00:01.000Z' }, undefined],
    ['an earlier time', { endedAt: '2026-11-25T09:59:59.999Z' }, '"2026-11-25T09:59:59.999Z"'],
    ['a later time', { endedAt: '2026-11-25T10:00:01.001Z' }, '"2026-11-25T10:00:01.001Z"'],
    ['no time', {}, 'absent'],
  ])('knows a time as well as the clocks allow: %s', async (_, row, found) => {
    const least = Date.parse('2026-11-25T10:00:00.000Z');
    const differences = await verify(
      new Map([['0', { endedAt: { least, most: least + 1000 } }]]),
      () => Promise.resolve(new Map([['0', row]])),
      { withinSeconds: 0, leaseSeconds: LEASE_SECONDS, onWait: () => {} },
    );
    const expected = 'expected 2026-11-25T10:00:00.000Z to 2026-11-25T10:00:01.000Z';
    expect(differences).toEqual(found === undefined ? [] : [`0: endedAt is ${found}, ${expected}`]);
  });

  it('waits for hooks that come late', async () => {
    const ended = { phase: 'ended' };
    const waits = [{ what: 'waiting for rows that are not yet as they should be, at most', seconds: 30 }];
    expect(await waitsOf('ended', [{ phase: 'live' }, ended], [ended, ended])).toEqual({ differences: [], waits });
  });

  it('waits for the lease that a row still has, then for the sweep', async () => {
    const heardAgo = (seconds: number) => ({ phase: 'live', lastSeenAt: iso(Date.now() - seconds * 1000) });
    const { differences, waits } = await waitsOf(
      'lost',
      [heardAgo(20), heardAgo(5)],
      [heardAgo(61), heardAgo(46)],
      [{ phase: 'lost' }, { phase: 'lost' }],
    );
    expect(differences).toEqual([]);
    expect(waits).toEqual([
      { what: 'waiting for the lease to run out', seconds: 40 },
      { what: 'waiting for the sweep, which comes every minute, at most', seconds: 30 },
    ]);
  });
});
