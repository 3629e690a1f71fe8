import { createHmac } from 'node:crypto';
import { exportSPKI } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { allow, deny } from '../../../lib/access/decision.ts';
import type { RestClientConfig } from '../../../lib/wcs/rest-client-config.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import {
  forgedToken,
  NOW,
  signToken,
  startKeyServer,
  TOKEN_SECRET,
  WITH_SECRET,
  type KeyServer,
  type TokenParts,
} from '../../support/tokens.ts';

type Hooks = ReturnType<typeof hooksUnderTest>;

const APP = { appKey: 'app', nodeId: 'node' };
const SESSION = 'session-1';
/** A hook of the client, at the time of its token. */
const send = (hooks: Hooks, method: string, fields: object = {}, at = NOW * 1000) =>
  hooks.send({ method, at, body: JSON.stringify({ ...APP, sessionId: SESSION, ...fields }) });
const statusOf = async (...args: Parameters<typeof send>) => (await send(...args)).statusCode;

const connect = (hooks: Hooks, token?: unknown, fields: object = {}) =>
  send(hooks, 'connect', { ...(token === undefined ? {} : { custom: { token } }), ...fields });
const publish = (hooks: Hooks, name: string, fields: object = {}, at = NOW * 1000 + 1000) =>
  send(
    hooks,
    'publishStream',
    { mediaSessionId: `stream-${name}`, name, published: true, status: 'PENDING', ...fields },
    at,
  );

const configOf = async (hooks: Hooks, token?: string) => {
  const { body = '' } = await connect(hooks, token);
  return (JSON.parse(body) as { restClientConfig: RestClientConfig }).restClientConfig;
};
const having = (config: RestClientConfig, key: 'restOnError' | 'restPolicy', value: string) =>
  Object.entries(config)
    .filter(([, entry]) => entry[key] === value)
    .map(([method]) => method);

describe('without a policy', () => {
  it('everything is let in, no session is read, and no method fails', async () => {
    const hooks = hooksUnderTest();
    expect(having(await configOf(hooks), 'restOnError', 'FAIL')).toEqual([]);
    expect((await publish(hooks, 'any')).statusCode).toBe(200);
    expect(await statusOf(hooks, 'playStream', { mediaSessionId: 'm', name: 'x' })).toBe(200);
    expect(await statusOf(hooks, 'call', { callId: 'c', callee: '100' })).toBe(200);
    expect(hooks.memory.counts).toEqual({ reads: 0, upserts: 3 });
  });

  it('an outage of the store and the queue declines no connection', async () => {
    const hooks = hooksUnderTest();
    hooks.memory.down.store = hooks.memory.down.queue = true;
    const answer = await connect(hooks);
    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body ?? '')).toHaveProperty('restClientConfig');
    expect(hooks.lines()).toMatchObject([{ level: 'ERROR', outcome: 'failed', status: 200 }]);
  });
});

describe('a name of which rows show the beginning alone', () => {
  const long = `alice-${'x'.repeat(5000)}`;
  it.each([
    ['alice-*', 200],
    ['*', 200],
    ['alice-*x*', 200],
    // What is behind the cut may be anything: no glob vouches for it but by a star at its end.
    [long, 403],
    [long.slice(0, 2048), 403],
    ['*x', 403],
    ['bob-*', 403],
  ])('may be published by the glob %.20s: %i', async (glob, status) => {
    const hooks = hooksUnderTest(WITH_SECRET);
    const token = await signToken({ claims: { publish: [glob] } });
    const hook = { mediaSessionId: 'long', custom: { token }, name: long };
    expect(await statusOf(hooks, 'publishStream', hook)).toBe(status);
    if (status === 200) {
      expect(hooks.memory.rows.get('long')).toMatchObject({ name: long.slice(0, 2048), nameCut: true });
    }
  });
});

describe('policy origin', () => {
  const ORIGINS = {
    IS_OFFLINE: 'true',
    ALLOWED_ORIGINS:
      'https://example.com, *.example.org,http://localhost:8080,capacitor://localhost,ionic://localhost:8100',
  };
  it.each([
    ['https://example.com', 200],
    ['capacitor://localhost', 200],
    ['ionic://localhost:8100', 200],
    ['capacitor://evil', 403],
    ['capacitor://localhost.evil', 403],
    ['capacitor://localhost:1', 403],
    ['capacitor://localhost/', 403],
    ['capacitor://a.example.org', 403],
    ['ionic://localhost', 403],
    ['https://localhost', 403],
    ['http://localhost:8080', 200],
    ['https://a.example.org', 200],
    ['https://a.b.example.org:8443', 200],
    ['https://example.org', 403],
    ['https://evilexample.org', 403],
    ['http://a.example.org', 403],
    ['https://example.com:444', 403],
    ['https://sub.example.com', 403],
    ['https://example.com.evil.net', 403],
    ['https://a.example.org.evil.net', 403],
    ['https://evil.net/.example.org', 403],
    ['https://evil.net#.example.org', 403],
    ['https://evil.net?a.example.org', 403],
    ['https://user@a.example.org', 403],
    ['https://.example.org', 403],
    ['https://a..example.org', 403],
    ['https://A.example.org', 403],
    ['HTTPS://example.com', 403],
    ['https://\u0435xample.com', 403],
    ['https://a.\u0435xample.org', 403],
    ['null', 403],
    ['', 403],
    [undefined, 403],
    ['https://example.com ', 403],
    ['https://example.com,https://evil.net', 403],
    [`https://${'a.'.repeat(300)}example.org`, 403],
  ])('answers a client from %j %i', async (origin, status) => {
    const hooks = hooksUnderTest(ORIGINS);
    const answer = await connect(hooks, undefined, { origin });
    expect(answer.statusCode).toBe(status);
    const row = hooks.memory.sessions.get(SESSION);
    if (status === 200) {
      expect(row).toMatchObject({ phase: 'starting', origin });
    } else {
      expect(answer.body).toBe('{"error":"Forbidden","message":"denied by the policy origin"}');
      expect(row).toMatchObject({
        phase: 'denied',
        status: 'DENIED',
        denied: expect.stringMatching(/^origin: /) as string,
      });
    }
  });

  it('decides connections alone: they need no FAIL, and nothing else is denied', async () => {
    const hooks = hooksUnderTest(ORIGINS);
    const { body = '' } = await connect(hooks, undefined, { origin: 'https://example.com' });
    const { restClientConfig } = JSON.parse(body) as { restClientConfig: RestClientConfig };
    expect(having(restClientConfig, 'restOnError', 'FAIL')).toEqual([]);
    expect((await publish(hooks, 'any')).statusCode).toBe(200);
    expect(hooks.memory.counts.reads).toBe(0);
  });
});

