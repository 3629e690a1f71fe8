import { describe, expect, it } from 'vitest';
import { LEVEL } from '../../../lib/state/lifecycle.ts';
import { merge } from '../../../lib/state/merge.ts';
import type { Row } from '../../../lib/state/row.ts';
import type { RecordedDecision, Sighting } from '../../../lib/state/sighting.ts';
import { sightingOf } from '../../../lib/state/sighting-of.ts';
import { METHOD_NAMES, METHODS, type MethodName } from '../../../lib/wcs/methods.ts';
import { captureBody } from '../../support/fixtures.ts';

const T0 = Date.parse('2026-01-01T00:59:58.000Z');
const after = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();
const CALL = { callId: 'c', sessionId: 's', nodeId: 'n', appKey: 'a', caller: '1001', callee: '1002' };

const seen = (method: MethodName, seconds: number, fields: object = {}, recorded: RecordedDecision = {}): Sighting =>
  sightingOf(method, { ...CALL, ...fields }, T0 + seconds * 1000, recorded) ?? expect.fail('no sighting');
const status = (word: string, seconds: number, fields: object = {}) =>
  seen('CallStatusEvent', seconds, { status: word, ...fields });
const rowOf = (...sightings: Sighting[]) =>
  sightings.reduce<Row>((row, sighting) => merge(row, sighting, { retentionSeconds: 1000 }), {});
const DENIED = { isDecided: true, denied: 'token: no token', sub: 'bob' };

describe('the life of a call', () => {
  it('is starting, ringing, talking and over; how long they talked is to the millisecond', () => {
    const life = [
      seen('call', 0, { status: 'PENDING' }),
      status('TRYING', 1),
      status('RING', 2),
      status('ESTABLISHED', 3),
      status('HOLD', 4),
      status('FINISH', 15.345, { sipStatus: 200 }),
    ];
    const shown = life.map((_, n) => {
      const { phase, status, live } = rowOf(...life.slice(0, n + 1));
      return [phase, status, live];
    });
    expect(shown).toEqual([
      ['starting', 'PENDING', undefined],
      ['live', 'TRYING', 'ringing'],
      ['live', 'RING', 'ringing'],
      ['live', 'ESTABLISHED', 'talking'],
      ['live', 'HOLD', 'talking'],
      ['ended', 'FINISH', undefined],
    ]);
    expect(rowOf(...life.toReversed())).toEqual(rowOf(...life));
    expect(rowOf(...life)).toEqual({
      ...{ phase: 'ended', status: 'FINISH', statusAt: after(15.345), sipStatus: 200, incoming: false },
      ...{ caller: '1001', callee: '1002', nodeId: 'n', appKey: 'a', sessionId: 's' },
      ...{ firstSeenAt: after(0), startedAt: after(1), answeredAt: after(3), endedAt: after(15.345) },
      ...{ lastSeenAt: after(15.345), talkSeconds: 12.345, answeredSeconds: T0 / 1000 + 3 },
      ...{ closedIn: '2026-01-01T01', closedAt: after(15.345), expiresAt: T0 / 1000 + 15 + 1000 },
      rank: expect.any(String) as string,
    });
  });

  it.each(['TRYING', 'RING', 'RING_MEDIA', 'SESSION_PROGRESS'])('rings under %s, the latest of such words', (word) => {
    expect(rowOf(status(word, 1))).toMatchObject({ phase: 'live', live: 'ringing', status: word });
    expect(rowOf(status(word, 2), status('TRYING', 1))).toMatchObject({ status: word, statusAt: after(2) });
    for (const field of ['answeredAt', 'answeredSeconds']) expect(rowOf(status(word, 2))).not.toHaveProperty(field);
  });

  it.each(['ESTABLISHED', 'HOLD', 'A_NOVEL_WORD'])('is talked under %s, which no late ringing takes back', (word) => {
    const row = rowOf(status(word, 1), status('RING', 2));
    expect(row).toMatchObject({ live: 'talking', status: word, answeredAt: after(1), lastSeenAt: after(2) });
  });

  it('is where it was under an event without a word', () => {
    for (const word of [undefined, null, ''])
      expect(seen('CallStatusEvent', 1, { status: word }).level).toBe(LEVEL.seen);
  });

  it.each(['FINISH', 'FAILED', 'BUSY'])('is over with %s; nobody has talked unless it was answered', (word) => {
    expect(rowOf(status('RING', 1), status(word, 9))).toMatchObject({ phase: 'ended', talkSeconds: 0 });
    // An answer that is dated after the end.
    expect(rowOf(status(word, 1), status('ESTABLISHED', 2))).toMatchObject({ phase: 'ended', talkSeconds: 0 });
  });

  it('keeps why it failed, which FINISH follows', () => {
    const busy = status('BUSY', 3, { sipStatus: '486 Busy Here', info: 'Busy' });
    expect(rowOf(busy, status('FINISH', 4))).toMatchObject({
      status: 'BUSY',
      sipStatus: '486 Busy Here',
      info: 'Busy',
    });
    expect(rowOf(status('FINISH', 4), busy)).toMatchObject({ status: 'BUSY', endedAt: after(3) });
  });

  it('begins with a captured OnCallEvent', () => {
    const body = captureBody('OnCallEvent.pending');
    const row = rowOf(sightingOf('OnCallEvent', body, T0) ?? expect.fail());
    expect(row).toMatchObject({
      ...{ phase: 'starting', status: 'PENDING', incoming: true, caller: 'PPP009', callee: 'PPP005' },
      ...{ hasAudio: true, mediaProvider: 'WebRTC', sessionId: body['sessionId'], nodeId: body['nodeId'] },
    });
  });

  it('says whose it is where the hook does not: outgoing with call, incoming with OnCallEvent', () => {
    expect(rowOf(seen('call', 0))).toMatchObject({ incoming: false });
    expect(rowOf(seen('OnCallEvent', 0))).toMatchObject({ incoming: true });
    expect(rowOf(seen('OnCallEvent', 0, { incoming: false }))).toMatchObject({ incoming: false });
    expect(rowOf(status('RING', 0))).not.toHaveProperty('incoming');
  });
});

