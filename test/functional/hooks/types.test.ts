import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { METHOD_NAMES, METHODS, type MethodName } from '../../../lib/wcs/methods.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { NOW, signToken, WITH_SECRET } from '../../support/tokens.ts';

const json = (answer: { body?: string | undefined }) => JSON.parse(answer.body ?? '') as Record<string, unknown>;
const STREAM = { mediaSessionId: 'm', nodeId: 'node', appKey: 'app', name: 'b4e7', published: true };

describe('a field of another type than documented', () => {
  it.each([
    ['StreamStatusEvent', { name: 5 }, 'name'],
    ['StreamStatusEvent', { published: 'true' }, 'published'],
    ['StreamStatusEvent', { width: '640', fps: {} }, 'width fps'],
    ['StreamStatusEvent', { custom: 'SECRET' }, 'custom'],
    ['StreamStatusEvent', { custom: [] }, 'custom'],
    ['StreamStatusEvent', { audioState: { muted: 1 } }, 'audioState'],
    ['StreamStatusEvent', { videoState: [1] }, 'videoState'],
    ['StreamStatusEvent', { sessionId: 7, info: ['SECRET'] }, 'sessionId info'],
    ['publishStream', { name: ['SECRET'], status: 5 }, 'status name'],
    ['StreamKeepAliveEvent', { status: 5, createDate: '2024' }, 'status createDate'],
    ['StreamKeepAliveEvent', { mediaSessionId: 5 }, 'mediaSessionId'],
    ['StreamEvent', { type: 5 }, 'type'],
    ['connect', { mediaProviders: [1], keepAlive: 0 }, 'keepAlive mediaProviders'],
    ['ConnectionStatusEvent', { status: 5, origin: {} }, 'origin status'],
    ['CallStatusEvent', { caller: 5, status: 5 }, 'status caller'],
    ['OnCallEvent', { callee: 5 }, 'callee'],
    ['sendMessage', { sessionId: 5, body: {} }, 'sessionId body'],
    ['pushLogs', { command: 1 }, 'command'],
  ] as const)('rejects no %s with %j, is left out, named in a warning and counted', async (method, fields, leftOut) => {
    const { send, lines } = hooksUnderTest();
    const body = JSON.stringify({ ...STREAM, sessionId: 's', ...fields });
    const answer = await send({ method, body });
    expect(answer.statusCode).toBe(200);
    if (method !== 'connect') expect(answer.body).toBe(body);
    const [line] = lines();
    const named = String(line?.['leftOut']).split(' ');
    expect(named.toSorted()).toEqual(leftOut.split(' ').toSorted());
    expect(line).toMatchObject({ level: 'WARN', status: 200, fieldsLeftOut: named.length });
    expect(JSON.stringify(line)).not.toContain('SECRET');
  });

  it('changes nothing of what its hook says otherwise, an end above all', async () => {
    const { send, memory } = hooksUnderTest();
    const wrong = { name: 5, published: 'yes', width: '640', custom: [], sessionId: {}, createDate: 'now', info: 1 };
    const body = JSON.stringify({ mediaSessionId: 'm', ...wrong, status: 'UNPUBLISHED', nodeId: 'node', height: 360 });
    await send({ method: 'StreamStatusEvent', body });
    expect(memory.rows.get('m')).toMatchObject({ phase: 'ended', status: 'UNPUBLISHED', nodeId: 'node', height: 360 });
    for (const field of Object.keys(wrong)) expect(memory.rows.get('m')).not.toHaveProperty(field);
  });

  it('is none where it is null or missing, nor under a name that no schema knows', async () => {
    const { send, lines } = hooksUnderTest();
    await send({
      method: 'StreamStatusEvent',
      body: '{"mediaSessionId":"m","name":null,"novel":[5],"status":"PLAYING"}',
    });
    await send({ method: 'BrandNewEvent', body: '{"mediaSessionId":5}' });
    for (const line of lines()) {
      expect(line).toMatchObject({ level: 'INFO', leftOut: undefined });
      expect(line).not.toHaveProperty('fieldsLeftOut');
    }
  });

  it('that is a status says nothing of where a stream is', async () => {
    const { send, memory } = hooksUnderTest();
    await send({ method: 'StreamStatusEvent', at: 1000, body: JSON.stringify({ ...STREAM, status: 'PUBLISHING' }) });
    await send({ method: 'StreamStatusEvent', at: 2000, body: JSON.stringify({ ...STREAM, status: ['UNPUBLISHED'] }) });
    expect(memory.rows.get('m')).toMatchObject({
      phase: 'live',
      status: 'PUBLISHING',
      lastSeenAt: '1970-01-01T00:00:02.000Z',
    });
  });

  it.each(['5060', '', 5060, null])('is not what the sipPort %j of a phone page is', async (sipPort) => {
    const { send, lines, memory } = hooksUnderTest({ IS_OFFLINE: 'true', SIP_ACCOUNT: 'client' });
    const body = JSON.stringify({ sessionId: 's', sipRegisterRequired: true, sipLogin: '1001', sipPort });
    const answer = await send({ method: 'connect', body });
    expect(answer.statusCode).toBe(200);
    expect(json(answer)).toMatchObject({ sipLogin: '1001', sipPort, restClientConfig: {} });
    expect(lines()).toMatchObject([{ level: 'INFO', leftOut: undefined }]);
    expect(memory.sessions.get('s')).toMatchObject({ phase: 'starting' });
  });
});

