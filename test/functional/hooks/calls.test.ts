import { describe, expect, it } from 'vitest';
import { allow, deny } from '../../../lib/access/decision.ts';
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
  it('says of a failed call who called whom, what SIP said and why, with short numbers', async () => {
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

  it('has at most 256 characters of each, and no part of a password in what is cut', async () => {
    const long = {
      caller: `sip:${'a'.repeat(240)}:HIDDEN@pbx.example.com`,
      info: `https://u:HIDDEN${'x'.repeat(300)}@pbx.example.com/`,
    };
    const hooks = hooksUnderTest();
    await lineOf(hooks, 'CallStatusEvent', { status: 'FAILED', ...long, sipStatus: '4'.repeat(999) });
    const written = JSON.parse(hooks.written.at(-1) ?? '') as Record<string, string>;
    for (const field of TOLD) expect(written[field]?.length).toBeLessThanOrEqual(256);
    expect(hooks.written.join('')).not.toMatch(/HID/);
  });

  it('has the numbers in full with LOG_NUMBERS=full', async () => {
    const hooks = hooksUnderTest({ IS_OFFLINE: 'true', LOG_NUMBERS: 'full' });
    expect(await lineOf(hooks, 'CallStatusEvent', { status: 'FAILED' })).toMatchObject({ callee: '+493012345642' });
  });

  it('names the parties of a denied call, and of no other', async () => {
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

  it('names no parties of a call without credentials, nor of what is not a call', async () => {
    const line = await lineOf(hooksUnderTest({ HOOK_SECRET: 's' }), 'CallStatusEvent', { status: 'FAILED' });
    expect(line).toMatchObject({ status: 403 });
    for (const field of TOLD) expect(line[field]).toBeUndefined();
  });
});

describe('a call', () => {
  const send = (hooks: Hooks, method: string, second: number, fields: object = {}) =>
    hooks.send({ method, at: 1000 * second, body: JSON.stringify({ ...CALL, ...fields }) });
  const own = (decision: ReturnType<typeof deny>) => ({
    decides: { call: [], hold: [] },
    decide: () => decision,
  });

  it('is a row from its first hook to its last, in whatever order they come', async () => {
    const hooks = hooksUnderTest();
    await send(hooks, 'CallStatusEvent', 20, { status: 'FINISH' });
    await send(hooks, 'CallStatusEvent', 8, { status: 'ESTABLISHED' });
    await send(hooks, 'call', 1, { status: 'PENDING' });
    expect(hooks.lines().map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied']);
    expect(hooks.memory.calls.get('c')).toMatchObject({ phase: 'ended', talkSeconds: 12, callee: '+493012345642' });
    expect(JSON.stringify([...hooks.memory.calls])).not.toContain('HIDDEN');
  });

  it('that is denied is a row; a hold that is denied denies not its call', async () => {
    const hooks = hooksUnderTest({ IS_OFFLINE: 'true' }, own(deny('never')));
    expect((await send(hooks, 'call', 1)).statusCode).toBe(403);
    expect(hooks.memory.calls.get('c')).toMatchObject({ phase: 'denied', denied: 'own: never' });
    await send(hooks, 'CallStatusEvent', 2, { status: 'ESTABLISHED', callId: 'd' });
    expect((await send(hooks, 'hold', 3, { callId: 'd' })).statusCode).toBe(403);
    expect(hooks.memory.calls.get('d')).toMatchObject({ phase: 'live' });
    expect(hooks.memory.calls.get('d')).not.toHaveProperty('denied');
  });

  it('that continues although it was denied is reported', async () => {
    const hooks = hooksUnderTest({ IS_OFFLINE: 'true' }, own(deny('never')));
    await send(hooks, 'call', 1);
    await send(hooks, 'CallStatusEvent', 2, { status: 'RING' });
    expect(hooks.lines().at(-1)).toMatchObject({ level: 'WARN', outcome: 'denial ignored' });
  });

  it.each(['TRYING', 'ESTABLISHED'])(
    'under an id that another client has (%s) changes nothing of its row, is told, and denied where a policy decides calls',
    async (status) => {
      for (const [hooks, answered] of [
        [hooksUnderTest({ IS_OFFLINE: 'true' }, own(allow())), 403],
        [hooksUnderTest(), 200],
      ] as const) {
        await send(hooks, 'call', 1, { status: 'PENDING' });
        await send(hooks, 'CallStatusEvent', 2, { status });
        const before = hooks.memory.calls.get('c');
        const claim = await send(hooks, 'call', 3, { sessionId: 'other', caller: '666', status: 'PENDING' });
        expect(claim.statusCode).toBe(answered);
        expect(hooks.lines().at(-1)).toMatchObject({ level: 'WARN', outcome: 'id in use' });
        const { rivals, ...row } = hooks.memory.calls.get('c') ?? {};
        expect(row).toEqual(before);
        expect(rivals).toContain('666');
      }
    },
  );

  it('is parked while the store is away, as a stream is, and answered 200', async () => {
    const hooks = hooksUnderTest();
    hooks.memory.down.store = true;
    for (const method of ['call', 'OnCallEvent', 'CallStatusEvent', 'transfer', 'hangup']) {
      const answer = await send(hooks, method, 1, { status: 'RING', target: '1003' });
      expect(answer.statusCode).toBe(200);
      expect(hooks.lines().at(-1)).toMatchObject({ outcome: 'parked', level: 'WARN' });
    }
    expect(hooks.memory.parked.map(({ sighting: { kind, id } }) => `${kind} ${id}`)).toEqual(
      Array<string>(5).fill('call c'),
    );
  });
});
