import { describe, expect, it } from 'vitest';
import { boardToken, boardUnderTest } from '../../support/board-under-test.ts';
import { forgedToken, NOW, signToken, WITH_SECRET } from '../../support/tokens.ts';

const LOCAL = { sourceIp: '127.0.0.1', headers: { host: '127.0.0.1:3000' } };
const PAGE = { '': { type: 'text/html', body: '<p>the page', contentSecurityPolicy: "script-src 'self'" } };
const claims = (board: unknown) => signToken({ claims: { board } });

describe('the board', () => {
  it.each([
    ['no token', undefined, 'expected Authorization: Bearer <token>'],
    ['no token at all', 'not a token', 'expected Authorization: Bearer <token>'],
    ['an expired one', signToken({ claims: { board: ['read'], exp: NOW - 61 } }), 'the token is not valid: expired'],
    [
      'another audience',
      signToken({ claims: { board: ['read'], aud: 'other' } }),
      'the token is not valid: another audience',
    ],
    [
      'another issuer',
      signToken({ claims: { board: ['read'], iss: 'other' } }),
      'the token is not valid: another issuer',
    ],
    [
      'another key',
      signToken({ claims: { board: ['read'] }, key: new TextEncoder().encode('y'.repeat(32)) }),
      'the token is not valid: wrong signature',
    ],
    [
      'no signature',
      forgedToken({ alg: 'none' }, '', { board: ['read'] }),
      'the token is not valid: another algorithm',
    ],
  ])('answers 401 to %s', async (_, given, detail) => {
    const board = boardUnderTest();
    const token = await given;
    const { status, json, headers } = await board.ask('GET', '/board/live', token === undefined ? {} : { token });
    expect(status).toBe(401);
    expect(json).toMatchObject({ title: 'Unauthorized', detail });
    expect(headers['www-authenticate']).toMatch(/^Bearer realm="wcs-hooks"/);
    expect(board.control.reads).toBe(0);
    if (token !== undefined) expect(JSON.stringify([json, board.lines])).not.toContain(token);
  });

  it.each([
    ['no claim', undefined],
    ['an empty claim', []],
    ['another right', ['stop', 'ban']],
    ['another spelling', 'Read'],
    ['a claim of another shape', { read: true }],
  ])('answers 403 to a token with %s', async (_, claim) => {
    const board = boardUnderTest();
    const { status, json } = await board.ask('GET', '/board/live', { token: await claims(claim) });
    expect(status).toBe(403);
    expect(json).toMatchObject({ detail: 'the token\'s claim "board" does not list "read"' });
    expect(board.lines.at(-1)).toMatchObject({ level: 'WARN', fields: { sub: 'alice', status: 403 } });
  });

  it.each([['read'], ['stop, read'], [['read', 'something new']]])('is open to the claim %j', async (claim) => {
    expect((await boardUnderTest().ask('GET', '/board/live', { token: await claims(claim) })).status).toBe(200);
  });

  it('does not let a reader stop, nor a stopper read', async () => {
    const board = boardUnderTest();
    board.rows.stream.set('a', { phase: 'live' });
    const [read, stop] = [await boardToken('read'), await boardToken('stop')];
    expect((await board.ask('POST', '/board/streams/a/stop', { token: read })).status).toBe(403);
    expect((await board.ask('GET', '/board/streams/a', { token: stop })).status).toBe(403);
    expect(board.rows.stream.get('a')).toEqual({ phase: 'live' });
    expect((await board.ask('POST', '/board/streams/a/stop', { token: stop })).status).toBe(200);
  });

  it('is not there without token settings', async () => {
    const board = boardUnderTest({}, PAGE);
    for (const [method, path] of [
      ['GET', '/board'],
      ['GET', '/board/live'],
      ['OPTIONS', '/board/live'],
      ['POST', '/board/streams/a/stop'],
    ] as const) {
      const { status, json } = await board.ask(method, path, LOCAL);
      expect(status).toBe(404);
      expect(json).toMatchObject({ detail: 'there is nothing here' });
    }
  });

  it('is open on the local stack to who sits there, and needs a token once there are token settings', async () => {
    const open = boardUnderTest({ IS_OFFLINE: 'true' });
    for (const host of ['127.0.0.1:3000', 'localhost:3000', '[::1]:3000']) {
      expect((await open.ask('GET', '/board/live', { ...LOCAL, headers: { host } })).status).toBe(200);
    }
    expect((await boardUnderTest(WITH_SECRET).ask('GET', '/board/live', LOCAL)).status).toBe(401);
  });

  it.each([
    ['another machine', { ...LOCAL, sourceIp: '192.168.1.7' }, 404],
    ['a name that leads here', { ...LOCAL, headers: { host: 'evil.example.com:3000' } }, 404],
    ['a page of another origin', { ...LOCAL, headers: { ...LOCAL.headers, origin: 'https://evil.example.com' } }, 403],
    ['a page without an origin', { ...LOCAL, headers: { ...LOCAL.headers, origin: 'null' } }, 403],
  ])('of the local stack is closed to %s', async (_, question, status) => {
    const board = boardUnderTest({ IS_OFFLINE: 'true' });
    board.rows.stream.set('a', { phase: 'live' });
    expect((await board.ask('GET', '/board/live', question)).status).toBe(status);
    expect((await board.ask('POST', '/board/streams/a/stop', question)).status).toBe(status);
    expect(board.rows.stream.get('a')).toEqual({ phase: 'live' });
  });

  it('is open to the origins of BOARD_ORIGINS, exactly, with a preflight and on errors too', async () => {
    const board = boardUnderTest({ ...WITH_SECRET, BOARD_ORIGINS: 'https://ops.example.com, https://b.example.com' });
    const from = (origin: string) => ({ headers: { origin } });
    const preflight = await board.ask('OPTIONS', '/board/live', from('https://b.example.com'));
    expect(preflight).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': 'https://b.example.com',
        'access-control-allow-methods': 'GET, POST, DELETE',
        'access-control-allow-headers': 'Authorization, Content-Type',
      },
    });
    const denied = await board.ask('GET', '/board/live', from('https://ops.example.com'));
    expect(denied).toMatchObject({
      status: 401,
      headers: { 'access-control-allow-origin': 'https://ops.example.com' },
    });
    for (const origin of ['https://ops.example.com.evil.com', 'http://ops.example.com', 'https://OPS.example.com']) {
      for (const method of ['OPTIONS', 'GET']) {
        const { status, headers } = await board.ask(method, '/board/live', from(origin));
        expect(status).toBe(403);
        expect(headers).not.toHaveProperty('access-control-allow-origin');
      }
    }
  });

  it('takes the Origin of its own page, which browsers send with each POST', async () => {
    const token = await boardToken('read');
    const headers = { origin: 'https://api.example.com' };
    expect((await boardUnderTest().ask('GET', '/board/live', { token, headers })).status).toBe(200);
  });

  it('serves the files of its page to anybody, with their own policy', async () => {
    const board = boardUnderTest(WITH_SECRET, PAGE);
    const { status, headers, body } = await board.ask('GET', '/board');
    expect({ status, body }).toEqual({ status: 200, body: '<p>the page' });
    expect(headers).toMatchObject({
      'content-type': 'text/html',
      'content-security-policy': "script-src 'self'",
      'x-content-type-options': 'nosniff',
    });
    expect((await board.ask('GET', '/board/board.js')).status).toBe(404);
  });

  it('gives each answer the headers of security, and nothing to keep', async () => {
    const board = boardUnderTest();
    const token = await boardToken('read');
    const answers = [
      await board.ask('GET', '/board/live', { token }),
      await board.ask('GET', '/board/live'),
      await board.ask('GET', '/board/nothing', { token }),
    ];
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
    }
  });

  it.each([
    ['GET', '/board/nothing', 404],
    ['GET', '/board/streams', 404],
    ['GET', '/board/streams/', 404],
    ['GET', '/board/live/x', 404],
    ['GET', '/board/__proto__', 404],
    ['POST', '/board', 405],
    ['HEAD', '/board', 405],
    ['PUT', '/board/live', 405],
    ['DELETE', '/board/streams/a', 405],
    ['POST', '/board/streams/a', 405],
  ])('answers %s %s with %i', async (method, path, status) => {
    const board = boardUnderTest(WITH_SECRET, PAGE);
    const { status: given, headers } = await board.ask(method, path, { token: await boardToken('read') });
    expect(given).toBe(status);
    expect(headers['allow']).toBe(status === 405 ? 'GET' : undefined);
  });

  it('writes one line for each request: who and what, and neither token, id nor parameter', async () => {
    const board = boardUnderTest();
    const token = await boardToken('read');
    board.rows.stream.set('secret-id', { phase: 'live' });
    await board.ask('GET', '/board/streams/secret-id', { token });
    await board.ask('GET', '/board/live', { token, query: 'name=secret-name' });
    expect(board.lines.map(({ fields }) => fields)).toEqual([
      { method: 'GET /board/streams/{id}', sub: 'alice', status: 200, milliseconds: 0, requestId: 'request-1' },
      { method: 'GET /board/live', sub: 'alice', status: 200, milliseconds: 0, requestId: 'request-1' },
    ]);
    expect(JSON.stringify(board.lines)).not.toMatch(/secret|eyJ/);
  });
});