describe('a hook about no stream', () => {
  it.each([
    ['StreamStatusEvent', '{"mediaSessionId":null,"name":"x","status":"FAILED","info":"MediaSessionId is null"}'],
    ['StreamStatusEvent', '{"mediaSessionId":"","status":"UNPUBLISHED"}'],
    ['snapshot', '{"name":"x"}'],
    ['StreamKeepAliveEvent', '{"status":"PUBLISHING"}'],
    ['StreamEvent', '{"type":"audioMuted"}'],
    ['playRTSP', '{"rtspUrl":"rtsp://h/s","User-Agent":"VLC"}'],
    ['CallStatusEvent', '{"status":"FINISH"}'],
    ['call', '{"callId":"","callee":"1002"}'],
    ['playRTSP', '{"mediaSessionId":null,"rtspUrl":"rtsp://h/s"}'],
  ])('(%s %s) is echoed, and has no row', async (method, body) => {
    const { send, memory, lines } = hooksUnderTest();
    expect(await send({ method, body })).toMatchObject({ statusCode: 200, body });
    expect(memory.rows.size + memory.calls.size).toBe(0);
    expect(lines()).toMatchObject([{ level: 'INFO', outcome: 'echoed' }]);
  });
});

describe('what keys a row', () => {
  it.each([
    ['StreamStatusEvent', { mediaSessionId: 5 }, 'mediaSessionId', 'expected a string, got a number'],
    ['StreamEvent', { mediaSessionId: 'ä'.repeat(1025) }, 'mediaSessionId', 'expected at most 2048 bytes'],
    ['playRTSP', { mediaSessionId: 'x'.repeat(2049) }, 'mediaSessionId', 'expected at most 2048 bytes'],
    ['playRTSP', { mediaSessionId: {} }, 'mediaSessionId', 'expected a string, got an object'],
    ['call', { callId: 5 }, 'callId', 'expected a string, got a number'],
    ['sendDtmf', { callId: 'x'.repeat(2049) }, 'callId', 'expected at most 2048 bytes'],
    ['connect', { sessionId: 5 }, 'sessionId', 'expected a string, got a number'],
    ['ConnectionStatusEvent', { sessionId: [] }, 'sessionId', 'expected a string, got an array'],
  ])('must be of its type: %s with %j is a 400 that names it', async (method, fields, field, expected) => {
    const { send } = hooksUnderTest();
    const answer = await send({ method, body: JSON.stringify({ ...STREAM, sessionId: 's', ...fields }) });
    expect(answer.statusCode).toBe(400);
    expect(json(answer)).toEqual({ error: 'Bad Request', message: `${field}: ${expected}`, field });
  });
});

