import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { METHOD_NAMES, METHODS } from '../../../lib/wcs/methods.ts';
import { sign } from '../../../lib/wcs/signature.ts';
import { capture, captureBody, CAPTURES, SEED_STREAM } from '../../support/fixtures.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';

const BODY = capture('StreamStatusEvent.publishing');
const json = (answer: { body?: string | undefined }) => JSON.parse(answer.body ?? '') as Record<string, unknown>;
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('a capture', () => {
  for (const { file, method, text } of CAPTURES) {
    it(`${file} is answered 200 with what was sent`, async () => {
      const answer = await hooksUnderTest().send({ method, body: text });
      expect(answer).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } });
      if (method !== 'connect') expect(answer.body).toBe(text);
      else {
        expect(answer.body?.startsWith(text.slice(0, -1))).toBe(true);
        const { restClientConfig, ...received } = json(answer);
        expect(received).toEqual(JSON.parse(text));
        expect(restClientConfig).toMatchObject({ publishStream: { restExclude: 'sdp', restOnError: 'LOG' } });
      }
    });
  }

  it('of a starting and a live stream makes its row', async () => {
    const { send, memory } = hooksUnderTest();
    await send({ method: 'publishStream', body: capture('publishStream.pending'), at: 1000 });
    await send({ method: 'StreamStatusEvent', body: BODY, at: 2000 });
    expect(memory.rows.get(SEED_STREAM)).toMatchObject({
      phase: 'live',
      status: 'PUBLISHING',
      published: true,
      live: 'publishing',
    });
    expect(memory.rows.get(SEED_STREAM)).toMatchObject({
      firstSeenAt: '1970-01-01T00:00:01.000Z',
      statusAt: '1970-01-01T00:00:02.000Z',
    });
  });
});

describe('every method', () => {
  it('of the table is taken; those of a stream make its row, the three that tell of a connection its session’s', async () => {
    for (const method of METHOD_NAMES) {
      const { send, memory, lines } = hooksUnderTest();
      const answer = await send({ method, body: '{"mediaSessionId":"m","sessionId":"s","callId":"c"}' });
      expect(answer.statusCode).toBe(200);
      const isStream = METHODS[method].subject === 'stream';
      const isTelling = ['connect', 'ConnectionStatusEvent', 'RegistrationStatusEvent'].includes(method);
      expect([method, memory.rows.size, memory.sessions.size]).toEqual([method, isStream ? 1 : 0, isTelling ? 1 : 0]);
      const subject = { stream: 'm', session: 's', call: 'c' }[METHODS[method].subject];
      expect(lines()).toMatchObject([
        {
          method,
          id: subject,
          outcome: isStream || isTelling ? 'applied' : 'echoed',
          status: 200,
          requestId: 'request-1',
        },
      ]);
    }
  });

  it('is one line in the log, with what an operator looks for', async () => {
    const { send, lines } = hooksUnderTest();
    await send({ method: 'StreamStatusEvent', body: BODY });
    await send({ method: 'NovelEvent', body: '{"appKey":"a","nodeId":5}' });
    await send({ method: 'connect', body: '{"appKey":' });
    await send({ method: 'playRTSP', body: '{"mediaSessionId":"m","name":"rtsp://host/cam?aclAuth=S3CRET"}' });
    await send({ method: 'call', body: '{"callId":"c","name":"no stream"}' });
    const { appKey, nodeId } = captureBody('StreamStatusEvent.publishing');
    expect(lines()).toMatchObject([
      {
        ...{ method: 'StreamStatusEvent', type: 'event', app: appKey, node: nodeId, wcsStatus: 'PUBLISHING' },
        ...{ name: 'b4e7', outcome: 'applied', hooks: 1 },
      },
      { method: 'NovelEvent', type: undefined, app: 'a', node: undefined, outcome: 'unknown method' },
      { method: 'connect', type: 'connect', app: undefined, id: undefined, outcome: 'rejected' },
      { method: 'playRTSP', name: 'rtsp://host/cam' },
      { method: 'call', name: undefined },
    ]);
  });

  it('in another spelling is the same method', async () => {
    const { send, lines } = hooksUnderTest();
    expect(await send({ method: 'sendDTMF', body: '{"callId":"c","dtmf":"1"}' })).toMatchObject({ statusCode: 200 });
    expect(await send({ method: 'sendDTMF/', body: '{"callId":"d","dtmf":"1"}' })).toMatchObject({ statusCode: 200 });
    expect(lines()).toMatchObject([
      { method: 'sendDTMF', id: 'c', outcome: 'echoed' },
      { method: 'sendDTMF', id: 'd', outcome: 'echoed' },
    ]);
  });

  it('with slashes before and behind it is the same method', async () => {
    const body = '{"mediaSessionId":"m","status":"PENDING"}';
    for (const method of ['publishStream/', 'publishStream//', '/publishStream', '//publishStream///']) {
      const { send, lines, memory } = hooksUnderTest();
      expect(await send({ method, body })).toMatchObject({ statusCode: 200, body });
      expect(memory.rows.get('m')).toMatchObject({ phase: 'starting', status: 'PENDING' });
      expect(lines()).toMatchObject([{ method: 'publishStream', outcome: 'applied' }]);
    }
    const { send, lines } = hooksUnderTest();
    expect(json(await send({ method: '/connect', body: '{}' }))).toHaveProperty('restClientConfig');
    expect(await send({ method: '///', body })).toMatchObject({ statusCode: 200, body });
    expect(lines()).toMatchObject([{ method: 'connect' }, { method: '', outcome: 'unknown method' }]);
    for (const method of ['a/publishStream', 'publishStream/a/', '//connect/connect']) {
      expect(await send({ method, body })).toMatchObject({ statusCode: 404 });
    }
  });

  it('that is unknown is echoed, and counted by its name', async () => {
    const { send, lines, memory } = hooksUnderTest();
    const body = '{"mediaSessionId":5,"a":[1.0]}';
    expect(await send({ method: 'BrandNewEvent', body })).toMatchObject({ statusCode: 200, body });
    expect(await send({ method: '__proto__', body })).toMatchObject({ statusCode: 200, body });
    expect(lines()).toMatchObject([{ method: 'BrandNewEvent', outcome: 'unknown method' }, { method: '__proto__' }]);
    expect(memory.rows.size).toBe(0);
    expect(await send({ method: 'BrandNewEvent', body: 'x' })).toMatchObject({ statusCode: 400 });
  });
});