describe('what a client requests of a call', () => {
  const OF_CALLS = METHOD_NAMES.filter((name) => METHODS[name].subject === 'call');

  it.each(OF_CALLS.filter((name) => !METHODS[name].starts && name !== 'CallStatusEvent'))(
    '(%s) says nothing of where it is, denied or not',
    (method) => {
      for (const recorded of [{}, DENIED]) {
        const asked = seen(method, 5, { status: 'FAILED', caller: 'x' }, recorded);
        expect(asked).toMatchObject({ level: 0, state: { phase: 'seen' } });
        const row = rowOf(status('ESTABLISHED', 1), asked);
        expect(row).toMatchObject({ phase: 'live', status: 'ESTABLISHED', caller: '1001', lastSeenAt: after(5) });
        for (const field of ['denied', 'sub', 'decidedAt']) expect(row).not.toHaveProperty(field);
        const isTransfer = /transfer/i.test(method);
        expect(Object.keys(asked.attributes)).toEqual([
          ...['sessionId', 'nodeId'],
          ...(isTransfer ? ['transferStatusAt', 'transferStatus'] : []),
        ]);
      }
    },
  );

  it.each(['call', 'OnCallEvent'] as const)('(%s) that is denied is a row, with who it was and why', (method) => {
    expect(seen(method, 0, {}, DENIED).level).toBe(LEVEL.denied);
    expect(seen(method, 0, {}, { denied: 'x' }).attributes).toMatchObject({ denied: 'x', decidedAt: after(0) });
    const row = rowOf(seen(method, 0, { status: 'PENDING' }, DENIED));
    expect(row).toMatchObject({
      ...{ phase: 'denied', status: 'DENIED', denied: 'token: no token', sub: 'bob', decidedAt: after(0) },
      ...{ caller: '1001', callee: '1002', closedAt: after(0), closedIn: '2026-01-01T00' },
    });
    expect(row).not.toHaveProperty('talkSeconds');
  });

  it('shows who is called in the end, where a policy replaces it', () => {
    expect(rowOf(seen('call', 0, {}, { isDecided: true, overwrite: { callee: '+4930' } }))).toMatchObject({
      ...{ phase: 'starting', callee: '+4930', decidedAt: after(0) },
    });
  });
});

