import { describe, expect, it, vi } from 'vitest';
import { explainAnswer, firstDifference, policyOf } from '../../../../../infra/cli/doctor/answers.ts';
import { checkAuthentication } from '../../../../../infra/cli/doctor/authentication.ts';
import { summary, toText, type Finding, type Level } from '../../../../../infra/cli/doctor/finding.ts';
import { TIMEOUT, type Gateway, type NoReply, type Reply } from '../../../../../infra/cli/doctor/gateway.ts';
import { checkConnect, checkEcho, checkRestClientConfig, overwritten } from '../../../../../infra/cli/doctor/hooks.ts';
import type { Credentials } from '../../../../../infra/cli/doctor/probes.ts';
import { checkClock, checkLatency, latencyOf, percentile } from '../../../../../infra/cli/doctor/times.ts';
import { restClientConfig } from '../../../../../lib/wcs/rest-client-config.ts';
import { verify } from '../../../../../lib/wcs/signature.ts';
import { hidingSipFields, NO_SIP_ACCOUNT } from '../../../../../lib/wcs/sip-fields.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const reply = (status: number, body: string | Buffer = '', headers: Reply['headers'] = JSON_TYPE): Reply => ({
  ...{ status, headers, body: Buffer.from(body), milliseconds: 1, sentAt: 0, answeredAt: 0 },
});
const noReply = (code: string): NoReply => ({ status: undefined, code });
const DENIAL = '{"error":"Forbidden","message":"denied by the policy token"}';

describe('the doctor explains', () => {
  it.each<[Reply | NoReply, string, RegExp, RegExp]>([
    [noReply(TIMEOUT), TIMEOUT, /gives up after rest_request_timeout/, /log of the function/],
    [noReply('ECONNREFUSED'), 'no connection (ECONNREFUSED)', /No hook arrives/, /Does npm start run/],
    [reply(201), 'the answer was 201', /200 and no other success/, /pass its responses on/],
    [reply(299), 'the answer was 299', /200 and no other success/, /pass its responses on/],
    [reply(301), 'the answer was 301', /not sent again to another address/, /redirected to/],
    [reply(399), 'the answer was 399', /not sent again to another address/, /redirected to/],
    [reply(400), 'the answer was 400', /accepts only 200/, /log of the function/],
    [reply(401), 'the answer was 401', /is rejected/, /hook-secret/],
    [reply(403), 'the answer was 403', /is rejected/, /hook-secret/],
    [reply(404), 'the answer was 404', /Nothing listens/, /without a method/],
    [reply(429), 'the answer was 429', /throttles/, /custom\.throttle/],
    [reply(500), 'the answer was 500', /function fails/, /log of the function/],
    [reply(503), 'the answer was 503', /function fails/, /log of the function/],
  ])('%o', (answer, found, means, todo) => {
    expect(explainAnswer(answer)).toEqual([
      found,
      expect.stringMatching(means) as string,
      expect.stringMatching(todo) as string,
    ]);
  });

  it('as a denial only a 403 that names the policy', () => {
    expect(policyOf(reply(403, DENIAL))).toBe('token');
    expect(policyOf(reply(500, DENIAL))).toBeUndefined();
    expect(policyOf(reply(403, '{"message":"the credentials are wrong"}'))).toBeUndefined();
    expect(policyOf(reply(403, `${' '.repeat(1000)}${DENIAL}`))).toBeUndefined();
  });
});