describe('policy token', () => {
  const RIGHTS = { publish: ['room-*', 'mine'], play: ['room-*'], call: ['100', '200'] };

  it('given at connect covers what its session asks for, by its claims', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    const answer = await connect(hooks, await signToken({ claims: RIGHTS }));
    expect(answer.statusCode).toBe(200);
    expect(hooks.memory.sessions.get(SESSION)).toMatchObject({
      phase: 'starting',
      sub: 'alice',
      claims: JSON.stringify(RIGHTS),
    });
    await send(hooks, 'ConnectionStatusEvent', { status: 'ESTABLISHED' });

    expect((await publish(hooks, 'room-1')).statusCode).toBe(200);
    expect((await publish(hooks, 'mine')).statusCode).toBe(200);
    expect((await publish(hooks, 'theirs')).statusCode).toBe(403);
    expect(await statusOf(hooks, 'playStream', { mediaSessionId: 'p', name: 'room-2' })).toBe(200);
    expect(await statusOf(hooks, 'playStream', { mediaSessionId: 'p2', name: 'mine' })).toBe(403);
    expect(await statusOf(hooks, 'call', { callId: 'c', callee: '100' })).toBe(200);
    expect(await statusOf(hooks, 'call', { callId: 'c', callee: '1000' })).toBe(403);
    expect(await statusOf(hooks, 'call', { callId: 'c' })).toBe(403);
    expect(await statusOf(hooks, 'transfer', { callId: 'c', callee: '100', target: '300' })).toBe(403);
    expect(await statusOf(hooks, 'transfer', { callId: 'c', target: '200' })).toBe(200);
  });

  it('shows in the row and in the log who was denied and why, and tells the caller only by which policy', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    await connect(hooks, await signToken({ claims: { publish: ['mine'] } }));
    const answer = await publish(hooks, 'theirs');
    expect(answer.body).toBe('{"error":"Forbidden","message":"denied by the policy token"}');
    expect(hooks.memory.rows.get('stream-theirs')).toMatchObject({
      phase: 'denied',
      status: 'DENIED',
      denied: 'token: may not publish this name',
      sub: 'alice',
      name: 'theirs',
      sessionId: SESSION,
    });
    expect(hooks.lines().at(-1)).toMatchObject({
      level: 'WARN',
      outcome: 'denied',
      status: 403,
      reason: 'token: may not publish this name',
      sub: 'alice',
      id: 'stream-theirs',
    });
  });

  it('costs one read beside the upsert where the token is not on the hook, and none where it is', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    const token = await signToken({ claims: RIGHTS });
    const costOf = async (answer: () => Promise<unknown>) => {
      const before = { ...hooks.memory.counts };
      await answer();
      const { reads, upserts } = hooks.memory.counts;
      return [reads - before.reads, upserts - before.upserts];
    };
    expect(await costOf(() => connect(hooks, token))).toEqual([0, 1]);
    expect(await costOf(() => publish(hooks, 'room-1'))).toEqual([1, 1]);
    expect(await costOf(() => publish(hooks, 'room-1', { custom: { token } }))).toEqual([0, 1]);
    expect(await costOf(() => publish(hooks, 'theirs'))).toEqual([1, 1]);
    expect(await costOf(() => send(hooks, 'call', { callee: '100' }))).toEqual([1, 0]);
    expect(await costOf(() => send(hooks, 'StreamStatusEvent', { mediaSessionId: 'x', status: 'PLAYING' }))).toEqual([
      0, 1,
    ]);
    expect(await costOf(() => send(hooks, 'unPublishStream', { mediaSessionId: 'x' }))).toEqual([0, 1]);
    expect(await costOf(() => send(hooks, 'sendMessage', {}))).toEqual([0, 0]);
  });

  it('on the hook itself wins over the session’s, in either way', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    await connect(hooks, await signToken({ claims: { publish: ['mine'] } }));
    const other = await signToken({ claims: { publish: ['theirs'] } });
    expect((await publish(hooks, 'theirs', { custom: { token: other } })).statusCode).toBe(200);
    expect((await publish(hooks, 'mine', { custom: { token: other } })).statusCode).toBe(403);
    expect((await publish(hooks, 'mine', { custom: { token: 'junk' } })).statusCode).toBe(403);
    // Also where another policy has the session read.
    const both = hooksUnderTest(WITH_SECRET, { decides: { publishStream: [] }, decide: () => allow() });
    await connect(both, await signToken({ claims: { publish: ['mine'] } }));
    expect((await publish(both, 'theirs', { custom: { token: other } })).statusCode).toBe(200);
    expect((await publish(both, 'mine', { custom: { token: other } })).statusCode).toBe(403);
  });

  it('is needed to connect, and by a session that has none', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    for (const fields of [
      {},
      { custom: null },
      { custom: {} },
      { custom: { token: '' } },
      { custom: { token: null } },
    ]) {
      expect((await connect(hooks, undefined, fields)).statusCode).toBe(403);
      expect(hooks.memory.sessions.get(SESSION)).toMatchObject({ phase: 'denied', denied: 'token: no token' });
    }
    expect((await publish(hooks, 'room-1')).statusCode).toBe(403);
  });

  it('is looked for where each kind of client can put it', async () => {
    const token = await signToken({ claims: { play: ['*'], publish: ['*'] } });
    const hooks = hooksUnderTest(WITH_SECRET);
    const play = (method: string, fields: object) =>
      statusOf(hooks, method, { mediaSessionId: 'p', sessionId: 'no-connect', name: 'test', ...fields });
    expect(await play('playHLS', { custom: { token } })).toBe(200);
    expect(await play('playHLS', { token })).toBe(200);
    expect(await play('playRTSP', { custom: { aclAuth: token } })).toBe(200);
    expect(await play('playRTSP', { custom: { token } })).toBe(200);
    // Those of another kind are no place for it.
    expect(await play('playRTSP', { token })).toBe(403);
    expect(await play('playStream', { token })).toBe(403);
    expect(await play('playStream', { authToken: token })).toBe(403);
    expect(await play('playStream', { aclAuth: token })).toBe(403);
    expect(await play('playStream', { custom: { custom: { token } } })).toBe(403);
    expect(await play('playStream', { custom: { Token: token } })).toBe(403);
    const renamed = hooksUnderTest({ ...WITH_SECRET, TOKEN_FIELD: 'jwt' });
    expect((await publish(renamed, 'x', { custom: { jwt: token } })).statusCode).toBe(200);
    expect((await publish(renamed, 'x', { custom: { token } })).statusCode).toBe(403);
  });

  it('is taken from custom.aclAuth wherever it is from custom.token, which wins', async () => {
    const rights = { publish: ['x'], play: ['x'], call: ['100'] };
    const token = await signToken({ claims: rights });
    const other = await signToken({ claims: { sub: 'bob' } });
    const asking = { mediaSessionId: 'm', callId: 'c', name: 'x', callee: '100', target: '100' };
    for (const method of ['publishStream', 'playStream', 'playHLS', 'playRTSP', 'call', 'transfer']) {
      const ask = (custom: object, env: Record<string, string> = {}) =>
        statusOf(hooksUnderTest({ ...WITH_SECRET, ...env }), method, { ...asking, sessionId: method, custom });
      expect([method, await ask({ aclAuth: token })]).toEqual([method, 200]);
      expect(await ask({ aclAuth: token, token: '' })).toBe(200);
      expect(await ask({ aclAuth: token }, { TOKEN_FIELD: 'jwt' })).toBe(200);
      expect(await ask({ aclAuth: other, token })).toBe(200);
      expect(await ask({ aclAuth: token, token: other })).toBe(403);
      expect(await ask({ aclAuth: 'junk' })).toBe(403);
    }
    const hooks = hooksUnderTest(WITH_SECRET);
    expect((await connect(hooks, undefined, { custom: { aclAuth: token } })).statusCode).toBe(200);
    expect(hooks.memory.sessions.get(SESSION)).toMatchObject({ sub: 'alice', claims: JSON.stringify(rights) });
    const told = JSON.stringify([...hooks.memory.sessions, hooks.lines()]);
    expect(told).not.toContain(token.split('.')[1]);
  });

  it('in aclAuth lets an HLS player in, by the hook as WCS sends it', async () => {
    const token = await signToken({ claims: { sub: 'carol', play: ['test'] } });
    const custom = { appKey: 'customAppKey', aclAuth: token };
    const body = `{"nodeId":"n1@192.0.2.10","appKey":"customAppKey","sessionId":"/198.51.100.8:40001/192.0.2.10:8445","mediaSessionId":"h-1-test-HLS","name":"test","mediaProvider":"HLS","custom":${JSON.stringify(custom)}}`;
    const hooks = hooksUnderTest(WITH_SECRET);
    for (const method of ['playHLS', 'playStream']) {
      const answer = await hooks.send({ method, body, at: NOW * 1000 });
      expect(answer).toMatchObject({ statusCode: 200, body });
    }
    expect(hooks.memory.rows.get('h-1-test-HLS')).toMatchObject({ sub: 'carol', phase: 'starting' });
  });

  it('is needed for what TOKEN_FOR says; one at connect must be good in any case, and covers the rest', async () => {
    const hooks = hooksUnderTest({ ...WITH_SECRET, TOKEN_FOR: 'publish' });
    expect(having(await configOf(hooks), 'restOnError', 'FAIL')).toEqual(['publishStream', 'StreamKeepAliveEvent']);
    expect((await publish(hooks, 'room-1')).statusCode).toBe(403);
    expect(await statusOf(hooks, 'playStream', { mediaSessionId: 'p', name: 'x' })).toBe(200);
    expect(hooks.memory.counts.reads).toBe(1);
    expect((await connect(hooks, 'junk')).statusCode).toBe(403);
    expect((await connect(hooks, await signToken({ claims: RIGHTS }), { sessionId: 'session-2' })).statusCode).toBe(
      200,
    );
    expect((await publish(hooks, 'room-1', { sessionId: 'session-2' })).statusCode).toBe(200);
  });

  it('puts FAIL on exactly what it decides, and OVERWRITE of the name where it can rename', async () => {
    const config = await configOf(hooksUnderTest(WITH_SECRET), await signToken());
    expect(having(config, 'restOnError', 'FAIL').sort()).toEqual(
      ['StreamKeepAliveEvent', 'call', 'playHLS', 'playRTSP', 'playStream', 'publishStream', 'transfer'].sort(),
    );
    expect(having(config, 'restPolicy', 'OVERWRITE')).toEqual(['publishStream']);
    expect(config.publishStream).toMatchObject({ restOverwrite: 'name', restExclude: 'sdp' });
  });

  it('renames: the answer carries the new name and is else the received text, and the row has it', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    const token = await signToken({ claims: { publish: ['show'], rename: 'show-83\u00e9' } });
    const body = `{"mediaSessionId":"m","name":"show","fps":25.0,"custom":{"name":"show","token":"${token}"},"x":1e2}`;
    const answer = await hooks.send({ method: 'publishStream', body, at: NOW * 1000 });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe(body.replace('"name":"show","fps"', '"name":"show-83\u00e9","fps"'));
    expect(hooks.memory.rows.get('m')).toMatchObject({ phase: 'starting', name: 'show-83\u00e9' });
    const other = body.replace('"name":"show","fps"', '"name":"show-83\u00e9","fps"');
    expect((await hooks.send({ method: 'publishStream', body: other, at: NOW * 1000 })).statusCode).toBe(403);
  });

  it('limits: maxDuration becomes the stopAt of its stream, whose keep-alives are then refused', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    await connect(hooks, await signToken({ claims: { publish: ['*'], maxDuration: 60 } }));
    await publish(hooks, 'm', {}, NOW * 1000);
    const stream = { mediaSessionId: 'stream-m', status: 'PUBLISHING', name: 'm', published: true };
    await send(hooks, 'StreamStatusEvent', stream, NOW * 1000 + 1000);
    expect(hooks.memory.rows.get('stream-m')).toMatchObject({
      phase: 'live',
      stopAt: new Date((NOW + 60) * 1000).toISOString(),
    });
    expect(await statusOf(hooks, 'StreamKeepAliveEvent', stream, NOW * 1000 + 59_999)).toBe(200);
    expect(await statusOf(hooks, 'StreamKeepAliveEvent', stream, NOW * 1000 + 60_000)).toBe(403);
    expect(hooks.lines().at(-1)).toMatchObject({ outcome: 'stopped' });
  });

  it('is never stored, logged or answered with, nor are its claims answered with', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    const token = await signToken({ claims: { ...RIGHTS, rename: 'RENAMED', maxDuration: 77 } });
    const bad = `${token.slice(0, -4)}AAAA`;
    const answers = [await connect(hooks, bad), await publish(hooks, 'x', { custom: { token: bad } })];
    await publish(hooks, 'room-1', { custom: { token } });
    const good = await connect(hooks, token);
    const [, payload = ''] = token.split('.');
    const told = JSON.stringify([...hooks.memory.rows, ...hooks.memory.sessions, hooks.lines(), answers]);
    expect(told).not.toContain(payload);
    const { custom: _, ...rest } = JSON.parse(good.body ?? '') as Record<string, unknown>;
    for (const secret of ['room-*', 'RENAMED', '77', 'alice']) expect(JSON.stringify(rest)).not.toContain(secret);
  });

  describe('that is', () => {
    let keys: KeyServer;
    beforeAll(async () => {
      keys = await startKeyServer();
    });
    afterAll(() => keys.close());

    const ALL = { publish: ['*'], play: ['*'], call: ['100'] };
    const deniedBySecret: [string, () => Promise<unknown>, string][] = [
      ['expired', () => signToken({ claims: { ...ALL, exp: NOW - 61 } }), 'expired'],
      ['not yet valid', () => signToken({ claims: { ...ALL, nbf: NOW + 62 } }), 'not yet valid'],
      ['for another audience', () => signToken({ claims: { ...ALL, aud: 'other' } }), 'another audience'],
      ['for no audience', () => signToken({ claims: { ...ALL, aud: undefined } }), 'another audience'],
      ['of another issuer', () => signToken({ claims: { ...ALL, iss: 'https://evil.net' } }), 'another issuer'],
      ['of no issuer', () => signToken({ claims: { ...ALL, iss: undefined } }), 'another issuer'],
      ['without an expiry', () => signToken({ claims: { ...ALL, exp: undefined } }), 'without a usable expiry'],
      ['with an expiry in words', () => Promise.resolve(forgedSecret({ exp: '2099' })), 'without a usable expiry'],
      ['signed with another key', () => signToken({ claims: ALL, key: new Uint8Array(32) }), 'wrong signature'],
      ['of alg none', () => Promise.resolve(forgedToken({ alg: 'none' }, '')), 'another algorithm'],
      ['of alg None', () => Promise.resolve(forgedToken({ alg: 'None' }, '')), 'another algorithm'],
      [
        'of HS384',
        () => signToken({ claims: ALL, header: { alg: 'HS384' }, key: new Uint8Array(48) }),
        'another algorithm',
      ],
      ['of RS256 where a secret is configured', () => signToken(byRsa()), 'another algorithm'],
      [
        'without a signature',
        async () => (await signToken({ claims: ALL })).split('.', 2).join('.') + '.',
        'wrong signature',
      ],
      ['encrypted', () => Promise.resolve('a.b.c.d.e'), 'no valid token'],
      ['no JWT', () => Promise.resolve('junk'), 'no valid token'],
      ['a number', () => Promise.resolve(5), 'not a string'],
      ['an object', () => Promise.resolve({ claims: ALL }), 'not a string'],
      ['true', () => Promise.resolve(true), 'not a string'],
      ['of 10 KB', () => signToken({ claims: { ...ALL, x: 'x'.repeat(8000) } }), 'over 8192 bytes'],
      ['with publish as a string', () => signToken({ claims: { publish: '*' } }), 'unusable claim publish'],
      [
        'with an unknown critical header',
        () => Promise.resolve(forgedSecret({}, { crit: ['x'], x: 1 })),
        'no valid token',
      ],
    ];
    const forgedSecret = (claims: object, header: object = {}) => {
      const token = forgedToken({ alg: 'HS256', ...header }, '', claims).slice(0, -1);
      return `${token}.${createHmac('sha256', TOKEN_SECRET).update(token).digest('base64url')}`;
    };
    const byRsa = (parts: TokenParts = {}): TokenParts => ({
      ...parts,
      claims: { ...ALL, ...parts.claims },
      header: { alg: 'RS256', kid: 'rsa', ...parts.header },
      key: parts.key ?? keys.rsa.privateKey,
    });

    it.each(deniedBySecret)('%s is denied, on a hook and at connect', async (_, make, problem) => {
      const token = await make();
      const hooks = hooksUnderTest(WITH_SECRET);
      const answer = await publish(hooks, 'x', { custom: { token } });
      expect(answer.statusCode).toBe(403);
      expect(answer.body).toBe('{"error":"Forbidden","message":"denied by the policy token"}');
      expect(hooks.memory.rows.get('stream-x')?.denied).toBe(`token: ${problem}`);
      expect((await connect(hooks, token)).statusCode).toBe(403);
      expect(hooks.memory.sessions.get(SESSION)).toMatchObject({ phase: 'denied', denied: `token: ${problem}` });
      expect((await publish(hooks, 'y')).statusCode).toBe(403);
    });

    it('expired, not yet valid, of another audience or issuer, or unusable shows whose it is, as its signature is good', async () => {
      for (const claims of [
        { exp: NOW - 61 },
        { exp: undefined },
        { nbf: NOW + 62 },
        { aud: 'other' },
        { aud: undefined },
        { iss: 'https://evil.net' },
        { publish: '*' },
        { maxDuration: 0 },
      ]) {
        for (const [parts, env] of [
          [{ claims: { ...ALL, sub: 'dave', ...claims } }, WITH_SECRET],
          [byRsa({ claims: { sub: 'dave', ...claims } }), keys.env],
        ] as const) {
          const token = await signToken(parts);
          const hooks = hooksUnderTest(env);
          const answers = [await publish(hooks, 'x', { custom: { token } }), await connect(hooks, token)];
          for (const row of [hooks.memory.rows.get('stream-x'), hooks.memory.sessions.get(SESSION)]) {
            expect(row).toMatchObject({ phase: 'denied', sub: 'dave' });
          }
          expect(hooks.lines()).toMatchObject([
            { outcome: 'denied', sub: 'dave' },
            { outcome: 'denied', sub: 'dave' },
          ]);
          // The caller learns nothing of it.
          for (const { body } of answers)
            expect(body).toBe('{"error":"Forbidden","message":"denied by the policy token"}');
        }
      }
    });

    it('signed by somebody else shows nobody, whatever it says', async () => {
      const claims = { sub: 'mallory', ...ALL };
      const other = await startKeyServer();
      const good = await signToken({ claims: { ...claims, exp: NOW - 61 } });
      const [header = '', , signature = ''] = good.split('.');
      const payload = Buffer.from(JSON.stringify({ ...claims, sub: 'mallory', exp: NOW - 61 })).toString('base64url');
      for (const [token, env] of [
        [await signToken({ claims: { ...claims, exp: NOW - 61 }, key: new Uint8Array(32) }), WITH_SECRET],
        [await signToken({ claims: { ...claims, aud: 'other' }, key: new Uint8Array(32) }), WITH_SECRET],
        [`${header}.${payload.slice(0, -2)}.${signature}`, WITH_SECRET],
        [good.slice(0, good.lastIndexOf('.') + 1), WITH_SECRET],
        [forgedToken({ alg: 'none' }, '', { sub: 'mallory', exp: NOW - 61 }), WITH_SECRET],
        [await signToken(byRsa({ claims: { ...claims, exp: NOW - 61 } })), WITH_SECRET],
        [await signToken(byRsa({ claims: { ...claims, exp: NOW - 61 }, key: other.rsa.privateKey })), keys.env],
        [good, keys.env],
      ] as const) {
        const hooks = hooksUnderTest({ ...env });
        expect((await publish(hooks, 'x', { custom: { token } })).statusCode).toBe(403);
        expect((await connect(hooks, token)).statusCode).toBe(403);
        expect(hooks.memory.rows.get('stream-x')).not.toHaveProperty('sub');
        expect(JSON.stringify([...hooks.memory.rows, ...hooks.memory.sessions, hooks.lines()])).not.toContain(
          'mallory',
        );
      }
      await other.close();
    });

    it('denied and says no usable `sub` shows nobody', async () => {
      for (const sub of [5, '', 'x'.repeat(257), { a: 1 }, undefined]) {
        const hooks = hooksUnderTest(WITH_SECRET);
        const token = await signToken({ claims: { ...ALL, sub, exp: NOW - 61 } });
        expect((await publish(hooks, 'x', { custom: { token } })).statusCode).toBe(403);
        expect(hooks.memory.rows.get('stream-x')).toMatchObject({ denied: 'token: expired' });
        expect(hooks.memory.rows.get('stream-x')).not.toHaveProperty('sub');
      }
    });

    it.each([
      ['expired within the tolerance', { exp: NOW - 58 }],
      ['valid within the tolerance', { nbf: NOW + 58 }],
      ['for several audiences', { aud: ['other', 'wcs'] }],
    ])('%s is taken', async (_, claims) => {
      const token = await signToken({ claims: { ...ALL, ...claims } });
      expect((await publish(hooksUnderTest(WITH_SECRET), 'x', { custom: { token } })).statusCode).toBe(200);
    });

    it('signed with the secret of before a rotation is taken, as long as that is known, and judged as any other', async () => {
      const key = new TextEncoder().encode('the secret of before, of 32 bytes or more');
      const statusOfToken = async (settings: Record<string, string>, parts: TokenParts) => {
        const token = await signToken({ claims: ALL, ...parts });
        const hooks = hooksUnderTest({ ...WITH_SECRET, ...settings });
        const { statusCode } = await publish(hooks, 'x', { custom: { token } });
        return [statusCode, hooks.memory.rows.get('stream-x')?.denied];
      };
      const rotating = { TOKEN_SECRET_PREVIOUS: new TextDecoder().decode(key) };
      expect(await statusOfToken(rotating, { key })).toEqual([200, undefined]);
      expect(await statusOfToken(rotating, {})).toEqual([200, undefined]);
      expect(await statusOfToken({}, { key })).toEqual([403, 'token: wrong signature']);
      const expired = { ...ALL, exp: NOW - 61 };
      expect(await statusOfToken(rotating, { key, claims: expired })).toEqual([403, 'token: expired']);
      expect(await statusOfToken(rotating, { claims: expired })).toEqual([403, 'token: expired']);
      const other = new Uint8Array(32);
      expect(await statusOfToken(rotating, { key: other })).toEqual([403, 'token: wrong signature']);
    });

    it('signed by a published key is taken, RS256 and ES256', async () => {
      const hooks = hooksUnderTest(keys.env);
      const es256 = { claims: ALL, header: { alg: 'ES256', kid: 'ec' }, key: keys.ec.privateKey };
      for (const parts of [byRsa(), es256]) {
        const token = await signToken(parts);
        expect((await publish(hooks, 'x', { custom: { token } })).statusCode).toBe(200);
      }
    });

    it('signed with a public key as if it were a secret is denied, in any of its forms', async () => {
      const hooks = hooksUnderTest(keys.env);
      const pem = await exportSPKI(keys.rsa.publicKey);
      for (const secret of [pem, pem.trim(), JSON.stringify(keys.jwks.keys[0]), String(keys.jwks.keys[0]?.n)]) {
        const key = new TextEncoder().encode(secret);
        const token = await signToken({ claims: ALL, header: { alg: 'HS256', kid: 'rsa' }, key });
        expect((await publish(hooks, 'x', { custom: { token } })).statusCode).toBe(403);
        expect(hooks.memory.rows.get('stream-x')?.denied).toBe('token: another algorithm');
      }
    });

    it('of an unknown key, of another pair, or of a key that names another algorithm is denied', async () => {
      const hooks = hooksUnderTest(keys.env);
      const other = await startKeyServer();
      for (const [parts, problem] of [
        [byRsa({ header: { alg: 'RS256', kid: 'unknown' } }), 'unknown key'],
        [byRsa({ header: { alg: 'RS256', kid: '../../rsa' } }), 'unknown key'],
        [byRsa({ key: other.rsa.privateKey }), 'wrong signature'],
        [byRsa({ header: { alg: 'ES256', kid: 'rsa' }, key: keys.ec.privateKey }), 'unknown key'],
      ] as const) {
        expect((await publish(hooks, 'x', { custom: { token: await signToken(parts) } })).statusCode).toBe(403);
        expect(hooks.lines().at(-1)).toMatchObject({ reason: `token: ${problem}` });
      }
      await other.close();
    });

    it('with keys of its own in its header is judged by ours alone', async () => {
      const other = await startKeyServer();
      const header = { alg: 'RS256', jwk: other.jwks.keys[0], jku: other.env.TOKEN_JWKS_URL, kid: 'rsa' };
      const token = await signToken({ claims: ALL, header, key: other.rsa.privateKey });
      expect((await publish(hooksUnderTest(keys.env), 'x', { custom: { token } })).statusCode).toBe(403);
      expect(other.control.requests).toBe(0);
      await other.close();
    });

    it('to be verified while the key server is down is, as long as the keys live that were fetched before', async () => {
      const server = await startKeyServer();
      const hooks = hooksUnderTest(server.env);
      const parts = { claims: ALL, header: { alg: 'ES256', kid: 'ec' }, key: server.ec.privateKey };
      const token = await signToken(parts);
      const unknown = await signToken({ ...parts, header: { alg: 'ES256', kid: 'unknown' } });
      const ask = async (one = token) => (await publish(hooks, 'x', { custom: { token: one } })).statusCode;
      expect(await ask()).toBe(200);
      expect(server.control.requests).toBe(1);
      server.control.answer = (response) => void response.writeHead(500).end('no');
      expect([await ask(), await ask(unknown)]).toEqual([200, 403]);
      vi.useFakeTimers({ toFake: ['Date'] });
      const minutes = (count: number) => {
        vi.setSystemTime(Date.now() + count * 60_000);
        hooks.setNow(hooks.now() + count * 60_000);
      };
      // Nor is what is no key set believed instead.
      server.control.answer = (response) => void response.end('{"keys":[1]}');
      // They are asked for again after ten minutes, in vain, and live for a day.
      minutes(11);
      expect([await ask(), await ask(unknown)]).toEqual([200, 403]);
      expect(server.control.requests).toBe(2);
      minutes(24 * 60);
      expect([await ask(), await ask(unknown)]).toEqual([503, 503]);
      server.control.answer = (response) => void response.end(JSON.stringify({ keys: [server.jwks.keys[0]] }));
      // The key was withdrawn in between.
      expect(await ask()).toBe(403);
      vi.useRealTimers();
      await server.close();
    });
  });

  it('in a session lends its rights to nobody else', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    await connect(hooks, await signToken({ claims: RIGHTS }));
    for (const fields of [
      { sessionId: 'somebody else' },
      { sessionId: undefined },
      { sessionId: '' },
      { appKey: 'another app' },
      { nodeId: 'another node' },
      { sessionId: `${SESSION}\u0000` },
      { sessionId: SESSION.toUpperCase() },
    ]) {
      expect((await publish(hooks, 'room-1', fields)).statusCode).toBe(403);
    }
    await send(hooks, 'ConnectionStatusEvent', { status: 'DISCONNECTED' });
    expect((await publish(hooks, 'room-1')).statusCode).toBe(403);
  });

  it('at an address is not that of a later connection there', async () => {
    const hooks = hooksUnderTest({ ...WITH_SECRET, TOKEN_FOR: 'publish' });
    const sessionId = '/10.0.0.2:1/10.0.0.1:2';
    await connect(hooks, await signToken({ claims: RIGHTS }), { sessionId });
    expect((await publish(hooks, 'room-1', { sessionId })).statusCode).toBe(200);
    await send(hooks, 'connect', { sessionId }, NOW * 1000 + 5000);
    expect((await publish(hooks, 'room-2', { sessionId })).statusCode).toBe(403);
    expect(hooks.memory.sessions.get(sessionId)).not.toHaveProperty('sub');
  });

  it('with more claims than a row should hold is denied at connect, and taken on a hook', async () => {
    const token = await signToken({ claims: { publish: Array.from({ length: 200 }, (_, n) => `room-number-${n}`) } });
    const hooks = hooksUnderTest(WITH_SECRET);
    expect((await connect(hooks, token)).statusCode).toBe(403);
    expect(hooks.memory.sessions.get(SESSION)?.denied).toBe('token: more claims than a session can keep');
    expect((await publish(hooks, 'room-number-7', { custom: { token } })).statusCode).toBe(200);
  });

  it('that was denied but ignored shows in the row that lives all the same, and is counted', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    await publish(hooks, 'x');
    const stream = { mediaSessionId: 'stream-x', status: 'PUBLISHING', name: 'x', published: true };
    expect(await statusOf(hooks, 'StreamStatusEvent', stream, NOW * 1000 + 2000)).toBe(200);
    expect(hooks.memory.rows.get('stream-x')).toMatchObject({
      phase: 'live',
      status: 'PUBLISHING',
      denied: 'token: no token',
    });
    expect(hooks.lines().at(-1)).toMatchObject({ level: 'WARN', outcome: 'denial ignored', id: 'stream-x' });
    await send(hooks, 'StreamStatusEvent', stream, NOW * 1000 + 3000);
    expect(hooks.lines().at(-1)).toMatchObject({ outcome: 'applied' });
  });
});

