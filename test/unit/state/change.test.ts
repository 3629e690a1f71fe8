import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  changeOf,
  DETAIL_FIELDS,
  DETAIL_TYPES,
  envelopeOf,
  type Change,
  type ChangeEvent,
  type ChangedPhase,
} from '../../../lib/state/change.ts';
import { differences, markLost, merge } from '../../../lib/state/merge.ts';
import { presumedEnd } from '../../../lib/state/presumed-end.ts';
import { KINDS, type KindName, type Row } from '../../../lib/state/row.ts';
import type { RecordedDecision, Sighting } from '../../../lib/state/sighting.ts';
import { sightingOf } from '../../../lib/state/sighting-of.ts';
import type { MethodName } from '../../../lib/wcs/methods.ts';
import { changesOf, folded, SCHEMA, schemaProblem, type Write } from '../../support/changes.ts';
import { delivery, HISTORIES } from '../../support/sightings.ts';

const RETENTION = { retentionSeconds: 1000 };
const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const after = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();
const ADDRESS = '/203.0.113.77:63853/198.51.100.25:8443';

/** A row and its writes, each of which counts `revision` up. */
function createRow(kind: KindName, id: string) {
  const writes: Write[] = [];
  let row: Row | undefined;
  const put = (fields: Row) => {
    writes.push({ before: row, after: { ...fields, revision: Number(row?.revision ?? 0) + 1 } });
    row = writes.at(-1)?.after;
  };
  /** What the rule does not own stays: the operator's words. */
  const owned: readonly string[] = KINDS[kind].owned;
  const kept = () => Object.fromEntries(Object.entries(row ?? {}).filter(([field]) => !owned.includes(field)));
  return {
    writes,
    row: () => row ?? {},
    set: (fields: Row) => put({ ...row, ...fields }),
    become(merged: Row) {
      if (differences(row ?? {}, merged, KINDS[kind])) put({ ...kept(), ...merged });
    },
    told: (): Change[] => changesOf(kind, id, writes),
  };
}

function hook(
  method: MethodName,
  seconds: number,
  fields: Record<string, unknown> = {},
  recorded: RecordedDecision = {},
) {
  const body = { mediaSessionId: 'stream', sessionId: 'session', nodeId: 'node', ...fields };
  const sighting = sightingOf(method, body, T0 + seconds * 1000, recorded);
  if (!sighting) throw new Error('no sighting');
  return sighting;
}
const status = (status: string, seconds: number, fields: Record<string, unknown> = {}) =>
  hook('StreamStatusEvent', seconds, { status, name: 'room', published: true, ...fields });
const connection = (
  method: MethodName,
  seconds: number,
  fields: Record<string, unknown> = {},
  recorded: RecordedDecision = {},
) => hook(method, seconds, { sessionId: ADDRESS, appKey: 'app', ...fields }, recorded);

/** What is told of hooks that come in this order. */
function toldOf(...sightings: Sighting[]): Change[] {
  const [{ kind, id } = { kind: 'stream', id: '' } as const] = sightings;
  const row = createRow(kind, id);
  for (const sighting of sightings) row.become(merge(row.row(), sighting, RETENTION));
  return row.told();
}
const words = (changes: readonly Change[]) => changes.map(({ event }) => event);