describe('the doctor takes for the echo', () => {
  const sent = Buffer.from('{"a":1}');
  it.each([
    ['{"a":1}', undefined],
    ['{"a":2}', 5],
    ['{"a":1', 6],
    ['', 0],
    ['{"a":1}\n', 7],
    ['{"a":1}{"a":1}', 7],
  ])('what was sent, and not %j', (received, difference) => {
    expect(firstDifference(sent, Buffer.from(received))).toBe(difference);
    const finding = checkEcho('echo', sent, reply(200, received));
    expect(finding.level).toBe(difference === undefined ? 'ok' : 'problem');
    if (difference !== undefined) expect(finding.found).toContain(`from byte ${difference} on`);
  });

  it.each<[string | undefined, Level]>([
    ['application/json', 'ok'],
    ['Application/JSON; charset=utf-8', 'ok'],
    ['application/jsonp', 'problem'],
    ['text/application/json', 'problem'],
    ['text/plain', 'problem'],
    [undefined, 'problem'],
  ])('an answer of the type %s: %s', (type, level) => {
    expect(checkEcho('echo', sent, reply(200, sent, { 'content-type': type })).level).toBe(level);
  });

  it('no other status than 200, whatever comes with it', () => {
    for (const status of [201, 204, 400, 403, 500])
      expect(checkEcho('echo', sent, reply(status, sent)).level).toBe('problem');
    expect(checkEcho('echo', sent, noReply(TIMEOUT))).toMatchObject({ level: 'problem', found: TIMEOUT });
    expect(checkEcho('echo', sent, reply(403, DENIAL)).level).toBe('ok');
  });

  it('an answer in which a policy changed its fields, and no other', () => {
    const check = (received: string, taken: string[]) =>
      checkEcho('echo', Buffer.from('{"a":1,"b":1}'), reply(200, received), taken);
    expect(check('{"a":2,"b":1}', ['a'])).toMatchObject({
      level: 'ok',
      found: expect.stringContaining('but for a') as string,
    });
    expect(check('{"a":2,"b":2}', ['a']).level).toBe('problem');
    expect(check('{"a":2,"b":1,"c":1}', ['a']).level).toBe('problem');
    expect(check('{"a":2}', ['a']).level).toBe('problem');
    expect(check('not JSON', ['a']).level).toBe('problem');
    expect(check('{"a":2,"b":1}', []).level).toBe('problem');
  });
});

