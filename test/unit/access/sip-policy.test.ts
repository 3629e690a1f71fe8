import { describe, expect, it } from 'vitest';
import { decideSip, sipAccountFor, type SipRules } from '../../../lib/access/sip-policy.ts';
import { sipAccountOf } from '../../../lib/access/sip-account.ts';
import type { TokenCheck } from '../../../lib/access/decision.ts';
import { NO_SIP_ACCOUNT, SIP_FIELDS } from '../../../lib/wcs/sip-fields.ts';

const NOBODY: SipRules = { of: 'nobody' };
const CLIENT: SipRules = { of: 'client' };
const EVERYBODY: SipRules = { of: 'everybody', account: 'line' };
const APPS: SipRules = { of: 'apps', accounts: new Map([['app', 'line']]) };
const ALL = [NOBODY, CLIENT, EVERYBODY, APPS];

const accountFor = (rules: SipRules, body: object = {}, token?: TokenCheck) =>
  sipAccountFor(rules, { method: 'connect', body: { ...body }, at: 0, ...(token ? { token } : {}) });
const decideFor = (rules: SipRules, body: object, assigned?: Parameters<typeof decideSip>[2]) =>
  decideSip(rules, { method: 'connect', body: { ...body }, at: 0 }, assigned);

describe('the account of a connection', () => {
  it('is everybody’s, its app’s or none', () => {
    expect(ALL.map((rules) => accountFor(rules, { appKey: 'app' }))).toEqual([undefined, undefined, 'line', 'line']);
    expect(ALL.map((rules) => accountFor(rules, { appKey: 'b' }))).toEqual([undefined, undefined, 'line', undefined]);
  });

  it('is the one that its token names, if that is valid', () => {
    for (const rules of ALL) expect(accountFor(rules, { appKey: 'app' }, { claims: { sip: 'alice' } })).toBe('alice');
    const others: TokenCheck[] = [{ claims: {} }, { problem: 'expired' }, { unverifiable: 'no keys' }];
    for (const token of others) expect(accountFor(EVERYBODY, {}, token)).toBe('line');
  });
});

describe('policy sip', () => {
  const [none, allow] = [{ effect: 'allow', overwrite: NO_SIP_ACCOUNT }, { effect: 'allow' }];

  it('leaves a page its own account only where the setting says so', () => {
    for (const field of SIP_FIELDS) {
      expect(ALL.map((rules) => decideFor(rules, { [field]: false }))).toEqual([none, allow, none, none]);
    }
  });

  it('leaves a page without an account alone, unless accounts are configured', () => {
    for (const body of [{}, { sipLogin: null, login: 'alice' }]) {
      expect(ALL.map((rules) => decideFor(rules, body))).toEqual([allow, allow, none, none]);
    }
  });

  it('puts the account in the answer, or says which one cannot be had', () => {
    const reading = sipAccountOf({ sipLogin: '1', sipPassword: 'p', sipDomain: 'd' });
    const account = 'account' in reading ? reading.account : expect.fail();
    for (const rules of ALL) {
      expect(decideFor(rules, {}, { name: 'line', lookup: { account } })).toEqual({
        effect: 'allow',
        overwrite: account,
      });
      expect(decideFor(rules, {}, { name: 'line', lookup: { problem: 'it is not JSON' } })).toEqual({
        effect: 'deny',
        reason: 'the account line cannot be used: it is not JSON',
      });
      expect(decideFor(rules, {}, { name: 'line', lookup: { unavailable: new Error('down') } })).toEqual({
        effect: 'undecided',
        reason: 'the account line cannot be read',
      });
    }
  });
});
