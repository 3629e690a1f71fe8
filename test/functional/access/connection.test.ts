import { describe, expect, it } from 'vitest';
import { allow } from '../../../lib/access/decision.ts';
import { APP, connect, publish, send, SESSION, statusOf } from '../../support/client.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import { NOW, signToken, WITH_SECRET } from '../../support/tokens.ts';

const granted = () => signToken({ claims: { publish: ['*'], play: ['*'] } });

describe('an allowed connection', () => {
  it('that is only parked is answered 503, as all that it asks for would be denied; unless that fails open', async () => {
    const closed = hooksUnderTest(WITH_SECRET);
    closed.memory.down.store = true;
    expect((await connect(closed, await granted())).statusCode).toBe(503);
    expect(closed.lines().at(-1)).toMatchObject({ level: 'ERROR', outcome: 'failed', status: 503 });

    const open = hooksUnderTest({ ...WITH_SECRET, FAIL_OPEN: 'connect,play' });
    open.memory.down.store = true;
    expect((await connect(open, await granted())).statusCode).toBe(200);
    open.memory.down.store = false;
    // It may have shown a token: the operator decides whether what it asks for is allowed.
    expect(await statusOf(open, 'playStream', { mediaSessionId: 'p', name: 'x' })).toBe(200);
    expect(open.lines().at(-1)).toMatchObject({ reason: 'token: the connection is not known', failedOpen: 1 });
    expect((await publish(open, 'x')).statusCode).toBe(503);
    // Those who never connect have no connection that could be on its way.
    for (const method of ['playHLS', 'playRTSP']) {
      expect(await statusOf(open, method, { mediaSessionId: method, name: 'x' })).toBe(403);
    }
  });

  it('by its origin is allowed whatever the store does: nothing later depends on its row', async () => {
    const hooks = hooksUnderTest({ IS_OFFLINE: 'true', ALLOWED_ORIGINS: 'https://example.com' });
    const origin = 'https://example.com';
    hooks.memory.down.store = true;
    expect((await connect(hooks, undefined, { origin })).statusCode).toBe(200);
    hooks.memory.down.queue = true;
    expect((await connect(hooks, undefined, { origin })).statusCode).toBe(200);
    expect((await connect(hooks, undefined, { origin: 'https://evil.net' })).statusCode).toBe(403);
  });

  it('keeps its rights when its connect is repeated after the token’s expiry', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    const body = JSON.stringify({ ...APP, sessionId: SESSION, custom: { token: await granted() } });
    await hooks.send({ method: 'connect', body, at: NOW * 1000 });
    await send(hooks, 'ConnectionStatusEvent', { status: 'ESTABLISHED' }, NOW * 1000 + 1000);
    expect((await hooks.send({ method: 'connect', body, at: NOW * 1000 + 3_600_000 })).statusCode).toBe(403);
    expect(hooks.memory.sessions.get(SESSION)).toMatchObject({ phase: 'live', sub: 'alice' });
    expect(hooks.memory.sessions.get(SESSION)).not.toHaveProperty('denied');
    expect((await publish(hooks, 'x')).statusCode).toBe(200);
  });
});

describe('a denied connection', () => {
  it('stays denied after WCS has reported its failure, even if it lives nevertheless', async () => {
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
        // A hook in its name is denied for that reason, and not as its connection has ended; nobody is alice by it.
        await publish(hooks, 'x', { sessionId });
        expect(hooks.memory.rows.get('stream-x')).toMatchObject({ denied: 'token: the connection was denied' });
        expect(hooks.memory.rows.get('stream-x')).not.toHaveProperty('sub');
      }
    }
  });

  it('is named as the reason of later denials, as one that has ended is', async () => {
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
