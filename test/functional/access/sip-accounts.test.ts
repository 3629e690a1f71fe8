import { describe, expect, it } from 'vitest';
import { allow } from '../../../lib/access/decision.ts';
import { toMessage } from '../../../lib/store/parked-message.ts';
import { METHOD_NAMES } from '../../../lib/wcs/methods.ts';
import { SIP_FIELDS } from '../../../lib/wcs/sip-fields.ts';
import { APP, connect, send, SESSION, type Hooks } from '../../support/client.ts';
import { hooksUnderTest, json } from '../../support/hooks-under-test.ts';
import { capture } from '../../support/fixtures.ts';
import { NOW, signToken, WITH_SECRET } from '../../support/tokens.ts';

const ACCOUNT = {
  sipRegisterRequired: true,
  sipLogin: 'MARKER-login',
  sipAuthenticationName: 'MARKER-auth',
  sipPassword: 'MARKER-password',
  sipDomain: 'MARKER-domain',
  sipOutboundProxy: 'MARKER-proxy',
  sipPort: 5061,
  sipVisibleName: 'MARKER-name',
};
const NONE = {
  ...{ sipRegisterRequired: false, sipLogin: '', sipAuthenticationName: '', sipPassword: '', sipDomain: '' },
  ...{ sipOutboundProxy: '', sipPort: '', sipVisibleName: '' },
};
/** What a page brings that knows an account of its own. */
const BROUGHT = { sipRegisterRequired: true, sipLogin: 'own', sipPassword: 'own', sipDomain: 'own', sipPort: '5060' };
const ON = { IS_OFFLINE: 'true', SIP_ACCOUNT: 'line' };

function hooksWith(env: Record<string, string> = ON, accounts: object = { line: ACCOUNT }, own?: object) {
  const hooks = hooksUnderTest(env, own as Parameters<typeof hooksUnderTest>[1]);
  for (const [name, account] of Object.entries(accounts)) hooks.sip.accounts[name] = JSON.stringify(account);
  return hooks;
}
const fieldsIn = (answer: { body?: string | undefined }) =>
  Object.fromEntries(Object.entries(json(answer)).filter(([name]) => (SIP_FIELDS as readonly string[]).includes(name)));
const hiddenIn = (answer: { body?: string | undefined }) =>
  Object.entries(json(answer)['restClientConfig'] as Record<string, { clientExclude: string }>).flatMap(
    ([method, { clientExclude }]) => (SIP_FIELDS.every((f) => clientExclude.split(',').includes(f)) ? [method] : []),
  );
const HIDDEN = ['ConnectionStatusEvent', 'RegistrationStatusEvent'];
const row = (hooks: Hooks) => hooks.memory.sessions.get(SESSION);

/** All that leaves a function but the answer. */
const everything = ({ memory, written }: Hooks) =>
  JSON.stringify([...memory.rows, ...memory.sessions, ...memory.calls]) +
  memory.parked.map(({ sighting, requestId }) => toMessage(sighting, requestId)).join('') +
  written.join('');

