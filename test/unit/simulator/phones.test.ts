import { describe, expect, it } from 'vitest';
import { METHODS, type MethodName } from '../../../lib/wcs/methods.ts';
import { outcomeOf, rowsAfter } from '../../simulator/outcome.ts';
import { shownAccounts } from '../../simulator/call-outcome.ts';
import { createConfigAwareWcs, type ClientNotice } from '../../simulator/config-aware-wcs.ts';
import { createPhone, registration, request, start, status } from '../../simulator/phones.ts';
import { createRandom } from '../../simulator/random.ts';
import { connects, disconnects } from '../../simulator/sessions.ts';
import { noteTime } from '../../simulator/stream-states.ts';
import { parseObject, type Fields, type Hook } from '../../simulator/wcs.ts';
import { CONSTRUCTED } from '../../support/fixtures.ts';

const GIVEN = {
  ...{ sipRegisterRequired: true, sipLogin: 'sales', sipAuthenticationName: 'sales-auth', sipPassword: 'given secret' },
  ...{ sipVisibleName: 'Sales', sipDomain: 'pbx.example.com', sipOutboundProxy: 'pbx.example.com', sipPort: 5070 },
};
const NONE = { ...Object.fromEntries(Object.keys(GIVEN).map((name) => [name, ''])), sipRegisterRequired: false };
const HIDES = { clientExclude: Object.keys(GIVEN).join(',') };
const HIDDEN = { ConnectionStatusEvent: HIDES, RegistrationStatusEvent: HIDES };
const REDIRECTS = { restOnError: 'FAIL', restPolicy: 'OVERWRITE', restOverwrite: 'callee' };

/** A status is an error; fields change the echo. */
type Answers = Record<string, number | Fields>;

const phoneOf = (incoming = false, withoutAccount = false) =>
  createPhone(createRandom(1), { nodeId: 'node', incoming, withoutAccount, callee: 'asked' });

/** A WCS with a phone, whose backend answers as told to. */
function wcsOf(answers: Answers, forgetsConfig = false) {
  const sent: Hook[] = [];
  const notices: ClientNotice[] = [];
  const wcs = createConfigAwareWcs({
    wcs: {
      send(hook) {
        sent.push(hook);
        const special = answers[hook.method] ?? {};
        const isError = typeof special === 'number';
        const fields = isError ? undefined : { ...parseObject(hook.body), ...special };
        return Promise.resolve({
          ...{ method: hook.method, acknowledged: !isError, milliseconds: 0 },
          ...{ status: isError ? special : 200, fields },
        });
      },
    },
    forgetsConfig,
    onTold: (one) => notices.push(one),
  });
  return {
    wcs,
    play: async (...hooks: readonly Hook[]) => {
      for (const hook of hooks) await wcs.send(hook);
    },
    methods: () => sent.map(({ method }) => method),
    bodyOf: (method: string) => parseObject(sent.findLast((hook) => hook.method === method)?.body ?? '') ?? {},
    toldOf: (method: string) => notices.findLast((notice) => notice.method === method)?.fields ?? {},
  };
}

const given = (account: Fields, config: Fields = HIDDEN) => ({ connect: { ...account, restClientConfig: config } });
const lifeOf = (phone: ReturnType<typeof phoneOf>) => [
  ...connects(phone),
  registration(phone),
  start(phone),
  status(phone, 'RING', 180),
];

