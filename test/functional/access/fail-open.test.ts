import { describe, expect, it } from 'vitest';
import { connect, publish, statusOf } from '../../support/client.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import { signToken, WITH_SECRET } from '../../support/tokens.ts';

describe('while the session cannot be read', () => {
  const outage = async (env: Record<string, string> = {}) => {
    const hooks = hooksUnderTest({ ...WITH_SECRET, ...env });
    await connect(hooks, await signToken({ claims: { publish: ['*'], play: ['*'] } }));
    hooks.memory.down.store = true;
    return hooks;
  };

  it('publishing is denied and playing continues, and both are logged', async () => {
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

  it('FAIL_OPEN says what is allowed', async () => {
    const open = await outage({ FAIL_OPEN: 'publish' });
    expect((await publish(open, 'x')).statusCode).toBe(200);
    expect(await statusOf(open, 'playStream', { mediaSessionId: 'p', name: 'x' })).toBe(503);
    // A call has no row that could not be written: the reading alone failed.
    expect(await statusOf(open, 'call', { callee: '100' })).toBe(503);
    expect(open.lines().at(-1)?.['cause']).toContain('ECONNREFUSED');
    // Whatever else fails, a token's terms apply to what it allows.
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
});