describe('a connection that gets an account', () => {
  it('is answered its eight fields in the place of what the page sent, which its client does not learn', async () => {
    const hooks = hooksWith();
    const answer = await connect(hooks, undefined, BROUGHT);
    expect(answer.statusCode).toBe(200);
    expect(fieldsIn(answer)).toEqual(ACCOUNT);
    expect(hiddenIn(answer)).toEqual(HIDDEN);
    expect(answer.body).not.toContain('own');
    expect(hooks.sip.reads).toEqual(['line']);
  });

  it('is answered the received text but for these fields, wherever and however often they stand there', async () => {
    const body =
      '{"sipLogin" : "own","a":1.0,"sipLogin":"own","custom":{"sipLogin":"own","sipPassword":1e3},"b":"é"}\n';
    const answer = await hooksWith().send({ method: 'connect', body });
    const login = '"MARKER-login"';
    const kept = `{"sipLogin" :${login},"a":1.0,"sipLogin":${login},"custom":{"sipLogin":"own","sipPassword":1e3},"b":"é"`;
    expect(answer.body?.slice(0, kept.length)).toBe(kept);
    const { restClientConfig: _, ...fields } = json(answer);
    expect(fields).toEqual({ a: 1, custom: { sipLogin: 'own', sipPassword: 1000 }, b: 'é', ...ACCOUNT });
    expect(answer.body?.endsWith('}\n')).toBe(true);
  });

  it('gets the one of its app', async () => {
    const other = { ...ACCOUNT, sipLogin: 'MARKER-other' };
    const hooks = hooksWith(
      { IS_OFFLINE: 'true', SIP_ACCOUNT: 'app=line,app2=line2' },
      { line: ACCOUNT, line2: other },
    );
    expect(fieldsIn(await connect(hooks, undefined, {}))).toEqual(ACCOUNT);
    expect(fieldsIn(await connect(hooks, undefined, { appKey: 'app2' }))).toEqual(other);
    for (const appKey of ['app3', undefined, null, 5, ['app']]) {
      const answer = await connect(hooks, undefined, { appKey });
      expect(fieldsIn(answer)).toEqual(NONE);
      expect(hiddenIn(answer)).toEqual([]);
    }
    expect(hooks.sip.reads).toEqual(['line', 'line2']);
  });

  it.each(['line', 'client', 'app=line', ''])(
    'gets the one that its token names, with SIP_ACCOUNT=%s',
    async (name) => {
      const other = { ...ACCOUNT, sipLogin: 'MARKER-of-alice' };
      const hooks = hooksWith({ ...WITH_SECRET, SIP_ACCOUNT: name }, { line: ACCOUNT, alice: other });
      const answer = await connect(hooks, await signToken({ claims: { sip: 'alice' } }), BROUGHT);
      expect(fieldsIn(answer)).toEqual(other);
      expect(hiddenIn(answer)).toEqual(HIDDEN);
      expect(row(hooks)).toMatchObject({ phase: 'starting', sub: 'alice', claims: '{"sip":"alice"}' });
      expect(hooks.sip.reads).toEqual(['alice']);
    },
  );

  it('keeps it hidden whatever REST_CLIENT_CONFIG says, which may hide more', async () => {
    const config = {
      ConnectionStatusEvent: { clientExclude: '' },
      RegistrationStatusEvent: { clientExclude: 'custom' },
    };
    const hooks = hooksWith({ ...ON, REST_CLIENT_CONFIG: JSON.stringify(config) });
    const answer = await connect(hooks);
    expect(hiddenIn(answer)).toEqual(HIDDEN);
    expect(answer.body).toContain('"clientExclude":"custom,sip');
  });

  it('comes by the catch-all route, too: an app’s URL that ends with a slash', async () => {
    const answer = await hooksWith().send({ method: '/connect', body: '{}' });
    expect(fieldsIn(answer)).toEqual(ACCOUNT);
  });

  it.each([
    ['an account', ON, ACCOUNT, undefined],
    ['none', { IS_OFFLINE: 'true' }, NONE, undefined],
    ['one of your own policy', { IS_OFFLINE: 'true' }, { ...NONE, sipLogin: 'MARKER' }, 'MARKER'],
  ])('may not say where the calls to it ring: %s', async (_, env, fields, sipLogin) => {
    const own = {
      decides: { connect: ['sipLogin'] },
      decide: () => allow(sipLogin ? { overwrite: { sipLogin } } : {}),
    };
    for (const sipContactParams of [';a=b>,<sip:eve@example.com', 0, ['x']]) {
      const answer = await connect(hooksWith(env, { line: ACCOUNT }, own), undefined, { sipContactParams });
      expect(json(answer)['sipContactParams']).toBeNull();
      expect(fieldsIn(answer)).toEqual(fields);
    }
    for (const given of [{}, { sipContactParams: null }]) {
      const answer = await connect(hooksWith(env, { line: ACCOUNT }, own), undefined, given);
      expect(json(answer)['sipContactParams']).toBe(given.sipContactParams);
    }
  });

  it('gets it also while its row is only parked, or can be nowhere', async () => {
    const hooks = hooksWith();
    hooks.memory.down.store = true;
    expect(fieldsIn(await connect(hooks))).toEqual(ACCOUNT);
    hooks.memory.down.queue = true;
    expect(fieldsIn(await connect(hooks))).toEqual(ACCOUNT);
    expect(hooks.lines().at(-1)).toMatchObject({ outcome: 'failed', status: 200 });
  });
});