describe('of a stream', () => {
  it('each transition is one event, with all that is known then', () => {
    expect(
      toldOf(
        hook(
          'publishStream',
          0,
          { status: 'PENDING', name: 'room', published: true, appKey: 'app' },
          { isDecided: true, sub: 'alice' },
        ),
        status('PUBLISHING', 1),
        status('UNPUBLISHED', 61.5, { info: 'Stopped by user' }),
      ),
    ).toEqual([
      {
        ...{
          event: 'starting',
          phase: 'starting',
          mediaSessionId: 'stream',
          name: 'room',
          published: true,
          nodeId: 'node',
        },
        ...{ appKey: 'app', sessionId: 'session', sub: 'alice', status: 'PENDING', firstSeenAt: after(0), revision: 1 },
      },
      expect.objectContaining({
        event: 'live',
        previousPhase: 'starting',
        sub: 'alice',
        startedAt: after(1),
        revision: 2,
      }),
      {
        ...{
          event: 'ended',
          phase: 'ended',
          previousPhase: 'live',
          mediaSessionId: 'stream',
          name: 'room',
          published: true,
        },
        ...{ nodeId: 'node', appKey: 'app', sessionId: 'session', sub: 'alice', status: 'UNPUBLISHED' },
        ...{ info: 'Stopped by user', firstSeenAt: after(0), startedAt: after(1), endedAt: after(61.5) },
        ...{ seconds: 60.5, revision: 3 },
      },
    ]);
  });

  it('renewals, repetitions, pauses and new sizes are no news', () => {
    const first = [status('PLAYING', 0), hook('StreamKeepAliveEvent', 100)];
    const more = [
      status('PLAYING', 0),
      status('PAUSED', 101),
      hook('StreamKeepAliveEvent', 200),
      status('RESIZE', 201, { width: 9, height: 9 }),
    ];
    expect(words(toldOf(...first, ...more))).toEqual(['live']);
  });

  it('a stream that is only seen has no event, until a status is known', () => {
    expect(words(toldOf(hook('StreamEvent', 0)))).toEqual([]);
    expect(words(toldOf(hook('StreamEvent', 4), hook('StreamEvent', 3)))).toEqual([]);
    expect(toldOf(hook('StreamEvent', 0), status('PLAYING', 1))).toEqual([
      expect.objectContaining({ event: 'live', previousPhase: 'seen', firstSeenAt: after(0) }),
    ]);
  });

  it('a denial has its reason, and a stream that is live in spite of it an event', () => {
    const denied = hook('playStream', 0, {}, { isDecided: true, denied: 'token: expired', sub: 'bob' });
    expect(
      toldOf(denied, hook('playStream', 1, {}, { isDecided: true, denied: 'token: expired' }), status('PLAYING', 2)),
    ).toEqual([
      expect.objectContaining({ event: 'denied', denied: 'token: expired', sub: 'bob', status: 'DENIED' }),
      expect.objectContaining({ event: 'live', previousPhase: 'denied', denied: 'token: expired' }),
    ]);
  });

  it('a lost stream has the time it was live, and is found when it is heard again', () => {
    const row = createRow('stream', 'stream');
    row.become(merge({}, status('PUBLISHING', 0), RETENTION));
    row.become(merge(row.row(), hook('StreamKeepAliveEvent', 90), RETENTION));
    row.become(markLost('stream', row.row(), 'no keep-alive for 120 s', RETENTION));
    row.become(merge(row.row(), hook('StreamKeepAliveEvent', 300), RETENTION));
    row.become(merge(row.row(), status('STOPPED', 400), RETENTION));
    expect(row.told()).toEqual([
      expect.objectContaining({ event: 'live' }),
      expect.objectContaining({ event: 'lost', lost: 'no keep-alive for 120 s', lastSeenAt: after(90), seconds: 90 }),
      expect.objectContaining({ event: 'found', phase: 'live', previousPhase: 'lost' }),
      expect.objectContaining({ event: 'ended', seconds: 400 }),
    ]);
    expect(row.told()[2]).not.toHaveProperty('lastSeenAt');
    expect(row.told()[2]).not.toHaveProperty('seconds');
  });

  it('a lost stream that has ended was not found', () => {
    const row = createRow('stream', 'stream');
    row.become(merge({}, status('PUBLISHING', 0), RETENTION));
    row.become(markLost('stream', row.row(), 'silent', RETENTION));
    row.become(merge(row.row(), status('STOPPED', 400), RETENTION));
    expect(words(row.told())).toEqual(['live', 'lost', 'ended']);
  });

  it("a stop is an event when WCS gets its 403, and not at the operator's command", () => {
    const row = createRow('stream', 'stream');
    row.become(merge({}, status('PUBLISHING', 0), RETENTION));
    row.set({ stop: 'abuse', stopBy: 'alice' });
    expect(words(row.told())).toEqual(['live']);
    row.set({ stopSentAt: after(5) });
    row.set({ stopSentAt: after(6) });
    expect(row.told().slice(1)).toEqual([
      expect.objectContaining({
        event: 'stopping',
        phase: 'live',
        stop: 'abuse',
        stopBy: 'alice',
        stopSentAt: after(5),
      }),
    ]);
  });

  it('a stop that comes with a new phase is in the event of the phase', () => {
    const row = createRow('stream', 'stream');
    row.set({ stop: true });
    row.set({ ...merge(row.row(), hook('StreamKeepAliveEvent', 0), RETENTION), stop: true, stopSentAt: after(0) });
    expect(row.told()).toEqual([expect.objectContaining({ event: 'live', stop: true, stopSentAt: after(0) })]);
    expect(row.told()[0]).not.toHaveProperty('previousPhase');
  });

  it("an end that was presumed is corrected by WCS's own, an end by an earlier one", () => {
    const end = presumedEnd(
      'stream',
      'stream',
      merge({}, status('PUBLISHING', 0), RETENTION),
      { nodeId: 'node', endedAt: after(9), status: 'DISCONNECTED', firstSeenAt: after(0) },
      T0 + 10_000_000,
      { leaseSeconds: 120, maxAgeSeconds: 86_400 },
    );
    if (!end) throw new Error('no end');
    const told = toldOf(
      status('PUBLISHING', 0),
      end,
      status('UNPUBLISHED', 8),
      status('FAILED', 7),
      status('STOPPED', 9),
    );
    expect(words(told)).toEqual(['live', 'ended', 'corrected', 'corrected']);
    expect(told.map(({ status, seconds }) => [status, seconds])).toEqual([
      ['PUBLISHING', undefined],
      ['DISCONNECTED', 9],
      ['UNPUBLISHED', 8],
      ['FAILED', 7],
    ]);
    // At the same moment: only why it ended is another.
    expect(toldOf(status('PUBLISHING', 0), end, status('STOPPED', 9)).at(-1)).toMatchObject({
      ...{ event: 'corrected', status: 'STOPPED', seconds: 9 },
    });
  });

  it('a start that is reported after the end corrects how long it was live', () => {
    const told = toldOf(status('UNPUBLISHED', 5), status('PUBLISHING', 2), status('PUBLISHING', 7));
    expect(told.map(({ event, seconds }) => [event, seconds])).toEqual([
      ['ended', undefined],
      ['corrected', 3],
    ]);
    // Told live after its end alone.
    expect(toldOf(status('UNPUBLISHED', 5), status('PUBLISHING', 7)).at(-1)).toMatchObject({ seconds: 0 });
  });

  it('another client that turns out to have the id is an event', () => {
    const mine = { sessionId: 'alice' };
    const theirs = { sessionId: 'bob' };
    expect(toldOf(status('PUBLISHING', 5, mine), status('PUBLISHING', 3, theirs)).at(-1)).toMatchObject({
      ...{ event: 'corrected', phase: 'live', sessionId: 'bob', startedAt: after(3) },
    });
    expect(
      toldOf(status('PUBLISHING', 5, mine), status('PUBLISHING', 5, { ...theirs, sessionId: 'aa' })).at(-1),
    ).toMatchObject({
      ...{ event: 'corrected', phase: 'live', sessionId: 'aa' },
    });
    const lost = createRow('stream', 'stream');
    lost.become(markLost('stream', merge({}, status('PUBLISHING', 5, mine), RETENTION), 'why', RETENTION));
    lost.become(merge(lost.row(), status('PUBLISHING', 3, theirs), RETENTION));
    expect(words(lost.told())).toEqual(['lost', 'live']);
    const denied = hook('publishStream', 5, mine, { denied: 'token: expired' });
    // Nothing is known of a stream that is only seen.
    expect(toldOf(denied, hook('StreamEvent', 3, theirs)).at(-1)).toEqual({
      ...{ event: 'corrected', phase: 'seen', previousPhase: 'denied', mediaSessionId: 'stream', revision: 2 },
    });
    // The first that was seen had none yet.
    expect(words(toldOf(hook('StreamEvent', 3, { sessionId: undefined }), hook('StreamEvent', 4)))).toEqual([]);
  });
});