describe('the doctor looks at connect’s answer', () => {
  const sent = Buffer.from('{"appKey":"a"}');
  const good = restClientConfig({ failMethods: new Set(['publishStream']), overwrites: { OnCallEvent: ['callee'] } });
  const levels = (findings: readonly Finding[]) => findings.map(({ check, level }) => [check, level]);

  it('which may have a restClientConfig more, and nothing else', () => {
    const whole = { appKey: 'a', restClientConfig: good };
    expect(levels(checkConnect(sent, reply(200, JSON.stringify(whole))))).toEqual([
      ['connect', 'ok'],
      ['restClientConfig', 'ok'],
    ]);
    for (const wrong of [{ ...whole, novel: 1 }, { ...whole, appKey: 'b' }, { restClientConfig: good }, [whole]]) {
      expect(levels(checkConnect(sent, reply(200, JSON.stringify(wrong))))).toEqual([['connect', 'problem']]);
    }
    expect(levels(checkConnect(Buffer.from('x'), reply(200, 'y')))).toEqual([['connect', 'problem']]);
    expect(levels(checkConnect(sent, reply(500, JSON.stringify(whole))))).toEqual([['connect', 'problem']]);
    expect(levels(checkConnect(sent, reply(403, DENIAL)))).toEqual([
      ['connect', 'ok'],
      ['restClientConfig', 'left out'],
    ]);
  });

  it('which may have a SIP account more, if WCS is told to hide it; no field of it is shown', () => {
    const account = { sipRegisterRequired: true, sipLogin: 'S3CRET', sipPassword: 'S3CRET', sipPort: 5060 };
    const check = (fields: object) => checkConnect(sent, reply(200, JSON.stringify({ appKey: 'a', ...fields })));
    const hiding = check({ ...account, restClientConfig: hidingSipFields(good) });
    expect(levels(hiding)).toEqual([
      ['connect', 'ok'],
      ['SIP account', 'ok'],
      ['restClientConfig', 'ok'],
    ]);
    const telling = check({ ...account, restClientConfig: good });
    expect(levels(telling)[1]).toEqual(['SIP account', 'problem']);
    expect(JSON.stringify([hiding, telling])).not.toContain('S3CRET');
    expect(levels(check({ ...NO_SIP_ACCOUNT, restClientConfig: good }))).toHaveLength(2);
    const denied = checkConnect(sent, reply(403, DENIAL.replace('token', 'sip')));
    expect(denied).toMatchObject([
      { check: 'connect', level: 'problem', found: expect.stringContaining('SIP') as string },
    ]);
  });

  it.each<[string, unknown, Level, RegExp]>([
    ['that is as it should be', good, 'ok', /^FAIL for publishStream; sdp is left out$/],
    ['that is not there', undefined, 'problem', /has none/],
    ['that is null', null, 'problem', /has none/],
    ['that is a text', 'FAIL', 'problem', /has none/],
    [
      'that lets nothing fail',
      restClientConfig({ failMethods: new Set(), overwrites: {} }),
      'ok',
      /FAIL for no method/,
    ],
    [
      'that disables a method',
      { ...good, OnCallEvent: { restPolicy: 'DISABLE', restExclude: 'sdp' } },
      'warning',
      /sdp is left out; not sent at all: OnCallEvent/,
    ],
    ['that lets sdp come', { ...good, playStream: { restExclude: 'custom' } }, 'warning', /sdp comes with playStream/],
    [
      'that leaves out another field',
      { ...good, playStream: { restExclude: 'sdpFoo, mysdp' } },
      'warning',
      /sdp comes with playStream/,
    ],
    [
      'that leaves out sdp among others',
      { ...good, playStream: { restExclude: 'custom, sdp' } },
      'ok',
      /sdp is left out/,
    ],
  ])('for a restClientConfig %s', (_, config, level, found) => {
    expect(checkRestClientConfig(config)).toMatchObject({ level, found: expect.stringMatching(found) as string });
  });

  it('for what a denial binds', () => {
    expect(checkRestClientConfig(good).means).toContain('stops what the client wants');
    const none = restClientConfig({ failMethods: new Set(), overwrites: {} });
    expect(checkRestClientConfig(none).means).toContain('Nothing but connect can be denied');
  });

  it('for the fields that WCS takes from answers', () => {
    const connected = (config: object) => reply(200, JSON.stringify({ restClientConfig: config }));
    expect(overwritten('OnCallEvent', connected(good))).toEqual(['callee']);
    expect(overwritten('publishStream', connected(good))).toEqual([]);
    const notify = { OnCallEvent: { restPolicy: 'NOTIFY', restOverwrite: 'callee' } };
    expect(overwritten('OnCallEvent', connected(notify))).toEqual([]);
    expect(overwritten('OnCallEvent', reply(403))).toEqual([]);
  });
});

