import { describe, expect, it } from 'vitest';
import { checkAuthentication } from '../../../../../infra/cli/doctor/authentication.ts';
import type { Level } from '../../../../../infra/cli/doctor/finding.ts';
import { TIMEOUT, type Gateway, type NoReply, type Reply } from '../../../../../infra/cli/doctor/gateway.ts';
import type { Credentials } from '../../../../../infra/cli/doctor/probes.ts';
import { verify } from '../../../../../lib/wcs/signature.ts';
import { noReply, reply } from '../../../../support/replies.ts';

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
        const check = verify(headers['Authorization'], body, { secrets: ['s'], basic: { user: 'u', password: 'p' } });
        shown.push(check);
        return Promise.resolve(answers[check] ?? reply(check === 'authentic' ? 200 : 403));
      },
      close: () => {},
    };
    const { findings, authorize, isNowhere } = await checkAuthentication(gateway, credentials);
    const level = (check: string) => findings.find((one) => one.check === check)?.level;
    return { findings, level, authorize, isNowhere, shown };
  }

  it('finds one healthy that accepts who has the credentials, and nobody else', async () => {
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
