import { describe, expect, it } from 'vitest';
import { allow, deny } from '../../../lib/access/decision.ts';
import { configOf, connect, having, publish, SESSION, statusOf } from '../../support/client.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import { signToken, WITH_SECRET } from '../../support/tokens.ts';

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

  it('does not apply where the session cannot be read: that fails open or closed', async () => {
    const hooks = hooksUnderTest(
      { IS_OFFLINE: 'true', FAIL_OPEN: 'message' },
      { decides: { publishStream: [], sendMessage: [] }, decide: () => deny('never') },
    );
    hooks.memory.down.store = true;
    expect((await publish(hooks, 'x')).statusCode).toBe(503);
    expect(await statusOf(hooks, 'sendMessage', {})).toBe(200);
  });

  it('that throws, or returns no decision, has decided nothing: that fails open or closed, and the log says why', async () => {
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

  it('sees the subject of a token on the hook itself', async () => {
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