describe('when it cannot be decided', () => {
  const outage = async (env: Record<string, string> = {}) => {
    const hooks = hooksUnderTest({ ...WITH_SECRET, ...env });
    await connect(hooks, await signToken({ claims: { publish: ['*'], play: ['*'] } }));
    hooks.memory.down.store = true;
    return hooks;
  };

  it('as the session cannot be read, publishing is denied and playing goes on, and both are told', async () => {
    const hooks = await outage();
    expect((await publish(hooks, 'x')).statusCode).toBe(503);
    expect(hooks.lines().at(-1)).toMatchObject({
      level: 'ERROR',
      outcome: 'undecided',
      reason: 'token: the session cannot be read',
      failedOpen: 1,
      cause: expect.stringContaining('ECONNREFUSED') as string,
    });
    expect(hooks.memory.parked.at(-1)?.sighting).toMatchObject({
      state: { phase: 'denied', status: 'DENIED' },
      attributes: { denied: 'token: the session cannot be read' },
    });
    expect(await statusOf(hooks, 'playStream', { mediaSessionId: 'p', name: 'x' })).toBe(200);
    expect(hooks.lines().at(-1)).toMatchObject({
      outcome: 'parked',
      reason: 'token: the session cannot be read',
      failedOpen: 1,
    });
  });

  it('goes by FAIL_OPEN', async () => {
    const open = await outage({ FAIL_OPEN: 'publish' });
    expect((await publish(open, 'x')).statusCode).toBe(200);
    expect(await statusOf(open, 'playStream', { mediaSessionId: 'p', name: 'x' })).toBe(503);
    // A call has no row that could not be written: the reading alone failed.
    expect(await statusOf(open, 'call', { callee: '100' })).toBe(503);
    expect(open.lines().at(-1)?.['cause']).toContain('ECONNREFUSED');
    // Whatever else fails, what is let in is let in on its terms.
    open.memory.down.queue = true;
    const token = await signToken({ claims: { publish: ['x'], rename: 'y' } });
    expect(JSON.parse((await publish(open, 'x', { custom: { token } })).body ?? '')).toMatchObject({ name: 'y' });
    const closed = await outage({ FAIL_OPEN: 'none' });
    expect(await statusOf(closed, 'playStream', { mediaSessionId: 'p', name: 'x' })).toBe(503);
  });

  it('a token on the hook still decides', async () => {
    const hooks = await outage();
    const token = await signToken({ claims: { publish: ['*'] } });
    expect((await publish(hooks, 'x', { custom: { token } })).statusCode).toBe(200);
    expect(hooks.lines().at(-1)).not.toHaveProperty('failedOpen');
    expect(await statusOf(hooks, 'playStream', { mediaSessionId: 'p', name: 'x', custom: { token } })).toBe(403);
    hooks.memory.down.queue = true;
    expect((await publish(hooks, 'x', { custom: { token } })).statusCode).toBe(503);
    expect(await statusOf(hooks, 'playStream', { mediaSessionId: 'p', name: 'x' })).toBe(200);
    expect((await publish(hooks, 'x', { custom: { token: 'junk' } })).statusCode).toBe(403);
  });

  it('as the keys cannot be had, a connection is denied unless that fails open; its origin is still looked at', async () => {
    const keys = await startKeyServer();
    const token = await signToken({
      claims: { publish: ['*'] },
      header: { alg: 'ES256', kid: 'ec' },
      key: keys.ec.privateKey,
    });
    for (const answer of [
      (response: { destroy(): void }) => response.destroy(),
      (response: { end(body: string): void }) => response.end('not JSON'),
      (response: { end(body: string): void }) => response.end('{"error":"no"}'),
      (response: { end(body: string): void }) => response.end('{"keys":[1]}'),
    ]) {
      keys.control.answer = answer;
      const env = { ...keys.env, ALLOWED_ORIGINS: 'https://example.com' };
      const origin = 'https://example.com';
      const closed = hooksUnderTest(env);
      expect((await connect(closed, token, { origin })).statusCode).toBe(503);
      expect(closed.memory.sessions.get(SESSION)).toMatchObject({
        phase: 'denied',
        denied: 'token: the keys cannot be had',
      });
      const open = hooksUnderTest({ ...env, FAIL_OPEN: 'connect' });
      expect((await connect(open, token, { origin })).statusCode).toBe(200);
      expect(open.lines().at(-1)).toMatchObject({ reason: 'token: the keys cannot be had', failedOpen: 1 });
      expect((await connect(open, token, { origin: 'https://evil.net' })).statusCode).toBe(403);
      expect((await connect(open, 'junk', { origin })).statusCode).toBe(403);
      // Let in unseen is not let in with rights.
      expect((await publish(open, 'x')).statusCode).toBe(403);
    }
    await keys.close();
  });

  it('as the key server does not answer, it is within two seconds', async () => {
    const keys = await startKeyServer();
    keys.control.answer = () => {};
    const token = await signToken({ header: { alg: 'ES256', kid: 'ec' }, key: keys.ec.privateKey });
    const started = performance.now();
    expect((await connect(hooksUnderTest(keys.env), token)).statusCode).toBe(503);
    expect(performance.now() - started).toBeLessThan(2500);
    await keys.close();
  });

  it('as the key server just failed, no other hook waits for it; five seconds later one does', async () => {
    const keys = await startKeyServer();
    keys.control.answer = (response) => void response.writeHead(500).end();
    const hooks = hooksUnderTest(keys.env);
    const token = await signToken({ header: { alg: 'ES256', kid: 'ec' }, key: keys.ec.privateKey });
    for (let n = 0; n < 5; n++) expect((await connect(hooks, token)).statusCode).toBe(503);
    expect(keys.control.requests).toBe(1);
    hooks.setNow(5000);
    expect((await connect(hooks, token)).statusCode).toBe(503);
    expect(keys.control.requests).toBe(2);
    await keys.close();
  });
});

