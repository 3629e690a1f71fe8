import { describe, expect, it } from 'vitest';
import { connect, publish, send, SESSION, statusOf } from '../../support/client.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import { NOW, signToken, WITH_SECRET } from '../../support/tokens.ts';

describe('a token', () => {
  const RIGHTS = { publish: ['room-*', 'mine'], play: ['room-*'], call: ['100', '200'] };

  it('that denies shows in the row and in the log who was denied and why; the caller sees the policy alone', async () => {
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

  it('is in no row, log line or response, nor are its claims in a response', async () => {
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
