/**
 * How WCS says who it is: `Authorization: WCS <HMAC-MD5 of the raw body, hex>` (`rest_hook_send_hash=true`), or HTTP
 * Basic (`add app -u … -p …`). Neither carries a time or a nonce: a body can be replayed for ever.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface Credentials {
  /** `rest_hook_secret_key`; during a rotation the new and the old one. Empty: signatures are not taken. */
  secrets: readonly string[];
  /** Absent: Basic is not taken. */
  basic?: { user: string; password: string };
}

export type SignatureCheck = 'authentic' | 'missing' | 'wrong';

/** The value of `Authorization` that WCS sends with a body. */
export const sign = (body: Uint8Array, secret: string) => `WCS ${hmac(body, secret).toString('hex')}`;

/** Checks an `Authorization` header against the body's raw bytes, in a time that depends on no secret. */
export function verify(authorization: string | undefined, body: Uint8Array, credentials: Credentials): SignatureCheck {
  // Anybody can send this header: no expression here whose time grows faster than what it reads.
  const given = authorization?.trim();
  if (!given) return 'missing';
  const blank = given.search(/\s/);
  const [scheme, value] = blank < 0 ? [given, ''] : [given.slice(0, blank), given.slice(blank).trimStart()];
  switch (scheme.toLowerCase()) {
    case 'wcs':
      return isSigned(value, body, credentials.secrets) ? 'authentic' : 'wrong';
    case 'basic':
      return isBasic(value, credentials.basic) ? 'authentic' : 'wrong';
    default:
      return 'wrong';
  }
}

const hmac = (body: Uint8Array, secret: string) => createHmac('md5', secret).update(body).digest();

function isSigned(hex: string, body: Uint8Array, secrets: readonly string[]): boolean {
  // Buffer.from(…, 'hex') stops silently at the first character that is no hex.
  if (!/^[0-9a-f]{32}$/i.test(hex)) return false;
  const given = Buffer.from(hex, 'hex');
  // Every secret is tried always: the time does not tell which one matched.
  return secrets.map((secret) => timingSafeEqual(hmac(body, secret), given)).includes(true);
}

function isBasic(base64: string, basic: Credentials['basic']): boolean {
  if (!basic) return false;
  // Digests have one length, which timingSafeEqual requires; the password's length does not show.
  const digest = (data: Uint8Array) => createHash('sha256').update(data).digest();
  const given = digest(Buffer.from(base64, 'base64'));
  return encodingsOf(`${basic.user}:${basic.password}`)
    .map((bytes) => timingSafeEqual(given, digest(bytes)))
    .includes(true);
}

/**
 * How clients send it: in UTF-8, or in Latin-1, as a JVM does that does not know or heed the challenge's `charset`. Where
 * Latin-1 lacks a character there is nothing else to take: a JVM puts `?` for it, with which other passwords would be accepted, too.
 */
function encodingsOf(text: string): readonly Buffer[] {
  const utf8 = Buffer.from(text);
  return [utf8, /[^\u0000-\u00ff]/.test(text) ? utf8 : Buffer.from(text, 'latin1')];
}
