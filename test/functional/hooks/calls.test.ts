import { describe, expect, it } from 'vitest';
import { deny } from '../../../lib/access/decision.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';

const CALL = {
  ...{ nodeId: 'n', appKey: 'a', sessionId: 's', callId: 'c', caller: '1001', callee: '+493012345642' },
  ...{ sipMessageRaw: 'HIDDEN', sipHeaders: { a: 'HIDDEN' }, sdp: 'HIDDEN', custom: { token: 'HIDDEN' } },
};
type Hooks = ReturnType<typeof hooksUnderTest>;
async function lineOf(hooks: Hooks, method: string, fields: object, headers?: Record<string, string>) {
  await hooks.send({ method, body: JSON.stringify({ ...CALL, ...fields }), ...(headers ? { headers } : {}) });
  return hooks.lines().at(-1) ?? {};
}
const TOLD = ['caller', 'callee', 'sipStatus', 'info'];

describe('the log', () => {
  it('tells of a call that failed who called whom, what SIP said and why, with short numbers', async () => {
    const hooks = hooksUnderTest();
    const failed = { status: 'FAILED', sipStatus: 404, info: 'Not found' };
    expect(await lineOf(hooks, 'CallStatusEvent', failed)).toMatchObject({
      level: 'INFO',
      wcsStatus: 'FAILED',
      id: 'c',
      status: 200,
      caller: '1001',
      callee: '+4930…42',
      sipStatus: 404,
      info: 'Not found',
    });
    expect(await lineOf(hooks, 'CallStatusEvent', { status: 'BUSY' })).toMatchObject({ callee: '+4930…42' });
    expect(JSON.stringify(hooks.lines())).not.toMatch(/HIDDEN|12345/);
  });

  it('tells them in full where LOG_NUMBERS says so', async () => {
    const hooks = hooksUnderTest({ IS_OFFLINE: 'true', LOG_NUMBERS: 'full' });
    expect(await lineOf(hooks, 'CallStatusEvent', { status: 'FAILED' })).toMatchObject({ callee: '+493012345642' });
  });

  it('tells of a call that was denied, and of no other', async () => {
    const own = { decides: { call: [], OnCallEvent: [] }, decide: () => deny('never') };
    const denied = await lineOf(hooksUnderTest({ IS_OFFLINE: 'true' }, own), 'call', {});
    expect(denied).toMatchObject({ outcome: 'denied', caller: '1001', callee: '+4930…42', reason: 'own: never' });
    for (const [method, status] of [
      ['call', 'PENDING'],
      ['CallStatusEvent', 'ESTABLISHED'],
      ['CallStatusEvent', 'FINISH'],
    ] as const) {
      const line = await lineOf(hooksUnderTest(), method, { status });
      for (const field of TOLD) expect(line[field]).toBeUndefined();
    }
  });

  it('tells nothing of a call to whoever has no credentials, nor of what is no call', async () => {
    const line = await lineOf(hooksUnderTest({ HOOK_SECRET: 's' }), 'CallStatusEvent', { status: 'FAILED' });
    expect(line).toMatchObject({ status: 403 });
    for (const field of TOLD) expect(line[field]).toBeUndefined();
  });
});