describe('what a policy decides by', () => {
  const OWN = {
    decides: { publishStream: [] },
    decide: () => {
      throw new Error('it was asked');
    },
  };
  const ORIGIN = { IS_OFFLINE: 'true', ALLOWED_ORIGINS: 'https://example.com' };
  const OFFLINE = { IS_OFFLINE: 'true', FAIL_OPEN: 'publish' };

  it.each([
    [WITH_SECRET, undefined, 'publishStream', { name: 5 }, 'name: expected a string, got a number'],
    [WITH_SECRET, undefined, 'publishStream', { custom: [] }, 'custom: expected an object'],
    [WITH_SECRET, undefined, 'publishStream', { sessionId: {} }, 'sessionId: expected a string, got an object'],
    [WITH_SECRET, undefined, 'playStream', { appKey: 5 }, 'appKey: expected a string, got a number'],
    [WITH_SECRET, undefined, 'playHLS', { token: 5 }, 'token: expected a string, got a number'],
    [WITH_SECRET, undefined, 'playRTSP', { name: {} }, 'name: expected a string, got an object'],
    [WITH_SECRET, undefined, 'call', { callee: ['100'] }, 'callee: expected a string, got an array'],
    [WITH_SECRET, undefined, 'transfer', { target: 5 }, 'target: expected a string, got a number'],
    [WITH_SECRET, undefined, 'connect', { nodeId: 5 }, 'nodeId: expected a string, got a number'],
    [ORIGIN, undefined, 'connect', { origin: ['https://example.com'] }, 'origin: expected a string, got an array'],
    [OFFLINE, OWN, 'publishStream', { bitrate: '5' }, 'bitrate: expected a number, got a string'],
    [
      OFFLINE,
      OWN,
      'publishStream',
      { audioState: { muted: 1 } },
      'audioState.muted: expected true or false, got a number',
    ],
  ])('must be of its type: with %j and %j, %s with %j is a 400', async (env, own, method, fields, message) => {
    const { send, memory } = hooksUnderTest(env, own);
    const token = await signToken({ claims: { publish: ['*'], play: ['*'], call: ['100'] } });
    const body = JSON.stringify({ ...STREAM, custom: { token }, origin: 'https://example.com', ...fields });
    const answer = await send({ method, body, at: NOW * 1000 });
    expect(answer.statusCode).toBe(400);
    expect(json(answer)['message']).toBe(message);
    expect(memory.rows.size + memory.sessions.size + memory.calls.size).toBe(0);
  });

  it('is not every field: those that it does not look at may be of any type', async () => {
    const { send } = hooksUnderTest(WITH_SECRET);
    const token = await signToken({ claims: { publish: ['b*'], play: [], call: [] } });
    const loose = { width: '640', token: 5, info: {}, origin: 5, sdp: 5 };
    const publish = { method: 'publishStream', at: NOW * 1000 };
    const body = JSON.stringify({ ...STREAM, custom: { token }, ...loose });
    expect(await send({ ...publish, body })).toMatchObject({ statusCode: 200, body });
    expect(await send({ method: 'StreamStatusEvent', body: '{"mediaSessionId":"m","name":5}' })).toMatchObject({
      statusCode: 200,
    });
    expect(await send({ ...publish, body: JSON.stringify({ ...STREAM, ...loose, custom: {} }) })).toMatchObject({
      statusCode: 403,
    });
  });
});

describe('any JSON object', () => {
  const value = fc.oneof(
    fc.constantFrom<unknown>('PUBLISHING', 'FAILED', 'RESIZE', '', 's', 5, 1e400, true, null, [], {}, [[]], {
      muted: 1,
    }),
    fc.jsonValue(),
  );
  const bodyOf = (method: MethodName) =>
    fc.dictionary(fc.constantFrom(...Object.keys(METHODS[method].schema.entries), '__proto__', 'novel'), value, {
      noNullPrototype: true,
    });
  const hook = fc.constantFrom(...METHOD_NAMES).chain((method) => fc.tuple(fc.constant(method), bodyOf(method)));
  const open = hooksUnderTest();
  const guarded = hooksUnderTest({ ...WITH_SECRET, ALLOWED_ORIGINS: 'https://example.com' });
  /** What may be named in a 400, said in another way than the code does. */
  const KEYS = ['mediaSessionId', 'sessionId', 'callId'];
  const DECIDING = [...KEYS, 'custom', 'appKey', 'nodeId', 'name', 'token', 'callee', 'target', 'origin'];

  test.prop([hook], { numRuns: propertyRuns(1_000) })(
    'for any method is answered 200, but for what keys or decides',
    async (given) => {
      const [method, fields] = given;
      const body = JSON.stringify(fields);
      const answer = await open.send({ method, body });
      if (answer.statusCode !== 200) {
        expect(answer.statusCode).toBe(400);
        expect(KEYS).toContain(json(answer)['field']);
        expect(method).not.toBe('StreamKeepAliveEvent');
      } else if (method !== 'connect') expect(answer.body).toBe(body);

      const decided = await guarded.send({ method, body, at: NOW * 1000 });
      expect([200, 400, 403]).toContain(decided.statusCode);
      if (decided.statusCode === 400) expect(DECIDING).toContain(json(decided)['field']);
      // Nobody has a token here.
      const isDecided = ['publishStream', 'playStream', 'playHLS', 'playRTSP', 'call', 'transfer', 'connect'];
      if (isDecided.includes(method)) expect(decided.statusCode).not.toBe(200);
      for (const { memory } of [open, guarded]) {
        for (const row of [...memory.rows.values(), ...memory.calls.values()]) {
          for (const stored of Object.values(row)) expect(['string', 'number', 'boolean']).toContain(typeof stored);
        }
        memory.rows.clear();
        memory.sessions.clear();
        memory.calls.clear();
      }
    },
    120_000,
  );
});