describe('a connection that was let in', () => {
  const granted = () => signToken({ claims: { publish: ['*'], play: ['*'] } });

  it('but is only parked comes again, as it would be denied all that it asks for; unless that fails open', async () => {
    const closed = hooksUnderTest(WITH_SECRET);
    closed.memory.down.store = true;
    expect((await connect(closed, await granted())).statusCode).toBe(503);
    expect(closed.lines().at(-1)).toMatchObject({ level: 'ERROR', outcome: 'failed', status: 503 });

    const open = hooksUnderTest({ ...WITH_SECRET, FAIL_OPEN: 'connect,play' });
    open.memory.down.store = true;
    expect((await connect(open, await granted())).statusCode).toBe(200);
    open.memory.down.store = false;
    // It may have shown a token: whether what it asks for goes on is the operator's word.
    expect(await statusOf(open, 'playStream', { mediaSessionId: 'p', name: 'x' })).toBe(200);
    expect(open.lines().at(-1)).toMatchObject({ reason: 'token: the connection is not known', failedOpen: 1 });
    expect((await publish(open, 'x')).statusCode).toBe(503);
    // Those who never connect have no connection that could be on its way.
    for (const method of ['playHLS', 'playRTSP']) {
      expect(await statusOf(open, method, { mediaSessionId: method, name: 'x' })).toBe(403);
    }
  });

  it('by its origin is let in whatever the store does: nothing later depends on its row', async () => {
    const hooks = hooksUnderTest({ IS_OFFLINE: 'true', ALLOWED_ORIGINS: 'https://example.com' });
    const origin = 'https://example.com';
    hooks.memory.down.store = true;
    expect((await connect(hooks, undefined, { origin })).statusCode).toBe(200);
    hooks.memory.down.queue = true;
    expect((await connect(hooks, undefined, { origin })).statusCode).toBe(200);
    expect((await connect(hooks, undefined, { origin: 'https://evil.net' })).statusCode).toBe(403);
  });

  it('unseen, as the keys could not be had, shows so, and leaves later decisions open', async () => {
    const keys = await startKeyServer();
    keys.control.answer = (response) => void response.writeHead(500).end();
    const hooks = hooksUnderTest({ ...keys.env, FAIL_OPEN: 'connect,play' });
    const token = await signToken({ header: { alg: 'ES256', kid: 'ec' }, key: keys.ec.privateKey });
    expect((await connect(hooks, token)).statusCode).toBe(200);
    expect(hooks.lines().at(-1)?.['cause']).toContain('the key server answered 500');
    expect(hooks.memory.sessions.get(SESSION)).toMatchObject({
      phase: 'starting',
      failedOpen: 'token: the keys cannot be had',
    });
    expect(await statusOf(hooks, 'playStream', { mediaSessionId: 'p', name: 'x' })).toBe(200);
    expect((await publish(hooks, 'x')).statusCode).toBe(503);
    expect(hooks.lines().at(-1)).toMatchObject({ reason: 'token: the connection was let in unseen' });
    await keys.close();
  });

  it('keeps what it was let in with when its connect is repeated after the token’s expiry', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    const body = JSON.stringify({ ...APP, sessionId: SESSION, custom: { token: await granted() } });
    await hooks.send({ method: 'connect', body, at: NOW * 1000 });
    await send(hooks, 'ConnectionStatusEvent', { status: 'ESTABLISHED' }, NOW * 1000 + 1000);
    expect((await hooks.send({ method: 'connect', body, at: NOW * 1000 + 3_600_000 })).statusCode).toBe(403);
    expect(hooks.memory.sessions.get(SESSION)).toMatchObject({ phase: 'live', sub: 'alice' });
    expect(hooks.memory.sessions.get(SESSION)).not.toHaveProperty('denied');
    expect((await publish(hooks, 'x')).statusCode).toBe(200);
  });

  it('stays a denied one after WCS has told its failure, also if it lives nevertheless', async () => {
    for (const sessionId of ['session-1', '/10.0.0.2:1/10.0.0.1:2']) {
      for (const status of ['FAILED', 'DISCONNECTED', 'ESTABLISHED']) {
        const own = { decides: { sendMessage: [] }, decide: () => allow() };
        const hooks = hooksUnderTest(WITH_SECRET, own);
        const expired = await signToken({ claims: { exp: NOW - 61, publish: ['*'] } });
        expect((await connect(hooks, expired, { sessionId })).statusCode).toBe(403);
        const event = { sessionId, status, info: 'Connection declined' };
        await send(hooks, 'ConnectionStatusEvent', event, NOW * 1000 + 500);
        expect(hooks.memory.sessions.get(sessionId)).toMatchObject({
          phase: status === 'ESTABLISHED' ? 'live' : 'ended',
          status,
          info: 'Connection declined',
          denied: 'token: expired',
          sub: 'alice',
        });
        // Who asks in its name is told so, and not that it has ended; nobody is alice by it.
        await publish(hooks, 'x', { sessionId });
        expect(hooks.memory.rows.get('stream-x')).toMatchObject({ denied: 'token: the connection was denied' });
        expect(hooks.memory.rows.get('stream-x')).not.toHaveProperty('sub');
      }
    }
  });

  it('says what became of it to those who ask in its name', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    await connect(hooks, 'junk');
    await publish(hooks, 'x');
    expect(hooks.memory.rows.get('stream-x')?.denied).toBe('token: the connection was denied');
    await connect(hooks, await granted(), { sessionId: 'other' });
    await send(hooks, 'ConnectionStatusEvent', { sessionId: 'other', status: 'DISCONNECTED' });
    await publish(hooks, 'y', { sessionId: 'other' });
    expect(hooks.memory.rows.get('stream-y')?.denied).toBe('token: the connection has ended');
  });
});

