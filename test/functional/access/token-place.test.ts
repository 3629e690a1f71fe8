import { describe, expect, it } from 'vitest';
import { configOf, connect, having, publish, SESSION, statusOf } from '../../support/client.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import { NOW, signToken, WITH_SECRET } from '../../support/tokens.ts';

describe('a token', () => {
  const RIGHTS = { publish: ['room-*', 'mine'], play: ['room-*'], call: ['100', '200'] };

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

  it('is read from custom.aclAuth wherever it is read from custom.token, which wins', async () => {
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

  it('in aclAuth allows an HLS player, by the hook as WCS sends it', async () => {
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

  it('is needed for what TOKEN_FOR says; one at connect must be valid in any case, and covers the rest', async () => {
    const hooks = hooksUnderTest({ ...WITH_SECRET, TOKEN_FOR: 'publish', BANS: 'false' });
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
});