describe('a transfer', () => {
  it('is to the latest target that was told, at the latest status, which need not repeat the target', () => {
    const hooks = [
      status('ESTABLISHED', 0),
      seen('transfer', 1, { target: '1003' }),
      seen('TransferStatusEvent', 2, { status: 'ACCEPTED' }),
      seen('OnTransferEvent', 3, { target: '1004', status: 'PENDING' }),
      seen('TransferStatusEvent', 4, { status: 'COMPLETED', target: null }),
    ];
    const row = rowOf(...hooks);
    expect(row).toMatchObject({
      ...{ phase: 'live', status: 'ESTABLISHED', transferTarget: '1004', transferAt: after(3) },
      ...{ transferStatus: 'COMPLETED', transferStatusAt: after(4) },
    });
    expect(rowOf(...hooks.toReversed())).toEqual(row);
    const before = rowOf(...hooks.slice(0, 2));
    expect(before).toMatchObject({ transferTarget: '1003', transferStatusAt: after(1) });
    expect(before).not.toHaveProperty('transferStatus');
  });

  it('is to whom a policy says, where one replaces the target', () => {
    const recorded = { isDecided: true, overwrite: { target: '1005' } };
    expect(rowOf(seen('transfer', 1, { target: '1003' }, recorded))).toMatchObject({ transferTarget: '1005' });
  });

  it('that is denied says so, and not that of its call', () => {
    const row = rowOf(status('ESTABLISHED', 0), seen('transfer', 1, { target: '0900' }, DENIED));
    expect(row).toMatchObject({ phase: 'live', transferTarget: '0900', transferStatus: 'DENIED' });
    expect(row).not.toHaveProperty('denied');
  });
});

describe('the row of a call', () => {
  it('never has a message, headers, an SDP, a token, nor the secrets of a SIP address', () => {
    const secrets = {
      ...{ sipMessageRaw: 'HIDDEN', sipHeaders: { a: 'HIDDEN' }, sdp: 'HIDDEN', sipSDP: 'HIDDEN' },
      ...{ inviteParameters: { a: 'HIDDEN' }, custom: { token: 'HIDDEN' }, dtmf: 'HIDDEN' },
      caller: 'sip:alice:HIDDEN@pbx.example.com:5060;transport=HIDDEN',
      callee: '"Bob" <sip:bob@pbx.example.com?X-Token=HIDDEN>',
      visibleName: 'sip:alice:HIDDEN@pbx.example.com',
      target: 'sips:carol:HIDDEN@pbx.example.com',
      info: 'no answer of https://user:HIDDEN@pbx.example.com/?token=HIDDEN',
      parentCallId: 'https://user:HIDDEN@host/c',
      sipStatus: { raw: 'HIDDEN' },
    };
    for (const method of METHOD_NAMES.filter((name) => METHODS[name].subject === 'call')) {
      for (const recorded of [{}, DENIED]) {
        const sighting = seen(method, 0, { ...secrets, status: 'FAILED' }, recorded);
        expect(JSON.stringify(sighting)).not.toContain('HIDDEN');
      }
    }
    expect(rowOf(seen('call', 0, secrets), seen('transfer', 1, secrets))).toMatchObject({
      caller: 'sip:alice@pbx.example.com:5060',
      callee: '"Bob" <sip:bob@pbx.example.com',
      transferTarget: 'sips:carol@pbx.example.com',
    });
  });

  it('is work that is linear: the longest callee that a page can send costs no more than others', () => {
    const times = ['sip:', 'sip:a:', '<sip:x', 'a@', ':'].map((piece) => {
      const callee = `sip:${piece.repeat(262_144 / piece.length)}`;
      const begun = process.cpuUsage();
      seen('call', 0, { callee });
      return process.cpuUsage(begun).user / 1000;
    });
    // A quadratic expression takes ten seconds and more.
    expect(Math.max(...times)).toBeLessThan(1500);
  });

  it('is of a connection by its id as rows show it, or of none', () => {
    expect(seen('call', 0, { sessionId: undefined }).client).toEqual({ nodeId: 'n' });
    const id = (uri: string) => `${Buffer.from(uri).toString('hex')}-HLS`;
    const { client, attributes } = seen('call', 0, { sessionId: id('rtsp://u:HIDDEN@host/x') });
    for (const fields of [client, attributes]) expect(fields).toMatchObject({ sessionId: id('rtsp://host/x') });
  });

  it('is there only for a call that has an id', () => {
    for (const callId of [undefined, null, '']) {
      expect(sightingOf('CallStatusEvent', { ...CALL, callId, status: 'RING' }, T0)).toBeUndefined();
    }
    expect(seen('call', 0, { callId: 'https://user:HIDDEN@host/c\ud800' }).id).toBe('https://host/c\ufffd');
  });
});
