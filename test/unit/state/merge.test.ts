import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { differences, markLost, merge } from '../../../lib/state/merge.ts';
import { KINDS, type Row } from '../../../lib/state/row.ts';
import { presumedEnd } from '../../../lib/state/presumed-end.ts';
import type { RecordedDecision, Sighting } from '../../../lib/state/sighting.ts';
import { sightingOf } from '../../../lib/state/sighting-of.ts';
import type { MethodName } from '../../../lib/wcs/methods.ts';
import { rowOfSet } from '../../support/oracle.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { delivery, HISTORIES } from '../../support/sightings.ts';

const RETENTION = { retentionSeconds: 1000 };
const LEASE = { leaseSeconds: 120, maxAgeSeconds: 1000 };
const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const after = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();

function seen(
  method: MethodName,
  seconds: number,
  fields: Record<string, unknown> = {},
  recorded: RecordedDecision = {},
): Sighting {
  const body = { mediaSessionId: 'stream', sessionId: 'session', ...fields };
  const sighting = sightingOf(method, body, T0 + seconds * 1000, recorded);
  if (!sighting) throw new Error('no sighting');
  return sighting;
}
const status = (status: string, seconds: number, fields: Record<string, unknown> = {}) =>
  seen('StreamStatusEvent', seconds, { status, ...fields });
const rowOf = (sightings: Sighting[], row: Row = {}) =>
  sightings.reduce((before, sighting) => merge(before, sighting, RETENTION), row);

describe.each(HISTORIES)('merge, of %s:', (_, history) => {
  test.prop([history().chain((sightings) => fc.tuple(fc.constant(sightings), delivery(sightings)))], {
    numRuns: propertyRuns(1_000),
  })(
    'any order and any repetition of the same hooks gives the row of their set',
    ([sightings, delivered]) => {
      expect(rowOf(delivered)).toEqual(rowOfSet(sightings, RETENTION.retentionSeconds));
    },
    120_000,
  );

  test.prop([history()], { numRuns: propertyRuns(200) })('a hook that is merged again changes nothing', (sightings) => {
    const row = rowOf(sightings);
    for (const sighting of sightings) {
      expect(differences(row, merge(row, sighting, RETENTION), KINDS[sighting.kind])).toBeUndefined();
    }
  });
});