describe('the SIP account of a connection', () => {
  it('is the one that the answer to connect gives, whatever the page sent', async () => {
    for (const phone of [phoneOf(), phoneOf(false, true)]) {
      const { wcs, play, bodyOf } = wcsOf(given(GIVEN));
      await play(...lifeOf(phone));
      for (const method of ['ConnectionStatusEvent', 'RegistrationStatusEvent'])
        expect(bodyOf(method)).toMatchObject(GIVEN);
      for (const method of ['call', 'CallStatusEvent'])
        expect(bodyOf(method)).toMatchObject({ caller: 'sales', callee: 'asked' });
      expect(outcomeOf(wcs, 'call')).toEqual([
        '1 of 1 phones registered, 1 with an account from the backend.',
        '1 of 1 calls started.',
      ]);
    }
  });

  it('is called, where a call comes in', async () => {
    const { play, bodyOf } = wcsOf(given(GIVEN));
    await play(...lifeOf(phoneOf(true)));
    expect(bodyOf('OnCallEvent')).toMatchObject({ caller: 'asked', callee: 'sales' });
    expect(bodyOf('CallStatusEvent')).toMatchObject({ caller: 'asked', callee: 'sales' });
  });

  it('is that of the page where the backend gives none, and the bytes are those of the script', async () => {
    for (const [answers, forgets] of [
      [{}, false],
      [given(GIVEN), true],
    ] as const) {
      const phone = phoneOf();
      const { wcs, play, bodyOf } = wcsOf(answers, forgets);
      await play(...lifeOf(phone));
      expect(bodyOf('RegistrationStatusEvent')).toMatchObject(phone.account ?? {});
      expect(bodyOf('call')).toMatchObject({ caller: phone.caller });
      expect(outcomeOf(wcs, 'session')).toEqual(['1 of 1 phones registered.']);
    }
  });

  it('never changes who the connection is', async () => {
    const { play, bodyOf } = wcsOf(given({ ...GIVEN, nodeId: 'x', sessionId: 'x', appKey: 'x' }));
    const phone = phoneOf();
    await play(...lifeOf(phone));
    expect(bodyOf('RegistrationStatusEvent')).toMatchObject({ nodeId: 'node', sessionId: phone.sessionId });
    expect(bodyOf('RegistrationStatusEvent')).not.toHaveProperty('restClientConfig');
  });

  it('is none where the backend takes it away: nothing registers, and a call fails', async () => {
    for (const [answers, phone] of [
      [given(NONE), phoneOf()],
      [given({ ...GIVEN, sipRegisterRequired: false }), phoneOf()],
      [{}, phoneOf(false, true)],
    ] as const) {
      const { wcs, play, methods, bodyOf } = wcsOf(answers);
      await play(...lifeOf(phone), status(phone, 'ESTABLISHED', 200));
      expect(methods()).toEqual(['connect', 'ConnectionStatusEvent', 'call', 'CallStatusEvent']);
      expect(bodyOf('CallStatusEvent')).toMatchObject({ status: 'FAILED', info: 'not registered' });
      expect(outcomeOf(wcs, 'call')).toEqual([
        '0 of 1 phones registered.',
        '0 of 1 calls started, 1 had no SIP account.',
      ]);
      const { rows } = rowsAfter(new Map([[phone.callId, { incoming: false, phase: 'ended' }]]), 'call', wcs);
      expect(rows.get(phone.callId)).toMatchObject({ phase: 'ended', status: 'FAILED', live: null });
    }
  });

  it('is none, and the call is denied: it does not fail as well', async () => {
    const phone = phoneOf();
    const { wcs, play, methods } = wcsOf({ ...given(NONE, { call: { restOnError: 'FAIL' } }), call: 403 });
    await play(...lifeOf(phone));
    expect(methods()).toEqual(['connect', 'ConnectionStatusEvent', 'call']);
    expect(outcomeOf(wcs, 'call')[1]).toBe('0 of 1 calls started, 1 was denied.');
  });

  it('is none: the row of its session has no registration', async () => {
    const phone = phoneOf();
    const row = { phase: 'live', registration: 'REGISTERED' };
    const rowAfter = async (answers: Answers) => {
      const { wcs, play } = wcsOf(answers);
      await play(...lifeOf(phone));
      return rowsAfter(new Map([[phone.sessionId, row]]), 'session', wcs).rows.get(phone.sessionId);
    };
    expect(await rowAfter(given(NONE))).toEqual({ ...row, registration: null });
    expect(await rowAfter(given(GIVEN))).toEqual(row);
    expect(await rowAfter({ connect: 403 })).toBeUndefined();
  });

  it('is none: no call comes in, and there is no row', async () => {
    const phone = phoneOf(true);
    const { wcs, play, methods } = wcsOf(given(NONE));
    await play(...lifeOf(phone));
    expect(methods()).toEqual(['connect', 'ConnectionStatusEvent']);
    const { rows } = rowsAfter(new Map([[phone.callId, { incoming: true, phase: 'live' }]]), 'call', wcs);
    expect(rows.get(phone.callId)).toBeNull();
  });
});

