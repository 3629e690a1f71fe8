import { describe, expect, it } from 'vitest';
import { firstDifference } from '../../../../../infra/cli/doctor/answers.ts';
import type { Finding, Level } from '../../../../../infra/cli/doctor/finding.ts';
import { TIMEOUT } from '../../../../../infra/cli/doctor/gateway.ts';
import { checkConnect, checkEcho, checkRestClientConfig, overwritten } from '../../../../../infra/cli/doctor/hooks.ts';
import { restClientConfig } from '../../../../../lib/wcs/rest-client-config.ts';
import { hidingSipFields, NO_SIP_ACCOUNT } from '../../../../../lib/wcs/sip-fields.ts';
import { DENIAL, noReply, reply } from '../../../../support/replies.ts';

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
    expect(checkRestClientConfig(none).means).toContain('Only connect can be denied');
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
