/** The settings of tokens. Tokens are off by default, and need all these settings when they are on. */
import type { TokenSettings } from '../platform/token-verifier.ts';
import type { Environment } from './environment.ts';

/** RFC 7518: the key is at least as long as the hash. */
const LEAST_SECRET_BYTES = 32;

const TOKEN_SECRETS = ['TOKEN_SECRET', 'TOKEN_SECRET_PREVIOUS'];
const TOKEN_SETTINGS = ['TOKEN_JWKS_URL', 'TOKEN_ISSUER', 'TOKEN_AUDIENCE', 'TOKEN_FIELD', 'TOKEN_FOR'];

/** The settings that switch tokens on. Not the secret of a deployed stage, which may be there before that deploy. */
const switchesOf = (env: Environment) =>
  (env['SECRETS_PATH'] ? TOKEN_SETTINGS : [...TOKEN_SECRETS, ...TOKEN_SETTINGS]).filter((name) => env[name]);

/** Whether tokens are switched on. */
export const usesTokens = (env: Environment): boolean => switchesOf(env).length > 0;

/** @returns undefined if tokens are off */
export function readTokens(
  env: Environment,
  problems: string[],
): (TokenSettings & { readonly field: string }) | undefined {
  const given = switchesOf(env);
  if (given.length === 0) return undefined;
  const { TOKEN_SECRET, TOKEN_SECRET_PREVIOUS, TOKEN_JWKS_URL, TOKEN_ISSUER, TOKEN_AUDIENCE, TOKEN_FIELD } = env;
  const isHalf = `${given.join(', ')} set without`;
  if (!TOKEN_SECRET && !TOKEN_JWKS_URL) {
    const parameter = env['SECRETS_PATH'] ? `, the parameter ${env['SECRETS_PATH']}/token-secret` : '';
    problems.push(
      `${isHalf} TOKEN_SECRET (HS256${parameter}) or TOKEN_JWKS_URL (RS256, ES256): set the one that your tokens need`,
    );
  }
  if (TOKEN_SECRET && TOKEN_JWKS_URL) {
    problems.push('TOKEN_SECRET and TOKEN_JWKS_URL are both set: tokens are signed in one way, remove the other');
  }
  if (!TOKEN_ISSUER) problems.push(`${isHalf} TOKEN_ISSUER: set the \`iss\` of your tokens`);
  if (!TOKEN_AUDIENCE) problems.push(`${isHalf} TOKEN_AUDIENCE: set the \`aud\` of your tokens`);
  for (const name of TOKEN_SECRETS) {
    if (env[name] && Buffer.byteLength(env[name]) < LEAST_SECRET_BYTES) {
      problems.push(`${name} is shorter than ${LEAST_SECRET_BYTES} bytes: openssl rand -hex 32 makes one`);
    }
  }
  if (TOKEN_JWKS_URL && !isSecureUrl(TOKEN_JWKS_URL)) {
    problems.push('TOKEN_JWKS_URL is not an https:// address without a user: whoever can change the keys can sign');
  }
  return {
    keys: TOKEN_SECRET
      ? { secrets: [TOKEN_SECRET, ...(TOKEN_SECRET_PREVIOUS ? [TOKEN_SECRET_PREVIOUS] : [])] }
      : { jwksUrl: TOKEN_JWKS_URL ?? '' },
    issuer: TOKEN_ISSUER ?? '',
    audience: TOKEN_AUDIENCE ?? '',
    field: TOKEN_FIELD || 'token',
  };
}

/** Whether nobody on the way can change the keys: https, or on this machine. */
function isSecureUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username } = new URL(text);
  if (username) return false;
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname));
}
