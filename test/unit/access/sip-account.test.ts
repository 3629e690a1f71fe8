import { describe, expect, it } from 'vitest';
import { isSipAccountName } from '../../../lib/access/sip-account-name.ts';
import { readSipAccount } from '../../../lib/access/sip-account.ts';

const WHOLE = {
  sipRegisterRequired: true,
  sipLogin: '1001',
  sipAuthenticationName: 'auth-1001',
  sipPassword: 'S3CRET',
  sipDomain: 'sip.example.com',
  sipOutboundProxy: 'proxy.example.com',
  sipPort: 5061,
  sipVisibleName: 'Click to Call',
};
const read = (value: unknown) => readSipAccount(JSON.stringify(value));

describe('a SIP account', () => {
  it('is its eight fields', () => {
    expect(read(WHOLE)).toEqual({ account: WHOLE });
    expect(read({ ...WHOLE, sipPort: '5061' })).toEqual({ account: WHOLE });
  });

  it('needs login, password and domain; what else is left out or empty follows from them', () => {
    const account = {
      ...{ sipRegisterRequired: true, sipLogin: '1001', sipAuthenticationName: '1001', sipPassword: 'S3CRET' },
      ...{ sipDomain: 'sip.example.com', sipOutboundProxy: 'sip.example.com', sipPort: 5060, sipVisibleName: '1001' },
    };
    const least = { sipLogin: '1001', sipPassword: 'S3CRET', sipDomain: 'sip.example.com' };
    expect(read(least)).toEqual({ account });
    expect(read({ ...least, sipAuthenticationName: '', sipOutboundProxy: '', sipVisibleName: '' })).toEqual({
      account,
    });
  });

  it('needs no password where it does not register', () => {
    const trunk = { sipLogin: '1001', sipDomain: 'sip.example.com' };
    expect(read({ ...trunk, sipRegisterRequired: false })).toMatchObject({ account: { sipPassword: '' } });
    expect(read(trunk)).toEqual({ problem: 'sipPassword is missing, and sipRegisterRequired is not false' });
  });

  it.each([
    [{ sipLogin: undefined }, 'sipLogin is missing'],
    [{ sipLogin: '' }, 'sipLogin: expected at least one character'],
    [{ sipDomain: undefined }, 'sipDomain is missing'],
    [{ sipDomain: 5 }, 'sipDomain: expected a string'],
    [{ sipPassword: ['S3CRET'] }, 'sipPassword: expected a string'],
    [{ sipPassword: 'S3CRET\r\nVia: x' }, 'sipPassword: expected no control characters, such as line breaks'],
    [{ sipPassword: 'S3CRET'.repeat(50) }, 'sipPassword: expected at most 256 characters'],
    [{ sipRegisterRequired: 'S3CRET' }, 'sipRegisterRequired: expected true or false'],
    [{ sipPort: 'S3CRET' }, 'sipPort: expected a number'],
    [{ sipPort: '' }, 'sipPort: expected a number'],
    [{ sipPort: 0 }, 'sipPort: expected 1 to 65535'],
    [{ sipPort: 65_536 }, 'sipPort: expected 1 to 65535'],
    [{ sipPort: 50.5 }, 'sipPort: expected a whole number'],
    [{ S3CRET: 1 }, 'it has a field other than sipRegisterRequired, sipLogin'],
  ])('with %j is rejected, and no value is shown', (fields, problem) => {
    const reading = read({ ...WHOLE, ...fields });
    expect(reading).toEqual({ problem: expect.stringContaining(problem) as string });
    expect(JSON.stringify(reading)).not.toContain('S3CRET');
  });

  it.each(['S3CRET', '{"sipPassword":"S3CRET"', ''])('is not %j', (json) => {
    expect(readSipAccount(json)).toEqual({ problem: 'it is not JSON' });
  });

  it.each(['"S3CRET"', '["S3CRET"]', 'null', '5'])('is not %j', (json) => {
    expect(readSipAccount(json)).toEqual({ problem: 'it is not a JSON object' });
  });
});

it.each([
  ['click2call', true],
  ['Line_2.a-b', true],
  ['x'.repeat(64), true],
  ['x'.repeat(65), false],
  ['', false],
  ['a/b', false],
  ['..\n', false],
  ['ä', false],
  ['client', false],
])('the name of an account can be %j: %j', (name, can) => expect(isSipAccountName(name)).toBe(can));
