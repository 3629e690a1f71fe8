import { describe, expect, it } from 'vitest';
import { configOf, connect, having, publish, statusOf } from '../../support/client.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';

describe('without a policy', () => {
  it('every hook is allowed, no session is read, and no method fails', async () => {
    const hooks = hooksUnderTest();
    expect(having(await configOf(hooks), 'restOnError', 'FAIL')).toEqual([]);
    expect((await publish(hooks, 'any')).statusCode).toBe(200);
    expect(await statusOf(hooks, 'playStream', { mediaSessionId: 'm', name: 'x' })).toBe(200);
    expect(await statusOf(hooks, 'call', { callId: 'c', callee: '100' })).toBe(200);
    expect(hooks.memory.counts).toEqual({ reads: 0, upserts: 4 });
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
