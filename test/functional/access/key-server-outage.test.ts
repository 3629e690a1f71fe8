import { describe, expect, it, vi } from 'vitest';
import { connect, publish, SESSION, statusOf } from '../../support/client.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import { ALL_RIGHTS, signToken, startKeyServer } from '../../support/tokens.ts';

describe('while the key server is down', () => {
  it('a token is verified as long as the keys that were fetched before live', async () => {
    const server = await startKeyServer();
    const hooks = hooksUnderTest(server.env);
    const parts = { claims: ALL_RIGHTS, header: { alg: 'ES256', kid: 'ec' }, key: server.ec.privateKey };
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

  it('a connection is denied unless connect fails open; its origin is still checked', async () => {
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
      // A connection that was allowed without a check has no rights.
      expect((await publish(open, 'x')).statusCode).toBe(403);
    }
    await keys.close();
  });

  it('and does not answer, a connection is denied within two seconds', async () => {
    const keys = await startKeyServer();
    keys.control.answer = () => {};
    const token = await signToken({ header: { alg: 'ES256', kid: 'ec' }, key: keys.ec.privateKey });
    const started = performance.now();
    expect((await connect(hooksUnderTest(keys.env), token)).statusCode).toBe(503);
    expect(performance.now() - started).toBeLessThan(2500);
    await keys.close();
  });

  it('and has just failed, no other hook waits for it; five seconds later one does', async () => {
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

  it('a connection that was allowed without a check shows so, and leaves later decisions open', async () => {
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
    expect(hooks.lines().at(-1)).toMatchObject({ reason: 'token: the connection failed open' });
    await keys.close();
  });
});