describe('the doctor, of authentication,', () => {
  /** A backend that answers by what it is shown. */
  async function authentication(
    answers: { missing?: Reply | NoReply; wrong?: Reply | NoReply; authentic?: Reply | NoReply },
    {
      credentials = { secret: 's' },
      url = 'https://host/rest/my_api',
    }: { credentials?: Credentials; url?: string } = {},
  ) {
    const shown: string[] = [];
    const gateway: Gateway = {
      url,
      post(_, body, headers = {}) {
        const verdict = verify(headers['Authorization'], body, { secrets: ['s'], basic: { user: 'u', password: 'p' } });
        shown.push(verdict);
        return Promise.resolve(answers[verdict] ?? reply(verdict === 'authentic' ? 200 : 403));
      },
      close: () => {},
    };
    const { findings, authorize, isNowhere } = await checkAuthentication(gateway, credentials);
    const level = (check: string) => findings.find((one) => one.check === check)?.level;
    return { findings, level, authorize, isNowhere, shown };
  }

  it('finds one well that lets in who has the credentials, and nobody else', async () => {
    const { findings, authorize, shown } = await authentication({});
    expect(findings.map(({ check, level }) => [check, level])).toEqual([
      ['without credentials', 'ok'],
      ['with a wrong signature', 'ok'],
      ['signature', 'ok'],
    ]);
    expect(shown).toEqual(['missing', 'wrong', 'authentic']);
    expect(authorize?.(Buffer.from('x'))).toHaveProperty('Authorization');
  });

  it.each<[string, Reply | NoReply]>([
    ['400', reply(400)],
    ['429', reply(429)],
    ['500', reply(500)],
    ['503', reply(503)],
    ['201', reply(201)],
    ['301', reply(301)],
  ])('takes a %s for no rejection', async (_, answer) => {
    expect((await authentication({ missing: answer })).level('without credentials')).toBe('problem');
    expect((await authentication({ wrong: answer })).level('with a wrong signature')).toBe('problem');
    expect((await authentication({ authentic: answer })).level('signature')).toBe('problem');
  });

  it('takes no answer for no rejection', async () => {
    expect((await authentication({ wrong: noReply(TIMEOUT) })).level('with a wrong signature')).toBe('problem');
    expect((await authentication({ authentic: noReply('ECONNRESET') })).level('signature')).toBe('problem');
    for (const missing of [noReply('ECONNREFUSED'), reply(404)]) {
      const { isNowhere, findings, shown } = await authentication({ missing });
      expect([isNowhere, findings.map(({ level }) => level), shown]).toEqual([true, ['problem'], ['missing']]);
    }
  });

  it('that is open is a problem, and a warning only on this machine', async () => {
    const open = { missing: reply(200) };
    expect((await authentication(open)).level('without credentials')).toBe('problem');
    expect((await authentication(open, { url: 'http://10.0.0.1/rest' })).level('without credentials')).toBe('problem');
    expect((await authentication(open, { url: 'http://127.0.0.1:3000/rest' })).level('without credentials')).toBe(
      'warning',
    );
    // The probes show what was given all the same.
    expect((await authentication(open)).authorize?.(Buffer.from('x'))).toHaveProperty('Authorization');
    expect((await authentication(open, { credentials: {} })).authorize?.(Buffer.from('x'))).toEqual({});
  });

  it('warns of hooks in the clear, but on this machine', async () => {
    expect((await authentication({}, { url: 'http://host/rest' })).level('address')).toBe('warning');
    expect((await authentication({}, { url: 'http://127.0.0.1:3000/rest' })).level('address')).toBeUndefined();
    expect((await authentication({})).level('address')).toBeUndefined();
  });

  it('tries each of the credentials that were given', async () => {
    const both = { secret: 's', user: 'u', password: 'p' };
    const challenge = reply(401, '', { 'www-authenticate': 'Basic realm="x"' });
    const { level } = await authentication({ missing: challenge }, { credentials: both });
    expect([level('signature'), level('HTTP Basic'), level('challenge')]).toEqual(['ok', 'ok', 'ok']);
    const one = await authentication({ missing: challenge }, { credentials: { ...both, secret: 'another' } });
    expect([one.level('signature'), one.level('HTTP Basic')]).toEqual(['problem', 'ok']);
    expect(one.authorize?.(Buffer.from('x'))['Authorization']).toMatch(/^Basic /);
    const other = await authentication({ missing: challenge }, { credentials: { ...both, password: 'another' } });
    expect([other.level('signature'), other.level('HTTP Basic')]).toEqual(['ok', 'problem']);
  });

  it.each<[string, Reply['headers'], Credentials, Level]>([
    ['Basic', { 'www-authenticate': 'Basic realm="x"' }, { secret: 's' }, 'ok'],
    ['something that only ends with it', { 'www-authenticate': 'X-Basic' }, { secret: 's' }, 'problem'],
    ['none, to who signs', {}, { secret: 's' }, 'warning'],
    ['none, to who has both', {}, { secret: 's', user: 'u', password: 'p' }, 'problem'],
    ['none, to who has a password', {}, { user: 'u', password: 'p' }, 'problem'],
  ])('sees a challenge: %s', async (_, headers, credentials, level) => {
    expect((await authentication({ missing: reply(401, '', headers) }, { credentials })).level('challenge')).toBe(
      level,
    );
  });
});

