import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sign, verify } from '../../../lib/wcs/signature.ts';
import { capture } from '../../support/fixtures.ts';

const BODY = Buffer.from(capture('StreamStatusEvent.publishing'));
const SECRETS = { secrets: ['new secret', 'old secret'] };
const BASIC = { secrets: [], basic: { user: 'wcs', password: 'pässword:1' } };
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('a signature', () => {
  it('is the lower-case HMAC-MD5 of the raw body', () => {
    const hex = createHmac('md5', 'k').update(BODY).digest('hex');
    expect(sign(BODY, 'k')).toBe(`WCS ${hex}`);
    // RFC 2202, test case 2: an independent value.
    expect(sign(Buffer.from('what do ya want for nothing?'), 'Jefe')).toBe('WCS 750c783e6ab0b503eaa86e310a5db738');
  });

  it('is taken with the current and with the previous secret, in either case of hex and scheme', () => {
    const signature = sign(BODY, 'new secret');
    for (const header of [
      signature,
      sign(BODY, 'old secret'),
      signature.toUpperCase(),
      signature.replace('WCS', 'wcs'),
      `  ${signature.replace(' ', '   ')}  `,
      `\t${signature.replace(' ', '\t \t')}\t`,
    ]) {
      expect(verify(header, BODY, SECRETS)).toBe('authentic');
    }
  });

  it('is rejected when it is wrong in any way, and never throws', () => {
    const hex = sign(BODY, 'new secret').slice(4);
    const reserialised = Buffer.from(JSON.stringify(JSON.parse(BODY.toString()), null, 1));
    for (const wrong of [
      sign(BODY, 'another secret').slice(4),
      sign(Buffer.from('{}'), 'new secret').slice(4),
      sign(reserialised, 'new secret').slice(4),
      hex.slice(0, -1),
      hex.slice(0, -2),
      `${hex}0`,
      `${hex}00`,
      `${hex.slice(0, -1)}g`,
      `${hex.slice(0, -1)}\u{1f600}`,
      `${hex} ${hex}`,
      'z'.repeat(32),
      '',
    ]) {
      expect(verify(`WCS ${wrong}`, BODY, SECRETS)).toBe('wrong');
    }
  });

  it('is rejected where no secret is configured, even one made with an empty key', () => {
    expect(verify(sign(BODY, ''), BODY, BASIC)).toBe('wrong');
    expect(verify(sign(BODY, ''), BODY, { secrets: [] })).toBe('wrong');
  });
});

describe('Basic', () => {
  it('is taken with the right user and password', () => {
    expect(verify(basic('wcs:pässword:1'), BODY, BASIC)).toBe('authentic');
    expect(verify(basic('wcs:pässword:1').replace('Basic', 'bAsIc'), BODY, BASIC)).toBe('authentic');
  });

  it('is taken in the bytes of a JVM, which are Latin-1 where no charset is known', () => {
    const latin1 = (text: string) => `Basic ${Buffer.from(text, 'latin1').toString('base64')}`;
    // As sun.net.www.protocol.http sends the user wcs with the password pässwört.
    expect(verify('Basic d2NzOnDkc3N39nJ0', BODY, { secrets: [], basic: { user: 'wcs', password: 'pässwört' } })).toBe(
      'authentic',
    );
    expect(verify(latin1('wcs:pässword:1'), BODY, BASIC)).toBe('authentic');
    const everyLatin1 = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
    const any = { secrets: [], basic: { user: 'ü', password: everyLatin1 } };
    for (const encode of [basic, latin1]) expect(verify(encode(`ü:${everyLatin1}`), BODY, any)).toBe('authentic');
  });

  it('is not taken in Latin-1 where that lacks a character: `?` or another byte would let others in', () => {
    const euros = { secrets: [], basic: { user: 'wcs', password: '€€' } };
    expect(verify(basic('wcs:€€'), BODY, euros)).toBe('authentic');
    for (const bytes of [Buffer.from('wcs:??'), Buffer.from('wcs:€€', 'latin1')]) {
      expect(verify(`Basic ${bytes.toString('base64')}`, BODY, euros)).toBe('wrong');
    }
  });

  it('is rejected with anything else', () => {
    for (const wrong of ['wcs:', 'wcs:pässword:2', 'wcs:pässword:1 ', ':pässword:1', 'wcs', '', 'WCS:pässword:1']) {
      expect(verify(basic(wrong), BODY, BASIC)).toBe('wrong');
    }
    expect(verify('Basic \u{1f600}', BODY, BASIC)).toBe('wrong');
    expect(verify(basic('wcs:pässword:1'), BODY, SECRETS)).toBe('wrong');
  });
});

describe('an Authorization header', () => {
  it('is missing when it is absent or blank', () => {
    for (const missing of [undefined, '', '   ']) expect(verify(missing, BODY, SECRETS)).toBe('missing');
  });

  it('is wrong under another scheme', () => {
    for (const other of ['Bearer abc', 'WCS', 'Basic', `WCS${sign(BODY, 'new secret').slice(4)}`]) {
      expect(verify(other, BODY, { ...SECRETS, ...BASIC, secrets: SECRETS.secrets })).toBe('wrong');
    }
  });
});