describe('merge', () => {
  it('keeps an ended stream ended, whatever comes later', () => {
    const row = rowOf([status('UNPUBLISHED', 5, { info: 'Stopped by user' }), status('PUBLISHING', 9)]);
    expect(row).toMatchObject({ phase: 'ended', status: 'UNPUBLISHED', info: 'Stopped by user', endedAt: after(5) });
    expect(row).toMatchObject({ startedAt: after(9), lastSeenAt: after(9), firstSeenAt: after(5) });
    expect(row).not.toHaveProperty('live');
  });

  it('takes the first of two ends and the latest of two live statuses', () => {
    expect(rowOf([status('FAILED', 5), status('UNPUBLISHED', 4)])).toMatchObject({
      status: 'UNPUBLISHED',
      endedAt: after(4),
    });
    expect(rowOf([status('PAUSED', 5), status('PLAYING', 4)])).toMatchObject({ status: 'PAUSED', live: 'playing' });
  });

  it('removes what the winner does not carry but never a fact', () => {
    const row = rowOf([status('PUBLISHING', 1, { width: 640, name: 'a', info: 'x' }), status('PUBLISHING', 2)]);
    expect(row).toMatchObject({ name: 'a', statusAt: after(2) });
    expect(row).not.toHaveProperty('width');
    expect(row).not.toHaveProperty('info');
  });

  it("shows the winner's name after a rename, and forgets that the old one was cut", () => {
    const row = rowOf([
      seen('publishStream', 1, { name: 'x'.repeat(3000) }),
      status('PUBLISHING', 2, { name: 'short' }),
    ]);
    expect(row).toMatchObject({ name: 'short' });
    expect(row).not.toHaveProperty('nameCut');
    const unnamed = rowOf([seen('publishStream', 1, { name: 'x'.repeat(3000) }), status('PUBLISHING', 2)]);
    expect(unnamed).toMatchObject({ status: 'PUBLISHING', name: 'x'.repeat(2048), nameCut: true });
    const late = rowOf([
      status('PUBLISHING', 2, { name: 'short' }),
      seen('publishStream', 1, { name: 'x'.repeat(3000) }),
    ]);
    expect(late).toMatchObject({ name: 'short' });
    expect(late).not.toHaveProperty('nameCut');
  });

  it('lets a keep-alive open a row and start a starting one, but not replace what an event said', () => {
    expect(rowOf([seen('StreamKeepAliveEvent', 1, { status: 'PLAYING' })])).toMatchObject({
      phase: 'live',
      live: 'playing',
      keepAlive: true,
      startedAt: after(1),
    });
    expect(
      rowOf([seen('playStream', 0, { status: 'PENDING' }), seen('StreamKeepAliveEvent', 1, { status: 'PLAYING' })]),
    ).toMatchObject({ phase: 'live', status: 'PLAYING' });
    expect(rowOf([status('PAUSED', 0), seen('StreamKeepAliveEvent', 1, { status: 'PLAYING' })])).toMatchObject({
      status: 'PAUSED',
      statusAt: after(0),
      lastSeenAt: after(1),
      keepAlive: true,
    });
  });

  it('shows our own words: a denial that any sign of life overrules but none hides, a presumed end that only an end does', () => {
    const denied = seen('publishStream', 0, { status: 'PENDING' }, { denied: 'token: expired' });
    const starting = seen('publishStream', 1, { status: 'PENDING' });
    expect(rowOf([starting, denied])).toMatchObject({
      phase: 'denied',
      status: 'DENIED',
      denied: 'token: expired',
      expiresAt: T0 / 1000 + 1000,
    });
    const live = rowOf([denied, status('PUBLISHING', 2)]);
    expect(live).toMatchObject({ phase: 'live', status: 'PUBLISHING', denied: 'token: expired' });
    expect(live).toEqual(rowOf([status('PUBLISHING', 2), denied]));

    const session = { phase: 'ended', status: 'DISCONNECTED', endedAt: after(5) };
    const live1 = rowOf([status('PUBLISHING', 2)]);
    const presumed = presumedEnd('stream', 'stream', live1, session, T0 + 1e9, LEASE) ?? expect.fail();
    const ended = rowOf([presumed, status('PUBLISHING', 9)]);
    expect(ended).toMatchObject({
      phase: 'ended',
      status: 'DISCONNECTED',
      info: 'presumed: the session has ended',
      endedAt: after(5),
      expiresAt: T0 / 1000 + 1005,
    });
    expect(ended).not.toHaveProperty('live');
    expect(rowOf([presumed, status('FAILED', 9)])).toMatchObject({
      phase: 'ended',
      status: 'FAILED',
      endedAt: after(9),
    });
  });

  it('shows the newest size that the winner or a resize told, and nothing else of a resize', () => {
    const playing = (seconds: number) => status('PLAYING', seconds, { width: 640, height: 360 });
    const resize = (seconds: number, width: number, height: number) =>
      status('RESIZE', seconds, { width, height, info: 'x', name: 'another', fps: 7 });
    const alreadyInUse = (seconds: number) =>
      status('FAILED', seconds, { info: 'MediaSessionId is already in use', width: 1, height: 1 });
    const whatever = [
      [[playing(1), resize(2, 1280, 720)], { width: 1280, height: 720, phase: 'live', statusAt: after(1) }],
      [[playing(1), resize(3, 320, 180), resize(2, 1280, 720)], { width: 320, height: 180 }],
      [[playing(1), resize(2, 1280, 720), playing(3)], { width: 640, height: 360, resizedAt: after(2) }],
      [[playing(1), resize(2, 1280, 720), status('STOPPED', 3)], { phase: 'ended', statusAt: after(3) }],
      // An end that was told for an earlier moment than the resize.
      [[playing(3), resize(2, 1280, 720), status('STOPPED', 1)], { phase: 'ended', width: 1280, height: 720 }],
      [[playing(1), status('RESIZE', 2, { width: 1280 })], { width: 640, height: 360, lastSeenAt: after(2) }],
      [[resize(1, 1280, 720)], { phase: 'seen', width: 1280 }],
      // Not by another note, nor by a failure that speaks of another's stream.
      [[playing(1), status('NOT_ENOUGH_BANDWIDTH', 2, { width: 1, height: 1 })], { width: 640, height: 360 }],
      [[playing(1), alreadyInUse(2)], { width: 640, height: 360 }],
    ] as const;
    for (const [hooks, expected] of whatever) {
      for (const told of [hooks, hooks.toReversed(), [...hooks, ...hooks]]) {
        const row = rowOf([...told]);
        expect(row).toMatchObject(expected);
        for (const field of ['info', 'name', 'fps']) expect(row).not.toHaveProperty(field);
      }
    }
  });

  it('takes the earliest stopAt, the operator’s or a token’s, and forgets none', () => {
    const limited = seen('publishStream', 0, { status: 'PENDING' }, { maxDuration: 60 });
    expect(rowOf([limited, status('PUBLISHING', 1)])).toMatchObject({ phase: 'live', stopAt: after(60) });
    expect(rowOf([limited], { stopAt: after(30) })).toMatchObject({ stopAt: after(30) });
    expect(rowOf([limited], { stopAt: after(90) })).toMatchObject({ stopAt: after(60) });
    expect(rowOf([status('PUBLISHING', 1)], { stopAt: after(30) })).toMatchObject({ stopAt: after(30) });
  });

  describe('of a lost row', () => {
    const lost: Row = { ...rowOf([status('PUBLISHING', 10)]), phase: 'lost', lost: 'no news', expiresAt: 1 };

    it('is closed since it was last heard, and only what is over is', () => {
      const heard = rowOf([status('PUBLISHING', 10), seen('StreamKeepAliveEvent', 20)]);
      expect(markLost('stream', heard, 'no news', RETENTION)).toMatchObject({
        ...{ phase: 'lost', lost: 'no news', status: 'PUBLISHING', closedAt: after(20) },
        ...{ closedIn: after(20).slice(0, 13), expiresAt: T0 / 1000 + 1020 },
      });
      for (const open of [heard, rowOf([seen('publishStream', 0)])]) expect(open).not.toHaveProperty('closedAt');
    });

    it('lifts lost by any newer hook, even by one without a status', () => {
      for (const news of [seen('StreamEvent', 11), seen('StreamKeepAliveEvent', 11), status('PUBLISHING', 11)]) {
        const row = merge(lost, news, RETENTION);
        expect(row).toMatchObject({ phase: 'live', lastSeenAt: after(11), live: 'publishing' });
        expect(row).not.toHaveProperty('lost');
        expect(row).not.toHaveProperty('expiresAt');
      }
    });

    it('stays lost by an older hook', () => {
      const row = merge(lost, seen('publishStream', 1), RETENTION);
      expect(row).toMatchObject({ phase: 'lost', lost: 'no news', firstSeenAt: after(1) });
      expect(row).not.toHaveProperty('live');
    });

    it('is ended, not lost, by an end that came late', () => {
      const row = merge(lost, status('STOPPED', 9), RETENTION);
      expect(row).toMatchObject({ phase: 'ended', endedAt: after(9) });
      expect(row).not.toHaveProperty('lost');
    });
  });

  it('tells a publisher from a player by `published` where the word is one that we do not know', () => {
    expect(rowOf([status('NOVEL', 1, { published: true })])).toMatchObject({ live: 'publishing' });
    expect(rowOf([status('NOVEL', 1)])).toMatchObject({ live: 'playing' });
    expect(rowOf([status('NOVEL', 2), seen('publishStream', 1, { published: true })])).toMatchObject({
      live: 'publishing',
    });
  });

  it('takes WCS’s word for a publisher or a player before `published`', () => {
    expect(rowOf([status('PUBLISHING', 1, { published: false })])).toMatchObject({ live: 'publishing' });
    for (const word of ['PLAYING', 'PAUSED']) {
      expect(rowOf([status(word, 1, { published: true })])).toMatchObject({ live: 'playing' });
    }
  });

  it('takes the latest decision, and the same of two at one moment whichever comes first', () => {
    const decided = (seconds: number, sub: string) => seen('publishStream', seconds, {}, { isDecided: true, sub });
    for (const hooks of [
      [decided(1, 'bob'), decided(2, 'alice')],
      [decided(2, 'alice'), decided(1, 'bob')],
    ]) {
      expect(rowOf(hooks)).toMatchObject({ sub: 'alice', decidedAt: after(2) });
    }
    const [one, other] = [decided(1, 'alice'), decided(1, 'bob')];
    expect(rowOf([one, other])).toEqual(rowOf([other, one]));
    expect(rowOf([one, other])).toMatchObject({ sub: 'bob' });
  });

  it('gives every row that is not live an end of its days, and no live one', () => {
    expect(rowOf([seen('publishStream', 0)]).expiresAt).toBe(T0 / 1000 + 1000);
    expect(rowOf([seen('StreamEvent', 0)]).expiresAt).toBe(T0 / 1000 + 1000);
    expect(rowOf([status('STOPPED', 0)]).expiresAt).toBe(T0 / 1000 + 1000);
    expect(rowOf([status('PLAYING', 0)])).not.toHaveProperty('expiresAt');
  });
});

