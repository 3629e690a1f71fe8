import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const TOKEN_SECRET = 'a secret of 32 bytes or a little more';
/** When the hooks of tests come, in seconds. */
export const NOW = 1_700_000_000;

const ISSUER = 'https://login.example.com';
const AUDIENCE = 'wcs';

/** The settings of policy token with a shared secret, on the local stack. */
export const WITH_SECRET = {
  IS_OFFLINE: 'true',
  TOKEN_SECRET,
  TOKEN_ISSUER: ISSUER,
  TOKEN_AUDIENCE: AUDIENCE,
};

export interface TokenParts {
  readonly claims?: Record<string, unknown>;
  readonly header?: { alg: string; kid?: string };
  readonly key?: CryptoKey | Uint8Array;
}

/** A token that is good for five minutes, but for what is said otherwise; a claim that is undefined is left out. */
export function signToken({ claims = {}, header = { alg: 'HS256' }, key }: TokenParts = {}): Promise<string> {
  const payload = { iss: ISSUER, aud: AUDIENCE, sub: 'alice', exp: NOW + 300, ...claims };
  return new SignJWT(payload).setProtectedHeader(header).sign(key ?? new TextEncoder().encode(TOKEN_SECRET));
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** One that no honest library makes. */
export const forgedToken = (header: object, signature: string, claims: object = {}) =>
  `${base64url(header)}.${base64url({ iss: ISSUER, aud: AUDIENCE, sub: 'eve', exp: NOW + 300, publish: ['*'], ...claims })}.${signature}`;

/** A server that publishes the public keys of two key pairs, and can be made to fail. */
export async function startKeyServer() {
  const rsa = await generateKeyPair('RS256', { extractable: true });
  const ec = await generateKeyPair('ES256', { extractable: true });
  const jwks: { keys: JWK[] } = {
    keys: [
      { ...(await exportJWK(rsa.publicKey)), kid: 'rsa' },
      { ...(await exportJWK(ec.publicKey)), kid: 'ec' },
    ],
  };
  const control = {
    requests: 0,
    answer: (response: ServerResponse): void => void response.end(JSON.stringify(jwks)),
  };
  const server = createServer((_, response) => {
    control.requests++;
    control.answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  return {
    rsa,
    ec,
    jwks,
    control,
    env: { IS_OFFLINE: 'true', TOKEN_JWKS_URL: url, TOKEN_ISSUER: ISSUER, TOKEN_AUDIENCE: AUDIENCE },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
export type KeyServer = Awaited<ReturnType<typeof startKeyServer>>;

/** The claims that allow everything. */
export const ALL_RIGHTS = { publish: ['*'], play: ['*'], call: ['100'] };

/** A token with all rights, signed with the server's RSA key, but for what is said otherwise. */
export const byRsa = (keys: KeyServer, parts: TokenParts = {}): TokenParts => ({
  ...parts,
  claims: { ...ALL_RIGHTS, ...parts.claims },
  header: { alg: 'RS256', kid: 'rsa', ...parts.header },
  key: parts.key ?? keys.rsa.privateKey,
});