describe('the doctor measures', () => {
  const taking = (...milliseconds: number[]) => milliseconds.map((one) => ({ ...reply(200), milliseconds: one }));

  it('the share of hooks that were no slower', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => n + 1);
    expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile([7], 0.5), percentile([], 0.5)]).toEqual([
      50, 99, 7, 0,
    ]);
    expect(latencyOf(taking(...hundred.toReversed()), 'x').found).toBe('p50 50 ms, p99 99 ms (x)');
    expect(latencyOf(taking(9, 100, 20), 'x').found).toBe('p50 20 ms, p99 100 ms (x)');
  });

  it('a slow backend by the hooks for which there is time, and says how many they were', async () => {
    let now = 0;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now);
    const post = () => Promise.resolve({ ...reply(200), milliseconds: (now += 9000) });
    const { found } = await checkLatency(post, 50, 'without a row');
    clock.mockRestore();
    expect(found).toContain('(3 of 50 probes in time, without a row)');
  });

  it('no time where one hook failed', () => {
    for (const failed of [reply(500), reply(201), noReply(TIMEOUT)]) {
      const finding = latencyOf([...taking(1, 1), failed], '3 probes');
      expect(finding).toMatchObject({
        level: 'problem',
        found: expect.stringContaining('1 of 3 probes failed') as string,
      });
    }
  });

  it.each([
    [1999, 'ok', '2.0 s apart'],
    [2000, 'warning', '2.0 s behind'],
    [60_000, 'warning', '60.0 s behind'],
    [60_001, 'problem', '60.0 s behind'],
    [-1999, 'ok', '2.0 s apart'],
    [-2000, 'warning', '2.0 s ahead of'],
    [-60_001, 'problem', '60.0 s ahead of'],
  ] as const)('a clock that is %i ms behind the row’s: %s', (behind, level, found) => {
    const sentAt = 1_000_000;
    const answeredAt = sentAt + 500;
    const at = behind > 0 ? answeredAt + behind : sentAt + behind;
    const findings = [
      ...checkClock({ ...reply(200), sentAt, answeredAt }, { firstSeenAt: new Date(at).toISOString() }),
    ];
    expect(findings).toMatchObject([{ level, found: expect.stringContaining(found) as string }]);
  });

  it('a clock by the row rather than by the header Date, which has whole seconds only', () => {
    const headers = { date: new Date(0).toUTCString() };
    const clock = (sentAt: number, row?: { firstSeenAt: string }) =>
      [...checkClock({ ...reply(200, '', headers), sentAt, answeredAt: sentAt + 10 }, row)].map(({ found }) => found);
    expect(clock(999)).toEqual(['0.0 s apart']);
    expect(clock(3999)).toEqual(['this machine is 3.0 s ahead of the gateway']);
    expect(clock(3999, { firstSeenAt: new Date(4000).toISOString() })).toEqual(['0.0 s apart']);
    expect([...checkClock(reply(200, '', {}), undefined)]).toEqual([]);
  });
});

it('the doctor sums up problems and warnings', () => {
  const finding = (level: Level): Finding => ({ check: 'c', level, found: 'f', means: 'm', todo: 't' });
  expect(summary([finding('ok')])).toBe('Healthy.');
  expect(summary((['problem', 'warning', 'left out'] as const).map(finding))).toBe('1 problem, 1 warning, 1 left out.');
  const two = (['problem', 'warning', 'left out'] as const).flatMap((level) => [finding(level), finding(level)]);
  expect(summary(two)).toBe('2 problems, 2 warnings, 2 left out.');
  expect(toText(finding('warning'))).toBe('warning   c: f\n          m\n          > t');
});