describe('merge, of a session,', () => {
  const ADDRESS = '/10.0.0.2:1/10.0.0.1:2';
  const session = (
    sessionId: string,
    method: MethodName,
    seconds: number,
    status?: string,
    recorded: RecordedDecision = {},
  ) => seen(method, seconds, { sessionId, ...(status ? { status } : {}) }, recorded);
  const alice = { sub: 'alice', claims: '{"publish":["*"]}' };

  it('keeps what its token said when its status changes, and ended it stays ended', () => {
    const id = `${ADDRESS}-7d3ca9f8-2c8c-4d9b-9e0e-7a4a0f3d6a10`;
    const hooks = [
      session(id, 'connect', 0, undefined, alice),
      session(id, 'ConnectionStatusEvent', 1, 'ESTABLISHED'),
      session(id, 'RegistrationStatusEvent', 2, 'REGISTERED'),
    ];
    expect(rowOf(hooks)).toEqual({
      phase: 'live',
      status: 'ESTABLISHED',
      statusAt: after(1),
      ...alice,
      connectAt: after(0),
      firstSeenAt: after(0),
      lastSeenAt: after(2),
      registration: 'REGISTERED',
      registrationAt: after(2),
      expiresAt: T0 / 1000 + 1001,
      rank: expect.any(String) as string,
    });
    const ended = rowOf([
      ...hooks,
      session(id, 'ConnectionStatusEvent', 3, 'DISCONNECTED'),
      session(id, 'ConnectionStatusEvent', 4, 'ESTABLISHED'),
      session(id, 'RegistrationStatusEvent', 5, 'UNREGISTERED'),
    ]);
    expect(ended).toMatchObject({ phase: 'ended', endedAt: after(3), sub: 'alice', registration: 'UNREGISTERED' });
  });

  it('keeps the first connect of an id that is never given again, whatever the order', () => {
    const id = `${ADDRESS}-7d3ca9f8-2c8c-4d9b-9e0e-7a4a0f3d6a10`;
    const [first, repeated] = [
      session(id, 'connect', 0, undefined, alice),
      session(id, 'connect', 1, undefined, { sub: 'bob' }),
    ];
    for (const hooks of [
      [first, repeated],
      [repeated, first],
    ]) {
      expect(rowOf(hooks)).toMatchObject({ connectAt: after(0), sub: 'alice' });
    }
  });

  it('at an address is that of the latest hook, and inherits nothing of an earlier connection', () => {
    const first = [
      session(ADDRESS, 'connect', 0, undefined, alice),
      session(ADDRESS, 'ConnectionStatusEvent', 1, 'ESTABLISHED'),
      session(ADDRESS, 'ConnectionStatusEvent', 2, 'DISCONNECTED'),
    ];
    expect(rowOf(first)).toMatchObject({ phase: 'ended', endedAt: after(2), sub: 'alice' });
    const second = [session(ADDRESS, 'connect', 3), session(ADDRESS, 'ConnectionStatusEvent', 4, 'ESTABLISHED')];
    for (const hooks of [
      [...first, ...second],
      [...second, ...first],
    ]) {
      const row = rowOf(hooks);
      expect(row).toMatchObject({ phase: 'live', status: 'ESTABLISHED', connectAt: after(3) });
      for (const field of ['sub', 'claims', 'endedAt']) expect(row).not.toHaveProperty(field);
    }
    const denied = rowOf([...first, session(ADDRESS, 'connect', 3, undefined, { denied: 'token: expired' })]);
    expect(denied).toMatchObject({ phase: 'denied', status: 'DENIED', denied: 'token: expired' });
  });

  test.prop([
    fc.constantFrom(ADDRESS, `${ADDRESS}-7d3ca9f8-2c8c-4d9b-9e0e-7a4a0f3d6a10`, '7d3ca9f8-2c8c-4d9b-9e0e-7a4a0f3d6a10'),
    fc.constantFrom('FAILED', 'DISCONNECTED'),
    fc.boolean(),
    fc.infiniteStream(fc.nat()),
  ])(
    'that was denied shows so, whose it was and what WCS said of its end, whatever the order',
    (id, end, hasMore, order) => {
      const denied = { isDecided: true, denied: 'token: expired', sub: 'dave' };
      const hooks = [
        session(id, 'connect', 1, undefined, denied),
        seen('ConnectionStatusEvent', 2, { sessionId: id, status: end, info: 'declined' }),
        // What a client may still do, and what was before it at the same address.
        ...(hasMore ? [session(id, 'RegistrationStatusEvent', 3, 'UNREGISTERED')] : []),
        ...(hasMore && id === ADDRESS
          ? [session(id, 'connect', -2, undefined, alice), session(id, 'ConnectionStatusEvent', -1, 'DISCONNECTED')]
          : []),
      ];
      const delivered = [...hooks, ...hooks]
        .map((hook) => [order.next().value ?? 0, hook] as const)
        .sort(([a], [b]) => a - b)
        .map(([, hook]) => hook);
      const row = rowOf(delivered);
      expect(row).toMatchObject({
        phase: 'ended',
        status: end,
        info: 'declined',
        endedAt: after(2),
        connectAt: after(1),
        denied: 'token: expired',
        sub: 'dave',
      });
      expect(row).not.toHaveProperty('claims');
    },
  );

  it('takes a colon and a uuid of digits for no address', () => {
    const id = `${ADDRESS}-12345678-1234-4234-8234-123456789012`;
    const end = session(id, 'ConnectionStatusEvent', 0, 'DISCONNECTED');
    expect(rowOf([end, session(id, 'ConnectionStatusEvent', 1, 'ESTABLISHED')])).toMatchObject({ phase: 'ended' });
  });
});

describe('differences', () => {
  it('are empty for equal rows, whatever else the row holds', () => {
    const row = rowOf([status('PUBLISHING', 1)]);
    expect(differences({ ...row, stop: true, revision: 4 }, row, KINDS.stream)).toBeUndefined();
  });

  it('set what is new or other, and remove what is gone', () => {
    expect(
      differences({ status: 'A', info: 'x', width: 1 }, { status: 'B', width: 1, height: 2 }, KINDS.stream),
    ).toEqual({
      set: [
        ['status', 'B'],
        ['height', 2],
      ],
      remove: ['info'],
    });
  });
});