describe('authentication', () => {
  const SIGNED = { HOOK_SECRET: 'new', HOOK_SECRET_PREVIOUS: 'old' };
  const BOTH = { ...SIGNED, HOOK_USER: 'u', HOOK_PASSWORD: 'p' };
  const ask = (env: Record<string, string>, authorization?: string, body = BODY) => {
    const hooks = hooksUnderTest(env);
    const headers: Record<string, string> = authorization === undefined ? {} : { Authorization: authorization };
    return hooks.send({ method: 'StreamStatusEvent', body, headers }).then((answer) => ({ answer, ...hooks }));
  };

  it('takes a hook with either secret, or with Basic where both are set', async () => {
    for (const header of [sign(Buffer.from(BODY), 'new'), sign(Buffer.from(BODY), 'old'), basic('u:p')]) {
      expect((await ask(BOTH, header)).answer).toMatchObject({ statusCode: 200, body: BODY });
    }
  });

  it('is over the raw bytes of a base64 body too, which is echoed in base64', async () => {
    const raw = Buffer.concat([
      Buffer.from('{"mediaSessionId":"m","x":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]);
    const body = raw.toString('base64');
    const headers = { authorization: sign(raw, 'new') };
    const answer = await hooksUnderTest(SIGNED).send({ method: 'StreamEvent', body, base64: true, headers });
    expect(answer).toMatchObject({ statusCode: 200, body, isBase64Encoded: true });
  });

  it('rejects wrong credentials of any kind with 403, stores nothing and does not read the body', async () => {
    const hex = sign(Buffer.from(BODY), 'new').slice(4);
    const reserialised = Buffer.from(JSON.stringify(JSON.parse(BODY), null, 2));
    for (const wrong of [
      ...[
        `WCS ${hex.slice(1)}`,
        `WCS ${hex}0`,
        `WCS ${'z'.repeat(32)}`,
        `WCS ${'0'.repeat(32)}`,
        'WCS',
        `Bearer ${hex}`,
        hex,
      ],
      ...[
        sign(Buffer.from('{}'), 'new'),
        sign(reserialised, 'new'),
        sign(Buffer.from(BODY), 'other'),
        basic('u:x'),
        basic('x:p'),
      ],
    ]) {
      const { answer, memory, lines } = await ask(BOTH, wrong);
      expect(answer).toMatchObject({ statusCode: 403, headers: { 'content-type': 'application/json' } });
      expect(json(answer)).toEqual({ error: 'Forbidden', message: 'the credentials are wrong' });
      expect(memory.rows.size).toBe(0);
      expect(lines()).toMatchObject([{ outcome: 'rejected', status: 403, id: undefined }]);
      expect((await ask(BOTH, wrong, 'not json')).answer).toMatchObject({ statusCode: 403 });
    }
  });

  it('challenges a hook without credentials where Basic is configured, and rejects it elsewhere', async () => {
    const challenged = await ask(BOTH);
    expect(challenged.answer).toMatchObject({
      statusCode: 401,
      headers: { 'www-authenticate': 'Basic realm="wcs-hooks", charset="UTF-8"' },
    });
    const { answer } = await ask(SIGNED);
    expect(answer.statusCode).toBe(403);
    expect(answer.headers).not.toHaveProperty('www-authenticate');
    expect(json(answer)['message']).toContain('expected a signed hook');
  });

  it('comes after the size and before everything else', async () => {
    expect((await ask(SIGNED, undefined, 'x'.repeat(262_145))).answer.statusCode).toBe(413);
    expect((await ask(SIGNED, undefined, 'x'.repeat(262_144))).answer.statusCode).toBe(403);
    expect((await ask(SIGNED, sign(Buffer.from('x'), 'new'), 'x')).answer.statusCode).toBe(400);
  });
});

describe('a body', () => {
  const send = (body: string | undefined, method = 'StreamStatusEvent') => hooksUnderTest().send({ method, body });

  it.each([
    [undefined, 'the body is empty: expected a JSON object'],
    ['', 'the body is empty: expected a JSON object'],
    ['{"secret', 'the body is not JSON: expected a JSON object'],
    ['a=b', 'the body is not JSON: expected a JSON object'],
    ['[]', 'the body is an array: expected a JSON object'],
    ['null', 'the body is null: expected a JSON object'],
    ['"secret"', 'the body is a string: expected a JSON object'],
    ['5', 'the body is a number: expected a JSON object'],
  ])('%j is a 400 that says what was expected', async (body, message) => {
    for (const method of ['connect', 'publishStream', 'StreamStatusEvent', 'OnCallEvent', 'BrandNew']) {
      const answer = await send(body, method);
      expect(answer.statusCode).toBe(400);
      expect(json(answer)).toEqual({ error: 'Bad Request', message });
    }
  });

  it('of 262,144 bytes is taken, of one more it is a 413', async () => {
    const filled = (size: number) => `{"mediaSessionId":"m","x":"${'ä'.repeat(1000)}${'x'.repeat(size - 2029)}"}`;
    expect(Buffer.byteLength(filled(262_144))).toBe(262_144);
    expect(await send(filled(262_144))).toMatchObject({ statusCode: 200 });
    const answer = await send(filled(262_145));
    expect(answer.statusCode).toBe(413);
    expect(json(answer)['message']).toContain('262144');
  });

  it('that is rejected is not quoted in the answer or the log', async () => {
    for (const body of ['{"token":"SECRET"', '"SECRET"', '{"mediaSessionId":["SECRET"],"sdp":"SECRET"}']) {
      const { send, lines } = hooksUnderTest();
      const answer = await send({ method: 'StreamStatusEvent', body });
      expect(answer.statusCode).toBe(400);
      expect(JSON.stringify([answer, lines()])).not.toContain('SECRET');
    }
  });

  it.each([
    ['unknown fields', '{"mediaSessionId":"m","status":"PLAYING","novel":{"a":[null]}}'],
    [
      'nulls',
      '{"mediaSessionId":"m","status":"PLAYING","name":null,"published":null,"width":null,"custom":null,"audioState":null}',
    ],
    ['an unknown status', '{"mediaSessionId":"m","status":"\u{1f600}"}'],
    [
      'junk in custom',
      `{"mediaSessionId":"m","status":"PLAYING","custom":{"__proto__":{"a":1},"constructor":{"prototype":1},"x":${'['.repeat(5000)}${']'.repeat(5000)}}}`,
    ],
    ['an empty name', '{"mediaSessionId":"m","status":"PLAYING","name":""}'],
    ['a long name', `{"mediaSessionId":"m","status":"PLAYING","name":"${'x'.repeat(5000)}"}`],
    ['an emoji name', '{"mediaSessionId":"m","status":"PLAYING","name":"\u{1f600}"}'],
    ['lone surrogates', '{"mediaSessionId":"m\\ud800","status":"PLAYING","name":"\\udc00\\ud800","info":"\\ud83d"}'],
    [
      'numbers at the edge of a double',
      '{"mediaSessionId":"m","status":"PLAYING","width":1e999,"height":5e-324,"fps":1.7976931348623157e308,"gop":-0,"bitrate":12345678901234567890123}',
    ],
    ['a BOM', '\ufeff{"mediaSessionId":"m","status":"PLAYING"}'],
    [
      'escapes, 1.0 and white space',
      ' {"mediaSessionId":"m","status":"PLAYING","name":"a\\/b\\u0041","fps":25.0} \r\n',
    ],
    ['duplicate keys', '{"mediaSessionId":"m","status":"NEW","status":"PLAYING"}'],
  ])('with %s is taken, stored with its status, and echoed byte for byte', async (_, body) => {
    const { send, memory } = hooksUnderTest();
    const answer = await send({ method: 'StreamStatusEvent', body });
    expect(answer).toMatchObject({ statusCode: 200, body });
    const [row] = memory.rows.values();
    expect(row?.phase).toBe('live');
    expect(row?.status).toBe((JSON.parse(body.replace('\ufeff', '')) as { status: string }).status);
  });

  it('of another content type is taken all the same', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await hooksUnderTest().send({ method: 'StreamStatusEvent', body: BODY, headers })).toMatchObject({
      statusCode: 200,
      body: BODY,
    });
  });
});

describe('the answer to connect', () => {
  it('is a 200 for nulls where strings may be', async () => {
    const body = '{"mediaProviders":[null],"sessionId":null,"clientInfo":null}';
    expect(await hooksUnderTest().send({ method: 'connect', body })).toMatchObject({ statusCode: 200 });
  });

  const config = (env: Record<string, string>, body: string) =>
    hooksUnderTest({ IS_OFFLINE: 'true', ...env }).send({ method: 'connect', body });

  it.each([
    ['{}', '{"restClientConfig":'],
    [' { } ', ' { "restClientConfig":'],
    ['{"a":1.0}\n', '{"a":1.0,"restClientConfig":'],
    ['\ufeff{"a":"}"}', '\ufeff{"a":"}","restClientConfig":'],
    ['{"a":12345678901234567890,"a":2}', '{"a":12345678901234567890,"a":2,"restClientConfig":'],
    ['{"custom":{"a":{}}}', '{"custom":{"a":{}},"restClientConfig":'],
  ])('%j is the received text and the configuration', async (body, beginning) => {
    const answer = await config({}, body);
    expect(answer.body?.startsWith(beginning)).toBe(true);
    expect(answer.body?.endsWith(`}${body.slice(body.lastIndexOf('}'))}`)).toBe(true);
    expect(JSON.parse((answer.body ?? '').replace('\ufeff', ''))).toHaveProperty('restClientConfig.StreamStatusEvent');
  });

  it('is base64 where the request was', async () => {
    const body = Buffer.from('{"a":1}').toString('base64');
    const answer = await hooksUnderTest().send({ method: 'connect', body, base64: true });
    expect(answer.isBase64Encoded).toBe(true);
    expect(JSON.parse(Buffer.from(answer.body ?? '', 'base64').toString())).toMatchObject({
      a: 1,
      restClientConfig: {},
    });
  });

  it('says FAIL for the methods of FAIL_METHODS', async () => {
    const answer = await config({ FAIL_METHODS: 'StreamStatusEvent' }, capture('connect.webrtc'));
    expect(json(answer)).toMatchObject({
      ...captureBody('connect.webrtc'),
      restClientConfig: { StreamStatusEvent: { restOnError: 'FAIL' }, publishStream: { restOnError: 'LOG' } },
    });
  });
});

describe('without a store', () => {
  it('a stream hook is parked with its gateway time, and answered 200', async () => {
    const { send, memory, lines } = hooksUnderTest();
    memory.down.store = true;
    const answer = await send({ method: 'StreamStatusEvent', body: BODY, at: 1234 });
    expect(answer).toMatchObject({ statusCode: 200, body: BODY });
    expect(memory.parked).toMatchObject([
      { sighting: { id: SEED_STREAM, at: 1234, state: { status: 'PUBLISHING' } }, requestId: 'request-1' },
    ]);
    expect(lines()).toMatchObject([{ level: 'WARN', outcome: 'parked', status: 200, id: SEED_STREAM }]);
    expect(lines()[0]?.['cause']).toContain('ECONNREFUSED');
  });

  it('and without a queue it is a 503 that shows nothing of the causes, which are logged', async () => {
    const { send, memory, lines } = hooksUnderTest();
    memory.down.store = memory.down.queue = true;
    const answer = await send({ method: 'StreamStatusEvent', body: BODY });
    expect(answer.statusCode).toBe(503);
    expect(json(answer)).toEqual({ error: 'Service Unavailable' });
    expect(lines()).toMatchObject([{ level: 'ERROR', outcome: 'failed', status: 503, id: SEED_STREAM }]);
    expect(lines()[0]?.['cause']).toContain('ECONNREFUSED');
    expect(lines()[0]?.['cause']).toContain('no queue at sqs.internal');
  });

  it('a keep-alive is parked too, and a 200 whatever happens', async () => {
    const { send, memory, lines } = hooksUnderTest({ IS_OFFLINE: 'true', STOP_STREAMS: 'true' });
    memory.down.store = true;
    expect(await send({ method: 'StreamKeepAliveEvent', body: BODY })).toMatchObject({ statusCode: 200, body: BODY });
    memory.down.queue = true;
    expect(await send({ method: 'StreamKeepAliveEvent', body: BODY })).toMatchObject({ statusCode: 200, body: BODY });
    memory.store.keepAlive = () => Promise.reject(new Error('a bug'));
    expect(await send({ method: 'StreamKeepAliveEvent', body: BODY })).toMatchObject({ statusCode: 200, body: BODY });
    expect(lines()).toMatchObject([
      { outcome: 'parked' },
      { level: 'ERROR', outcome: 'failed', status: 200 },
      { outcome: 'failed' },
    ]);
  });

  it('other hooks are echoed', async () => {
    const { send, memory } = hooksUnderTest();
    memory.down.store = true;
    for (const { method, text } of CAPTURES.filter(({ method }) => /^(connect|On|Connection)/.test(method))) {
      expect(await send({ method, body: text })).toMatchObject({ statusCode: 200 });
    }
  });
});

it('a bug of ours is a bare 500', async () => {
  const { send, memory, lines } = hooksUnderTest();
  memory.store.upsert = () => Promise.reject(new Error('SECRET'));
  const answer = await send({ method: 'StreamStatusEvent', body: BODY });
  expect(answer.statusCode).toBe(500);
  expect(json(answer)).toEqual({ error: 'Internal Server Error' });
  expect(lines()).toMatchObject([{ outcome: 'failed', status: 500 }]);
});

describe('stopping a stream', () => {
  const ON = { IS_OFFLINE: 'true', STOP_STREAMS: 'true' };
  const keepAlive = (at: number) => ({ method: 'StreamKeepAliveEvent', body: BODY, at });

  it.each([
    [{ stop: true }, 'stop'],
    [{ stop: 'abuse' }, 'stop'],
    [{ stopAt: '1970-01-01T00:00:05.000Z' }, 'stopAt'],
  ])('by %j in its row answers its keep-alives 403', async (attributes, reason) => {
    const { send, memory, lines } = hooksUnderTest(ON);
    memory.rows.set(SEED_STREAM, attributes);
    const answer = await send(keepAlive(5000));
    expect(answer.statusCode).toBe(403);
    expect(json(answer)).toEqual({ error: 'Forbidden', message: `the stream is stopped: ${reason}` });
    expect(lines()).toMatchObject([{ outcome: 'stopped', status: 403 }]);
  });

  it('by a maximum duration counts from its first sign of life', async () => {
    const { send } = hooksUnderTest({ ...ON, MAX_DURATION_SECONDS: '60' });
    await send({ method: 'StreamStatusEvent', body: BODY, at: 1000 });
    expect(await send(keepAlive(60_999))).toMatchObject({ statusCode: 200 });
    expect(await send(keepAlive(61_000))).toMatchObject({ statusCode: 403 });
  });

  it('needs a true word or a time that has come', async () => {
    for (const attributes of [
      { stop: false },
      { stop: '' },
      { stopAt: '1970-01-01T00:00:05.001Z' },
      { stopAt: 'tomorrow' },
    ]) {
      const { send, memory } = hooksUnderTest(ON);
      memory.rows.set(SEED_STREAM, attributes);
      expect(await send(keepAlive(5000))).toMatchObject({ statusCode: 200 });
    }
  });

  it('refuses no other hook, and none at all where it is off', async () => {
    const { send, memory } = hooksUnderTest(ON);
    memory.rows.set(SEED_STREAM, { stop: true });
    expect(await send({ method: 'StreamStatusEvent', body: BODY })).toMatchObject({ statusCode: 200 });
    const off = hooksUnderTest();
    off.memory.rows.set(SEED_STREAM, { stop: true });
    expect(await off.send(keepAlive(5000))).toMatchObject({ statusCode: 200 });
  });

  it('is a setting that puts FAIL on keep-alives, and on nothing else', async () => {
    const config = async (env: Record<string, string>) => {
      const { restClientConfig } = json(await hooksUnderTest(env).send({ method: 'connect', body: '{}' })) as {
        restClientConfig: object;
      };
      return Object.entries(restClientConfig as Record<string, { restOnError: string }>)
        .filter(([, { restOnError }]) => restOnError === 'FAIL')
        .map(([method]) => method);
    };
    expect(await config(ON)).toEqual(['StreamKeepAliveEvent']);
    expect(await config({ IS_OFFLINE: 'true' })).toEqual([]);
  });
});

describe('any bytes', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('PUBLISHING', 'UNPUBLISHED', '', '\ud800', 1e308, 5e-324, -0, 0, true, false, null),
    fc.constant({ muted: true }),
    fc.jsonValue(),
  );
  const fields = [
    'name',
    'status',
    'info',
    'published',
    'width',
    'fps',
    'custom',
    'audioState',
    'sessionId',
    'createDate',
    'origin',
  ];
  /** Bodies with the keys that the schemas know, most of them with an id that can have a row, in JSON as odd as it gets. */
  const hookBody = fc
    .tuple(
      fc.option(fc.oneof(fc.uuid(), fc.string({ minLength: 1 })), { freq: 9 }),
      fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 3 }),
      fc.constantFrom('', ' ', '\ufeff', '\r\n'),
      fc.constantFrom('', '"status":"NEW",', '"x":1.0,"x":1e999,', '"y":"\\/\\ud83d",'),
    )
    .map(([id, rest, before, first]) => {
      const members = JSON.stringify({ ...(id === null ? {} : { mediaSessionId: id }), ...rest }).slice(1);
      return Buffer.from(`${before}{${members === '}' ? first.replace(/,$/, '') : first}${members}`);
    });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => Buffer.from(text)),
    { weight: 4, arbitrary: hookBody },
  );
  const words = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...METHOD_NAMES) }, fc.string());
  const headers = fc.option(
    fc.oneof(
      fc.string(),
      fc.string().map((text) => `WCS ${text}`),
      fc.string().map((text) => `Basic ${text}`),
    ),
  );
  let stored = 0;
  const doors = [{ IS_OFFLINE: 'true' }, { HOOK_SECRET: 's', HOOK_USER: 'u', HOOK_PASSWORD: 'p' }].map((env) =>
    hooksUnderTest(env),
  );

  test.prop([words, bytes, fc.boolean(), headers], { numRuns: 10_000 })(
    'in give a valid answer out',
    async (method, body, base64, authorization) => {
      const text = Buffer.from(body).toString(base64 ? 'base64' : 'utf8');
      for (const { send, memory } of doors) {
        const request = { method, body: text, base64, headers: authorization === null ? {} : { authorization } };
        const answer = await send(request);
        stored += memory.rows.size;
        memory.rows.clear();
        memory.sessions.clear();
        const isOneMethod = method.split('/').filter((segment) => segment !== '').length <= 1;
        expect(isOneMethod ? [200, 400, 401, 403] : [404]).toContain(answer.statusCode);
        expect(answer.headers).toHaveProperty('content-type', 'application/json');
        if (answer.statusCode === 200 && method !== 'connect') expect(answer.body).toBe(text);
        else if (answer.statusCode !== 200) expect(json(answer)).toHaveProperty('error');
      }
    },
  );

  it('were often enough those of a stream, which was stored', () => {
    expect(stored).toBeGreaterThan(500);
  });
});
