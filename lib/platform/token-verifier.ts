/** Verifies tokens (JWT, RFC 7519) with the keys that the operator configured. A token never chooses its algorithm. */
import type { JSONWebKeySet, JWTPayload, JWTVerifyOptions } from 'jose';
import { createLocalJWKSet } from 'jose/jwks/local';
import { createRemoteJWKSet, customFetch } from 'jose/jwks/remote';
import { jwtVerify, type JWTVerifyGetKey } from 'jose/jwt/verify';
import { readClaims, readSub } from '../access/claims.ts';
import type { TokenCheck } from '../access/decision.ts';

export interface TokenSettings {
  /** HS256 with a shared secret (one of two during a rotation), or RS256 and ES256 with the public keys that a server publishes. */
  readonly keys: { readonly secrets: readonly string[] } | { readonly jwksUrl: string };
  readonly issuer: string;
  readonly audience: string;
}

/** `at`: the time of the token's hook, at which it must be valid, in milliseconds since the epoch. */
export type VerifyToken = (token: unknown, at: number) => Promise<TokenCheck>;

/** Enough for any token: WCS sends it with each hook. */
const MAX_BYTES = 8192;
const TOLERANCE_SECONDS = 60;
const FETCH_TIMEOUT_MS = 1500;
/** How long a withdrawn key stays valid … */
const KEYS_FRESH_MS = 10 * 60 * 1000;
/** … and how long the last keys stay valid while their server is down. */
const KEYS_LIVE_MS = 24 * 3600 * 1000;
/** The least time between two fetches because of unknown keys. */
const COOLDOWN_MS = 30_000;
/** How long we wait after the server has failed, while we have no keys. */
const PAUSE_MS = 5000;

export function createTokenVerifier({ keys, issuer, audience }: TokenSettings, now: () => number): VerifyToken {
  const [getKeys, algorithms] =
    'secrets' in keys
      ? [keys.secrets.map(sharedKey), ['HS256']]
      : [[publicKeys(keys.jwksUrl, now)], ['RS256', 'ES256']];

  return async (token, at) => {
    if (typeof token !== 'string') return { problem: 'not a string' };
    if (token.length > MAX_BYTES) return { problem: `over ${MAX_BYTES} bytes` };
    try {
      const payload = await payloadOf(token, getKeys, {
        algorithms,
        issuer,
        audience,
        requiredClaims: ['exp'],
        clockTolerance: TOLERANCE_SECONDS,
        currentDate: new Date(at),
      });
      const read = readClaims(payload);
      return 'problem' in read ? unusable(read.problem, payload) : read;
    } catch (error) {
      return error instanceof KeysError ? { unverifiable: error } : unusable(problemOf(error), verifiedPayload(error));
    }
  };
}

function unusable(problem: string, payload: unknown): TokenCheck {
  const sub = readSub(payload);
  return { problem, ...(sub === undefined ? {} : { sub }) };
}

function sharedKey(secret: string): JWTVerifyGetKey {
  const key = new TextEncoder().encode(secret);
  return () => Promise.resolve(key);
}

/** Verifies the token with the first of the keys that fits. */
async function payloadOf(
  token: string,
  [getKey, ...others]: readonly JWTVerifyGetKey[],
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  if (!getKey) throw new Error('no key');
  try {
    return (await jwtVerify(token, getKey, options)).payload;
  } catch (error) {
    if (others.length === 0 || codeOf(error) !== WRONG_SIGNATURE) throw error;
    return payloadOf(token, others, options);
  }
}

const WRONG_SIGNATURE = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';
const codeOf = (error: unknown) => (error as { code?: string }).code;

/** The key server cannot be reached, or serves no keys. */
class KeysError extends Error {
  override name = 'KeysError';
}

function publicKeys(url: string, now: () => number): JWTVerifyGetKey {
  let last: { readonly text: string; readonly at: number } | undefined;
  let failure: { readonly cause: unknown; readonly at: number } | undefined;

  async function fetchKeys(address: string, options: RequestInit): Promise<Response> {
    // Spare hooks the wait for a server that has just failed.
    if (!last && failure && now() - failure.at < PAUSE_MS) throw new KeysError('no keys', { cause: failure.cause });
    try {
      const response = await fetch(address, options);
      const text = await response.text();
      if (response.status !== 200) throw new Error(`the key server answered ${response.status}`);
      // This throws if the response is not a key set.
      createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);
      last = { text, at: now() };
    } catch (cause) {
      failure = { cause, at: now() };
      if (!last || now() - last.at > KEYS_LIVE_MS) throw new KeysError('no keys', { cause });
    }
    return new Response(last.text);
  }

  return createRemoteJWKSet(new URL(url), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cacheMaxAge: KEYS_FRESH_MS,
    cooldownDuration: COOLDOWN_MS,
    [customFetch]: fetchKeys,
  });
}

const EXPIRED = 'ERR_JWT_EXPIRED';
const WRONG_CLAIM = 'ERR_JWT_CLAIM_VALIDATION_FAILED';

/** The claims of a token whose signature is valid but whose claims are not: jose checks them only after the signature. */
const verifiedPayload = (error: unknown): unknown =>
  [EXPIRED, WRONG_CLAIM].includes(codeOf(error) ?? '') ? (error as { payload?: unknown }).payload : undefined;

/** Explains jose's error without quoting the token. */
function problemOf(error: unknown): string {
  const { claim } = error as { claim?: string };
  switch (codeOf(error)) {
    case EXPIRED:
      return 'expired';
    case WRONG_CLAIM:
      return CLAIM_PROBLEMS[claim ?? ''] ?? 'unusable claims';
    case WRONG_SIGNATURE:
      return 'wrong signature';
    case 'ERR_JOSE_ALG_NOT_ALLOWED':
      return 'another algorithm';
    case 'ERR_JWKS_NO_MATCHING_KEY':
    case 'ERR_JWKS_MULTIPLE_MATCHING_KEYS':
      return 'unknown key';
    default:
      return 'no valid token';
  }
}

const CLAIM_PROBLEMS: Readonly<Record<string, string>> = {
  iss: 'another issuer',
  aud: 'another audience',
  exp: 'without a usable expiry',
  nbf: 'not yet valid',
};
