import { describe, expect, it } from 'vitest';
import { configOf, connect, send, statusOf } from '../../support/client.ts';
import { hooksUnderTest, json } from '../../support/hooks-under-test.ts';
import { signToken, WITH_SECRET } from '../../support/tokens.ts';

const CALL = { callId: 'c', caller: '1001', callee: '+490900111', status: 'PENDING', incoming: false };
const CALLEE = '+493012345642';

describe('a token with a callee', () => {
  const connected = async (claims: object) => {
    const hooks = hooksUnderTest(WITH_SECRET);
    await connect(hooks, await signToken({ claims: { ...claims } }));
    return hooks;
  };

  it('calls this one, whoever the page asked for; the answer is otherwise the received text', async () => {
    const hooks = await connected({ callee: CALLEE });
    const answer = await send(hooks, 'call', CALL);
    expect(answer.statusCode).toBe(200);
    expect(json(answer)).toEqual({ appKey: 'app', nodeId: 'node', sessionId: 'session-1', ...CALL, callee: CALLEE });
    expect(hooks.lines().at(-1)).toMatchObject({ outcome: 'applied', status: 200, callee: '+4930…42', sub: 'alice' });
    expect(hooks.memory.calls.get('c')).toMatchObject({ phase: 'starting', callee: CALLEE, sub: 'alice' });
    // WCS takes it, and calls nobody if it cannot ask.
    expect((await configOf(hooks, await signToken({ claims: { callee: CALLEE } }))).call).toMatchObject({
      restOnError: 'FAIL',
      restPolicy: 'OVERWRITE',
      restOverwrite: 'callee',
    });
  });

  it('calls it without a list; transfers it only to who is listed', async () => {
    const hooks = await connected({ callee: CALLEE, call: ['200'] });
    expect(json(await send(hooks, 'call', { ...CALL, callee: '200' }))).toMatchObject({ callee: CALLEE });
    expect(await statusOf(hooks, 'transfer', { callId: 'c', target: CALLEE })).toBe(403);
    expect(await statusOf(hooks, 'transfer', { callId: 'c', target: '200' })).toBe(200);
    expect(hooks.lines().at(-1)?.['callee']).toBeUndefined();
  });

  it('on the call itself counts before that of the connection', async () => {
    const hooks = await connected({ callee: CALLEE });
    const custom = { token: await signToken({ claims: { callee: '300' } }) };
    expect(json(await send(hooks, 'call', { ...CALL, custom }))).toMatchObject({ callee: '300' });
  });

  it('is of no use to somebody else: another session, another app, no token', async () => {
    const hooks = await connected({ callee: CALLEE });
    expect(await statusOf(hooks, 'call', { ...CALL, sessionId: 'another' })).toBe(403);
    expect(await statusOf(hooks, 'call', { ...CALL, appKey: 'another' })).toBe(403);
    const forged = await signToken({ claims: { callee: '0900' }, key: new TextEncoder().encode('x'.repeat(32)) });
    expect(await statusOf(hooks, 'call', { ...CALL, custom: { token: forged } })).toBe(403);
    expect(hooks.lines().at(-1)).toMatchObject({ outcome: 'denied', callee: '+4909…11' });
  });

  it.each([{ callee: '' }, { callee: ['1'] }, { callee: 'x'.repeat(257) }])('is unusable as %j', async (claims) => {
    const hooks = hooksUnderTest(WITH_SECRET);
    expect((await connect(hooks, await signToken({ claims }))).statusCode).toBe(403);
    expect(hooks.memory.sessions.get('session-1')?.denied).toBe('token: unusable claim callee');
  });
});

it('without one a call goes to whom the page asked for, if the token lists it', async () => {
  const hooks = hooksUnderTest(WITH_SECRET);
  await connect(hooks, await signToken({ claims: { call: ['200'] } }));
  const answer = await send(hooks, 'call', { ...CALL, callee: '200' });
  expect(json(answer)).toMatchObject({ callee: '200' });
  expect(hooks.lines().at(-1)?.['callee']).toBeUndefined();
  expect(await statusOf(hooks, 'call', CALL)).toBe(403);
});