describe('of a session', () => {
  it('its connect, its life and its end are events', () => {
    const told = toldOf(
      connection('connect', 0, {}, { isDecided: true, sub: 'alice', claims: '{"publish":["*"]}' }),
      connection('ConnectionStatusEvent', 1, { status: 'ESTABLISHED' }),
      connection('RegistrationStatusEvent', 2, { status: 'REGISTERED' }),
      connection('ConnectionStatusEvent', 60, { status: 'DISCONNECTED' }),
    );
    expect(words(told)).toEqual(['starting', 'live', 'ended']);
    expect(told.at(-1)).toEqual({
      ...{ event: 'ended', phase: 'ended', previousPhase: 'live', sessionId: ADDRESS, nodeId: 'node', appKey: 'app' },
      ...{ sub: 'alice', status: 'DISCONNECTED', firstSeenAt: after(0), connectAt: after(0), endedAt: after(60) },
      ...{ seconds: 60, revision: 4 },
    });
  });

  it('an address that is given again starts again, wherever the connection before it was', () => {
    const denied = { isDecided: true, denied: 'origin: another origin' };
    const again = toldOf(
      connection('connect', 0),
      connection('connect', 5),
      connection('ConnectionStatusEvent', 6, { status: 'ESTABLISHED' }),
    );
    expect(words(again)).toEqual(['starting', 'starting', 'live']);
    expect(words(toldOf(connection('connect', 0, {}, denied), connection('connect', 5, {}, denied)))).toEqual([
      'denied',
      'denied',
    ]);
    const ended = connection('ConnectionStatusEvent', 4, { status: 'DISCONNECTED' });
    expect(words(toldOf(connection('connect', 0), ended, connection('connect', 5)))).toEqual([
      'starting',
      'ended',
      'starting',
    ]);
    // What came late of the one before.
    const live = connection('ConnectionStatusEvent', 6, { status: 'ESTABLISHED' });
    expect(words(toldOf(live, connection('connect', 5), connection('connect', 1)))).toEqual([
      'live',
      'live',
      'corrected',
    ]);
  });

  it('without a connect has one event', () => {
    const established = (seconds: number) => connection('ConnectionStatusEvent', seconds, { status: 'ESTABLISHED' });
    expect(words(toldOf(established(1), established(2)))).toEqual(['live']);
  });

  it('one with an id of its own is only corrected by a late connect', () => {
    const own = { sessionId: `${ADDRESS}-7d3ca9f8-2c8c-4d9b-9e0e-1` };
    const live = connection('ConnectionStatusEvent', 6, { status: 'ESTABLISHED', ...own });
    expect(words(toldOf(live, connection('connect', 5, own)))).toEqual(['live', 'corrected']);
  });
});