describe('a player by RTSP', () => {
  const ask = (hooks: Hooks, fields: object, seconds: number) =>
    statusOf(
      hooks,
      'playRTSP',
      { mediaSessionId: 'm', name: 'rtsp://host:554/room-1', ...fields },
      (NOW + seconds) * 1000,
    );

  it('that asks again with a token is no longer denied, and its playing no denial that was ignored', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    const token = await signToken({ claims: { play: ['rtsp://host:554/room-*'] } });
    expect(await ask(hooks, {}, 0)).toBe(403);
    expect(hooks.memory.rows.get('m')).toMatchObject({ phase: 'denied', denied: 'token: no token' });
    expect(await ask(hooks, { custom: { aclAuth: token } }, 1)).toBe(200);
    expect(hooks.memory.rows.get('m')).not.toHaveProperty('denied');
    await send(hooks, 'StreamStatusEvent', { mediaSessionId: 'm', status: 'PLAYING' }, (NOW + 2) * 1000);
    expect(hooks.memory.rows.get('m')).toMatchObject({ phase: 'live', sub: 'alice' });
    expect(hooks.lines().at(-1)).toMatchObject({ outcome: 'applied' });
  });

  it('is judged by its URI without the token in it, and neither row nor queue has it', async () => {
    const token = await signToken({ claims: { play: ['*/room-1'] } });
    const custom = { aclAuth: token };
    const hooks = hooksUnderTest(WITH_SECRET);
    const name = (path: string) => `rtsp://host:554/${path}aclAuth=${token}`;
    expect(await ask(hooks, { name: name('room-1?'), custom }, 0)).toBe(200);
    expect(await ask(hooks, { name: name('room-1#'), custom }, 1)).toBe(200);
    const secret = { mediaSessionId: 'secret', name: 'rtsp://host:554/secret?x=/room-1', custom };
    expect(await ask(hooks, secret, 2)).toBe(403);
    hooks.memory.down.store = true;
    const stream = { mediaSessionId: 'm', status: 'PLAYING', name: name('room-1?') };
    await send(hooks, 'StreamStatusEvent', stream, (NOW + 3) * 1000);
    expect(hooks.memory.rows.get('m')?.name).toBe('rtsp://host:554/room-1');
    expect(hooks.memory.parked.at(-1)?.sighting.attributes.name).toBe('rtsp://host:554/room-1');
    const told = JSON.stringify([...hooks.memory.rows, ...hooks.memory.parked, hooks.lines()]);
    expect(told).not.toContain(token.split('.')[1]);
  });
});