describe('the page', () => {
  it('is shown nothing of the account that clientExclude names, and its own words as they are', async () => {
    const { wcs, play, toldOf } = wcsOf(given(GIVEN));
    const phone = phoneOf();
    await play(...lifeOf(phone), disconnects(phone));
    expect(Object.keys(toldOf('RegistrationStatusEvent'))).toEqual(['nodeId', 'appKey', 'sessionId', 'status']);
    expect(toldOf('connect')).toMatchObject(phone.account ?? {});
    expect(shownAccounts(wcs.connections)).toEqual([]);
  });

  it.each(['ConnectionStatusEvent', 'RegistrationStatusEvent'])(
    'that sees the account in %s is reported, for any field of it',
    async (method) => {
      for (const field of Object.keys(GIVEN).filter((name) => name !== 'sipRegisterRequired')) {
        const others = Object.keys(GIVEN).filter((name) => name !== field);
        const config = { ...HIDDEN, [method]: { clientExclude: others.join(',') } };
        const { wcs, play } = wcsOf(given(GIVEN, config));
        await play(...lifeOf(phoneOf()));
        expect(shownAccounts(wcs.connections)).toEqual([
          '1 page was shown a SIP account from the backend: see clientExclude.',
        ]);
      }
    },
  );

  it('may see that it has no account, and its own', async () => {
    for (const answers of [given(NONE, {}), {}]) {
      const { wcs, play } = wcsOf(answers);
      await play(...lifeOf(phoneOf()));
      expect(shownAccounts(wcs.connections)).toEqual([]);
    }
  });
});

describe('a call', () => {
  const redirected = { ...given(GIVEN, { ...HIDDEN, call: REDIRECTS }), call: { callee: 'right' } };

  it('goes to the callee that the backend gives, and all that follows says so', async () => {
    const phone = phoneOf();
    const { wcs, play, bodyOf } = wcsOf(redirected);
    await play(...lifeOf(phone));
    expect(bodyOf('call')).toMatchObject({ callee: 'asked' });
    expect(bodyOf('CallStatusEvent')).toMatchObject({ caller: 'sales', callee: 'right' });
    expect(outcomeOf(wcs, 'call').slice(1)).toEqual([
      '1 of 1 calls started.',
      '1 call went to right, which is not what the pages asked for.',
    ]);
    const row = { caller: phone.caller, callee: phone.callee, phase: 'live' };
    const { rows } = rowsAfter(new Map([[phone.callId, row]]), 'call', wcs);
    expect(rows.get(phone.callId)).toMatchObject({ caller: 'sales', callee: 'right' });
  });

  it('goes where the page wanted without OVERWRITE', async () => {
    const { wcs, play, bodyOf } = wcsOf({ ...redirected, ...given(GIVEN) });
    await play(...lifeOf(phoneOf()));
    expect(bodyOf('CallStatusEvent')).toMatchObject({ callee: 'asked' });
    expect(outcomeOf(wcs, 'call')).toHaveLength(2);
  });

  it('that is answered 403 is stopped by FAIL, and denied in vain without', async () => {
    for (const incoming of [false, true]) {
      const method = incoming ? 'OnCallEvent' : 'call';
      const phone = phoneOf(incoming);
      const stopped = wcsOf({ ...given(GIVEN, { [method]: { restOnError: 'FAIL' } }), [method]: 403 });
      await stopped.play(...lifeOf(phone));
      expect(stopped.methods().at(-1)).toBe(method);
      expect(outcomeOf(stopped.wcs, 'call')[1]).toBe('0 of 1 calls started, 1 was denied.');
      const { rows } = rowsAfter(new Map([[phone.callId, { phase: 'live' }]]), 'call', stopped.wcs);
      expect(rows.get(phone.callId)).toEqual({ phase: 'denied', status: 'DENIED', live: null });

      const inVain = wcsOf({ ...given(GIVEN, {}), [method]: 403 });
      await inVain.play(...lifeOf(phone));
      expect(inVain.methods().at(-1)).toBe('CallStatusEvent');
      expect(outcomeOf(inVain.wcs, 'call').slice(1)).toEqual([
        '1 of 1 calls started.',
        '1 call was denied, and started nevertheless.',
      ]);
    }
  });

  it('of a declined connection is none', async () => {
    const phone = phoneOf();
    const { wcs, play, methods } = wcsOf({ connect: 403 });
    await play(...lifeOf(phone));
    expect(methods()).toEqual(['connect', 'ConnectionStatusEvent']);
    expect(outcomeOf(wcs, 'call')).toEqual([
      '0 of 1 phones registered.',
      '0 of 1 calls started.',
      '1 connection was declined.',
    ]);
    const { rows } = rowsAfter(new Map([[phone.callId, { phase: 'live' }]]), 'call', wcs);
    expect(rows.get(phone.callId)).toBeNull();
  });
});