describe('of a call', () => {
  const call = (word: string, seconds: number) => hook('CallStatusEvent', seconds, { callId: 'c', status: word });

  it('has events when it rings, is answered and is over, with the talk time', () => {
    const begun = hook('call', 0, { callId: 'c', status: 'PENDING', callee: '1002' });
    const told = toldOf(begun, call('TRYING', 1), call('RING', 2), call('ESTABLISHED', 3), call('FINISH', 63));
    expect(words(told)).toEqual(['starting', 'ringing', 'answered', 'ended']);
    expect(told.map(({ phase }) => phase)).toEqual(['starting', 'ringing', 'live', 'ended']);
    expect(told.at(-1)).toMatchObject({ callId: 'c', callee: '1002', previousPhase: 'live', seconds: 60 });
    for (const change of told) expect(Object.values(change)).not.toContain(undefined);
  });

  it('is corrected where only what SIP said of its end differs, and was not live if nobody answered', () => {
    const row: Row = { phase: 'ended', status: 'FAILED', sipStatus: 480, startedAt: after(1), endedAt: after(9) };
    const change = changeOf('call', 'c', { ...row, revision: 3 }, { ...row, sipStatus: 486, revision: 4 });
    expect(change).toMatchObject({ event: 'corrected', sipStatus: 486 });
    expect(change).not.toHaveProperty('seconds');
  });
});

describe('no event', () => {
  const row: Row = { phase: 'live', status: 'PLAYING', startedAt: after(0), firstSeenAt: after(0), revision: 7 };

  it('is made by a removed row, by a row that no hook made, and by a move in an index', () => {
    expect(changeOf('stream', 'stream', row, undefined)).toBeUndefined();
    expect(changeOf('stream', 'stream', undefined, { stop: true, revision: 1 })).toBeUndefined();
    expect(
      changeOf('stream', 'stream', { ...row, live: 'playing' }, { ...row, live: 'playing.3', revision: 8 }),
    ).toBeUndefined();
    expect(changeOf('stream', 'stream', row, { ...row, revision: 8 })).toBeUndefined();
  });

  it('is made of a phase that is none, but of what mends it', () => {
    const spoilt = { ...row, phase: 'hasOwnProperty', revision: 8 };
    expect(() => changeOf('stream', 'stream', row, spoilt)).toThrow('"hasOwnProperty"');
    const ended = { ...row, phase: 'ended', endedAt: after(9), revision: 9 };
    const mended = changeOf('stream', 'stream', spoilt, ended);
    expect(mended).toMatchObject({ event: 'ended', endedAt: after(9), revision: 9 });
    expect(mended).not.toHaveProperty('previousPhase');
    expect(changeOf('stream', 'stream', spoilt, { ...row, revision: 9 })).toMatchObject({ event: 'live' });
  });
});