describe('globs of a token', () => {
  it.each([
    ['a*b', 'a--b', 200],
    ['a*b', 'a--bc', 403],
    ['room.1', 'roomx1', 403],
    ['room[0-9]+', 'room1', 403],
    ['(a+)+$', 'a'.repeat(40), 403],
    ['admin', '\u0430dmin', 403],
    ['caf\u00e9', 'cafe\u0301', 403],
    ['*'.repeat(5000), 'anything', 200],
    [`${'*a'.repeat(2500)}`, 'a'.repeat(2000), 403],
    ['', 'x', 403],
  ])('%.20j for the name %.20j: %i', async (glob, name, status) => {
    const hooks = hooksUnderTest(WITH_SECRET);
    const token = await signToken({ claims: { publish: [glob] } });
    expect((await publish(hooks, name, { custom: { token } })).statusCode).toBe(status);
  });
});

describe('your own policy', () => {
  it('decides what it lists with the body, the claims and the session, and can overwrite what it says it may', async () => {
    const hooks = hooksUnderTest(WITH_SECRET, {
      decides: { publishStream: ['name'], sendMessage: [], OnCallEvent: [] },
      decide: ({ method, body }, session) => {
        if (method !== 'publishStream') return deny('never');
        return session?.sub === 'alice' && body['record'] !== true
          ? allow({ overwrite: { name: `${session.sub}-${String(body['name'])}` }, maxDuration: 5 })
          : deny('no recordings');
      },
    });
    const config = await configOf(hooks, await signToken({ claims: { publish: ['*'] } }));
    expect(having(config, 'restOnError', 'FAIL')).toEqual(
      expect.arrayContaining(['publishStream', 'sendMessage', 'OnCallEvent']),
    );
    const answer = await publish(hooks, 'x');
    expect(JSON.parse(answer.body ?? '')).toMatchObject({ name: 'alice-x' });
    expect(hooks.memory.rows.get('stream-x')).toMatchObject({
      name: 'alice-x',
      sub: 'alice',
      stopAt: expect.any(String) as string,
    });
    const denied = await publish(hooks, 'y', { record: true });
    expect(denied.body).toBe('{"error":"Forbidden","message":"denied by the policy own"}');
    expect(hooks.memory.rows.get('stream-y')).toMatchObject({ denied: 'own: no recordings' });
    expect(await statusOf(hooks, 'sendMessage', { body: 'x' })).toBe(403);
    expect(await statusOf(hooks, 'OnCallEvent', { callId: 'c' })).toBe(403);
  });

  it('is not asked where the session cannot be read: that is open or closed', async () => {
    const hooks = hooksUnderTest(
      { IS_OFFLINE: 'true', FAIL_OPEN: 'message' },
      { decides: { publishStream: [], sendMessage: [] }, decide: () => deny('never') },
    );
    hooks.memory.down.store = true;
    expect((await publish(hooks, 'x')).statusCode).toBe(503);
    expect(await statusOf(hooks, 'sendMessage', {})).toBe(200);
  });

  it('that throws, or returns no decision, has decided nothing: that is open or closed, and the log says why', async () => {
    for (const decide of [
      () => {
        throw new Error('a bug');
      },
      () => undefined as unknown as ReturnType<typeof allow>,
      () => ({}) as ReturnType<typeof allow>,
    ]) {
      const own = { decides: { publishStream: [], playStream: [] }, decide };
      const hooks = hooksUnderTest({ IS_OFFLINE: 'true' }, own);
      expect((await publish(hooks, 'x')).statusCode).toBe(503);
      expect(hooks.lines().at(-1)).toMatchObject({
        level: 'ERROR',
        outcome: 'undecided',
        reason: 'own: the policy failed',
        cause: expect.stringMatching(/^(Error: a bug|TypeError)/) as string,
      });
      expect(await statusOf(hooks, 'playStream', { mediaSessionId: 'p', name: 'x' })).toBe(200);
    }
  });

  it('changes nothing in the answer or the row that it did not declare', async () => {
    const overwrite = { name: 'NEW', sessionId: 'another', mediaSessionId: 'another' };
    const own = { decides: { publishStream: ['name'] }, decide: () => allow({ overwrite }) };
    const hooks = hooksUnderTest({ IS_OFFLINE: 'true' }, own);
    const { body = '' } = await publish(hooks, 'x');
    expect(JSON.parse(body)).toMatchObject({ name: 'NEW', sessionId: SESSION, mediaSessionId: 'stream-x' });
    expect(hooks.memory.rows.get('stream-x')).toMatchObject({ name: 'NEW', sessionId: SESSION });
  });

  it('sees who a token on the hook itself speaks of', async () => {
    const seen: unknown[] = [];
    const hooks = hooksUnderTest(
      { ...WITH_SECRET, TOKEN_FOR: 'connect' },
      { decides: { publishStream: [] }, decide: (_, session) => (seen.push(session?.sub), allow()) },
    );
    await connect(hooks, await signToken());
    await publish(hooks, 'x');
    await publish(hooks, 'y', { custom: { token: await signToken({ claims: { sub: 'bob' } }) } });
    await publish(hooks, 'z', { sessionId: 'unknown' });
    expect(seen).toEqual(['alice', 'bob', undefined]);
  });
});