describe('the times of a call', () => {
  const rowOf = async (phase: string, hooks: (phone: ReturnType<typeof phoneOf>) => Hook[]) => {
    const phone = phoneOf();
    const { wcs, play } = wcsOf(given(GIVEN));
    const before = Date.now();
    await play(...lifeOf(phone), ...hooks(phone));
    const row = { phase, sessionId: phone.sessionId };
    const { rows } = rowsAfter(new Map([[phone.callId, row]]), 'call', wcs);
    const found = {
      least: expect.toSatisfy((n: number) => n >= before - 1000) as number,
      most: expect.any(Number) as number,
    };
    return { row: rows.get(phone.callId), found };
  };

  it('are those of the first answer and the first end', async () => {
    const { row, found } = await rowOf('ended', (phone) => [
      ...[status(phone, 'ESTABLISHED', 200), status(phone, 'HOLD', 200), status(phone, 'FINISH')],
    ]);
    expect(row).toMatchObject({
      answeredAt: found,
      endedAt: found,
      talkSeconds: { least: expect.any(Number) as number },
    });
    expect(row).not.toHaveProperty('transferAt');
  });

  it('are none before the answer and before the end', async () => {
    expect((await rowOf('live', () => [])).row).toMatchObject({ answeredAt: null, endedAt: null, talkSeconds: null });
    const busy = await rowOf('ended', (phone) => [status(phone, 'BUSY', 486)]);
    expect(busy.row).toMatchObject({ answeredAt: null, endedAt: busy.found, talkSeconds: 0 });
  });

  it('have the end of the session for a call whose hangup got lost, if its end is to be presumed', async () => {
    const lost = (phone: ReturnType<typeof phoneOf>) => [status(phone, 'ESTABLISHED', 200), disconnects(phone)];
    const ended = await rowOf('ended', lost);
    expect(ended.row).toMatchObject({ answeredAt: ended.found, endedAt: ended.found });
    expect((await rowOf('live', lost)).row).toMatchObject({ endedAt: null });
  });

  it('have the last word about a transfer', async () => {
    const { row, found } = await rowOf('live', (phone) => [request(phone, 'transfer', { target: 'x' })]);
    expect(row).toMatchObject({ transferAt: found });
  });
});

it('the times of a call are those of its first answer, its first end, and the last word about its transfer', () => {
  const told: Parameters<typeof noteTime>[0]['told'] = {};
  const words: [method: string, status: string][] = [
    ['CallStatusEvent', 'RING'],
    ['CallStatusEvent', 'HOLD'],
    ['CallStatusEvent', 'ESTABLISHED'],
    ['TransferStatusEvent', 'TRYING'],
    ['TransferStatusEvent', 'FAILED'],
    ['CallStatusEvent', 'BUSY'],
    ['CallStatusEvent', 'FINISH'],
  ];
  for (const [at, [method, status]] of words.entries())
    noteTime({ told } as Parameters<typeof noteTime>[0], method, { status }, { from: at, to: at });
  expect(told).toEqual({ answered: { from: 1, to: 1 }, transferred: { from: 4, to: 4 }, ended: { from: 5, to: 5 } });
});

it.each(CONSTRUCTED)('$file has fields that are documented for its method, and no others', ({ method, text }) => {
  const documented = Object.keys(METHODS[method as MethodName].schema.entries);
  expect(Object.keys(parseObject(text) ?? {}).filter((name) => !documented.includes(name))).toEqual([]);
  expect(text).toBe(JSON.stringify(JSON.parse(text)));
});
