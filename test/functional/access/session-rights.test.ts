import { describe, expect, it } from 'vitest';
import { allow } from '../../../lib/access/decision.ts';
import { connect, publish, send, SESSION, statusOf } from '../../support/client.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import { NOW, signToken, WITH_SECRET } from '../../support/tokens.ts';

describe('a token', () => {
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

  it('covers its session up to the longest id that has a row; of a longer one, or of none, nothing is read', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    const token = await signToken({ claims: RIGHTS });
    const rightsOf = async (sessionId: string) => {
      const before = hooks.memory.counts.reads;
      expect((await connect(hooks, token, { sessionId })).statusCode).toBe(200);
      return [(await publish(hooks, 'mine', { sessionId })).statusCode, hooks.memory.counts.reads - before];
    };
    for (const longest of ['x'.repeat(2048), 'ä'.repeat(1024)]) expect(await rightsOf(longest)).toEqual([200, 1]);
    for (const none of ['x'.repeat(2049), `x${'ä'.repeat(1024)}`, '']) expect(await rightsOf(none)).toEqual([403, 0]);
  });

  it('on the hook itself wins over the session’s, whether it allows more or less', async () => {
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

  it('with more claims than a row should hold is denied at connect, and valid on a hook', async () => {
    const token = await signToken({ claims: { publish: Array.from({ length: 200 }, (_, n) => `room-number-${n}`) } });
    const hooks = hooksUnderTest(WITH_SECRET);
    expect((await connect(hooks, token)).statusCode).toBe(403);
    expect(hooks.memory.sessions.get(SESSION)?.denied).toBe('token: more claims than a session can keep');
    expect((await publish(hooks, 'room-number-7', { custom: { token } })).statusCode).toBe(200);
  });
});