describe('a connection without an account', () => {
  it('may not bring its own', async () => {
    const hooks = hooksWith({ IS_OFFLINE: 'true' });
    for (const brought of [BROUGHT, ...SIP_FIELDS.map((field) => ({ [field]: field === 'sipLogin' ? [1] : 'x' }))]) {
      const answer = await connect(hooks, undefined, brought);
      expect(answer.statusCode).toBe(200);
      expect(fieldsIn(answer)).toEqual(NONE);
      expect(hiddenIn(answer)).toEqual([]);
    }
    expect(hooks.lines().filter(({ level }) => level !== 'INFO')).toEqual([]);
    expect(hooks.sip.reads).toEqual([]);
  });

  it.each(['connect.webrtc', 'connect.rtmp'])('that brings none is answered as without telephony: %s', async (name) => {
    const body = capture(name);
    const answer = await hooksWith({ IS_OFFLINE: 'true' }).send({ method: 'connect', body });
    expect(answer.body?.startsWith(`${body.trimEnd().slice(0, -1)},"restClientConfig":`)).toBe(true);
    expect(fieldsIn(answer)).toEqual({});
    const nulls = await hooksWith({ IS_OFFLINE: 'true' }).send({ method: 'connect', body: '{"sipLogin":null}' });
    expect(nulls.body).toMatch(/^\{"sipLogin":null,"restClientConfig":/);
  });

  it('may bring its own, and see it, where SIP_ACCOUNT=client', async () => {
    const hooks = hooksWith({ ...WITH_SECRET, SIP_ACCOUNT: 'client' });
    const answer = await connect(hooks, await signToken(), { ...BROUGHT, sipContactParams: ';a=b' });
    expect(fieldsIn(answer)).toEqual(BROUGHT);
    expect(json(answer)['sipContactParams']).toBe(';a=b');
    expect(hiddenIn(answer)).toEqual([]);
  });
});

describe('an account that cannot be had', () => {
  const cases = [
    ['is not there', {}, undefined, 403, 'denied', 'sip: the account line cannot be used: it does not exist'],
    [
      'is not usable',
      { line: { ...ACCOUNT, sipDomain: undefined } },
      undefined,
      403,
      'denied',
      'sip: the account line cannot be used: sipDomain is missing',
    ],
    ['cannot be read', {}, 'Parameter Store is away', 503, 'undecided', 'sip: the account line cannot be read'],
  ] as const;
  it.each(cases)(
    'as it %s declines the connection, with the reason',
    async (_, accounts, error, status, outcome, reason) => {
      // Without its account a telephone is of no use, whatever may fail open.
      for (const env of [ON, { ...ON, FAIL_OPEN: 'connect,play' }]) {
        const hooks = hooksWith(env, accounts);
        if (error) hooks.sip.accounts['line'] = Promise.reject(new Error(error));
        const answer = await connect(hooks, undefined, BROUGHT);
        expect(answer.statusCode).toBe(status);
        expect(answer.body).not.toContain('line');
        expect(row(hooks)).toMatchObject({ phase: 'denied', status: 'DENIED', denied: reason });
        const [line] = hooks.lines();
        expect(line).toMatchObject({ outcome, reason, status });
        expect(line?.['cause']).toEqual(error ? `Error: ${error}` : undefined);
        expect(everything(hooks)).not.toContain('MARKER');
      }
    },
  );

  it('is not looked up for a connection that is denied', async () => {
    const hooks = hooksWith({ ...WITH_SECRET, SIP_ACCOUNT: 'line' });
    expect((await connect(hooks)).statusCode).toBe(403);
    const expired = await signToken({ claims: { sip: 'line', exp: NOW - 100 } });
    expect((await connect(hooks, expired)).statusCode).toBe(403);
    const elsewhere = await signToken({ claims: { sip: '../prod/hook-secret' } });
    expect((await connect(hooks, elsewhere)).statusCode).toBe(403);
    expect(row(hooks)?.denied).toBe('token: unusable claim sip');
    expect(hooks.sip.reads).toEqual([]);
  });

  it('is not given to a connection that nobody could verify', async () => {
    const own = {
      decides: { connect: [] },
      decide: () => {
        throw new Error('a bug');
      },
    };
    const hooks = hooksWith({ ...ON, FAIL_OPEN: 'connect' }, { line: ACCOUNT }, own);
    const answer = await connect(hooks, undefined, BROUGHT);
    expect(answer.statusCode).toBe(200);
    expect(fieldsIn(answer)).toEqual(NONE);
    expect(hooks.sip.reads).toEqual([]);
  });
});

describe('your own policy', () => {
  it('may set any field of connect’s answer, those of the account among them, which stays hidden', async () => {
    const own = {
      decides: { connect: ['sipVisibleName', 'sipPort', 'login', 'keepAlive'] },
      decide: () => allow({ overwrite: { sipVisibleName: 'Alice', sipPort: 5070, login: 'alice', keepAlive: true } }),
    };
    const answer = await connect(hooksWith(ON, { line: ACCOUNT }, own), undefined, { login: 'eve' });
    expect(json(answer)).toMatchObject({ ...ACCOUNT, sipVisibleName: 'Alice', sipPort: 5070, login: 'alice' });
    expect(json(answer)).toMatchObject({ keepAlive: true, ...APP, sessionId: SESSION });
    expect(hiddenIn(answer)).toEqual(HIDDEN);
    // WCS has asked for connect before it knows of the configuration.
    expect(json(answer)['restClientConfig']).not.toHaveProperty('connect');
    // Accounts of its own are hidden as well.
    const alone = await connect(hooksWith({ IS_OFFLINE: 'true' }, {}, own), undefined, {});
    expect(fieldsIn(alone)).toEqual({ sipVisibleName: 'Alice', sipPort: 5070 });
    expect(hiddenIn(alone)).toEqual(HIDDEN);
  });

  it('that sets a field to another type than WCS knows has failed', async () => {
    const own = { decides: { connect: ['login'] }, decide: () => allow({ overwrite: { login: 5 } }) };
    const hooks = hooksWith(ON, { line: ACCOUNT }, own);
    expect((await connect(hooks)).statusCode).toBe(503);
    expect(hooks.lines().at(-1)).toMatchObject({
      reason: 'own: the policy failed',
      cause: "TypeError: the policy overwrites login with another type than WCS's",
    });
  });
});

describe('no field of an account', () => {
  it('is in a row, in the queue or in the log, whatever happens and whatever WCS reports of it later', async () => {
    const fields = { ...ACCOUNT, sipPort: 'MARKER-port', sipContactParams: 'MARKER-contact' };
    for (const env of [ON, { ...ON, FAIL_OPEN: 'connect' }, { IS_OFFLINE: 'true', SIP_ACCOUNT: 'client' }]) {
      for (const down of [{}, { store: true }, { store: true, queue: true }]) {
        const hooks = hooksWith(env);
        Object.assign(hooks.memory.down, down);
        await connect(hooks, undefined, fields);
        for (const method of METHOD_NAMES) {
          for (const status of ['ESTABLISHED', 'FAILED', 'REGISTERED']) {
            await send(hooks, method, { ...fields, mediaSessionId: 'm', callId: 'c', status }, NOW * 1000 + 1);
          }
        }
        expect(hooks.written.length).toBeGreaterThan(METHOD_NAMES.length);
        expect(everything(hooks)).not.toMatch(/MARKER|5061/);
      }
    }
  });

  it('is in the error about one that is broken', async () => {
    for (const broken of [
      { ...ACCOUNT, sipPort: 'MARKER' },
      { ...ACCOUNT, MARKER: 1 },
      { ...ACCOUNT, sipDomain: '' },
    ]) {
      const hooks = hooksWith(ON, { line: broken });
      const answer = await connect(hooks);
      expect(answer.statusCode).toBe(403);
      expect(everything(hooks) + answer.body).not.toContain('MARKER');
    }
    const hooks = hooksWith();
    hooks.sip.accounts['line'] = '{"sipPassword":"MARKER';
    expect((await connect(hooks)).statusCode).toBe(403);
    expect(everything(hooks)).not.toContain('MARKER');
  });
});