it('the envelope is that of Amazon IVS: whose it is, what it is, when it was written', () => {
  const [detail] = toldOf(status('PLAYING', 0));
  if (!detail) throw new Error('no event');
  expect(envelopeOf('stream', detail, T0 + 1500)).toEqual({
    ...{ source: 'wcs-hooks', 'detail-type': 'Stream State Change', time: after(1.5), resources: [], detail },
  });
});

describe('the schema (docs/events.schema.json)', () => {
  const definitions = Object.entries(SCHEMA.definitions) as [KindName, (typeof SCHEMA.definitions)[KindName]][];

  it.each(Object.keys(DETAIL_TYPES) as KindName[])('has every field of the event of a %s, and no other', (kind) => {
    const lost = kind === 'session' ? [] : ['lastSeenAt'];
    const id = { stream: 'mediaSessionId', session: 'sessionId', call: 'callId' }[kind];
    const others = ['event', 'phase', 'previousPhase', id, 'seconds', 'revision'];
    expect(Object.keys(SCHEMA.definitions[kind].properties).sort()).toEqual(
      [...DETAIL_FIELDS[kind], ...lost, ...others].sort(),
    );
  });

  it('names every event and every phase', () => {
    const all = (field: string) => new Set(definitions.flatMap(([, { properties }]) => properties[field]?.enum ?? []));
    const events: Record<ChangeEvent, true> = {
      ...{
        starting: true,
        ringing: true,
        live: true,
        answered: true,
        ended: true,
        denied: true,
        lost: true,
        found: true,
      },
      ...{ stopping: true, corrected: true },
    };
    const phases: Record<ChangedPhase, true> = {
      ...{ seen: true, starting: true, denied: true, ringing: true, live: true, lost: true, ended: true },
    };
    expect(all('event')).toEqual(new Set(Object.keys(events)));
    expect(all('phase')).toEqual(new Set(Object.keys(phases)));
    expect(all('previousPhase')).toEqual(all('phase'));
  });

  it('rejects what is not an event', () => {
    const [detail] = toldOf(status('PLAYING', 0));
    if (!detail) throw new Error('no event');
    const envelope = envelopeOf('stream', detail, T0);
    const wrong = [
      { ...detail, event: 'gone' },
      { ...detail, rank: '4#1' },
      { ...detail, revision: undefined },
    ];
    expect(schemaProblem(envelope)).toBeUndefined();
    for (const one of wrong) expect(schemaProblem({ ...envelope, detail: one })).toBeDefined();
    expect(schemaProblem({ ...envelope, 'detail-type': 'Call State Change' })).toBeDefined();
  });
});

/** Sweeps and the operator's words, between any two hooks. */
const other = fc.constantFrom('sweep', 'sweep', 'stop', 'stopSent', 'undo', undefined, undefined);

describe.each(HISTORIES)('of %s:', (_, history) => {
  const schedule = history().chain((sightings) =>
    delivery(sightings).chain((hooks) =>
      fc
        .array(other, { minLength: hooks.length, maxLength: hooks.length })
        .map((others) => hooks.map((one, n) => [one, others[n]] as const)),
    ),
  );

  test.prop([schedule], { numRuns: 300 })(
    'whatever comes in whatever order, the events by revision are the transitions of the row, and tell what it shows',
    (hooks) => {
      const [{ kind, id }] = hooks[0] ?? [{ kind: 'stream', id: '' } as const];
      const row = createRow(kind, id);
      for (const [sighting, what] of hooks) {
        row.become(merge(row.row(), sighting, RETENTION));
        if (kind === 'session') continue;
        if (what === 'sweep' && row.row().phase === 'live') row.become(markLost(kind, row.row(), 'silent', RETENTION));
        if (kind !== 'stream') continue;
        if (what === 'stop') row.set({ stop: true });
        if (what === 'stopSent') row.set({ stopSentAt: after(9) });
        if (what === 'undo')
          row.set(Object.fromEntries(Object.entries(row.row()).filter(([field]) => !field.startsWith('stop'))));
      }
      const told = row.told();
      expect(folded([...told.toReversed(), ...told])).toEqual(told.at(-1));
    },
    60_000,
  );
});
