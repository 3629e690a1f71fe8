/** The settings of the access policies: each policy is off by default, and needs all its settings when it is on. */
import type { Policy } from '../access/decision.ts';
import { problemOfOrigin } from '../access/origin-policy.ts';
import { ownPolicy, type OwnPolicy } from '../access/own-policy.ts';
import { createPolicies } from '../access/policies.ts';
import type { SipRules } from '../access/sip-policy.ts';
import { TOKEN_ACTIONS, type TokenRules } from '../access/token-policy.ts';
import { list, words, type Environment } from './environment.ts';
import { readSip } from './sip-settings.ts';
import type { TokenSettings } from '../platform/token-verifier.ts';
import { PROTECTED_FIELDS } from '../wcs/rest-client-config.ts';
import { ACTIONS, methodNamed, METHODS, type Action } from '../wcs/methods.ts';

export interface AccessSettings {
  readonly policies: readonly Policy[];
  /** The actions that are allowed while the store or the keys cannot be reached. */
  readonly failsOpen: (action: Action | undefined) => boolean;
  /** The same for bans that nobody could read: all, but where FAIL_OPEN says otherwise. */
  readonly bansFailOpen: (action: Action | undefined) => boolean;
  readonly sip: SipRules;
  /** Undefined if the policy token is off. */
  readonly tokens: (TokenSettings & Pick<TokenRules, 'requiredFor'> & { readonly field: string }) | undefined;
}

/** RFC 7518: the key is at least as long as the hash. */
const LEAST_SECRET_BYTES = 32;

export function readAccess(env: Environment, problems: string[], own: OwnPolicy = ownPolicy): AccessSettings {
  const tokens = readTokens(env, problems);
  const requiredFor = words(env, 'TOKEN_FOR', TOKEN_ACTIONS, TOKEN_ACTIONS, problems);
  const open = words(env, 'FAIL_OPEN', [...ACTIONS, 'none'], ['play'], problems);
  if (open.includes('none') && open.length > 1) problems.push(`FAIL_OPEN=${env['FAIL_OPEN']} names none and others`);
  checkOwn(own, problems);
  const rules = {
    origins: readOrigins(env, problems),
    tokens: tokens && { requiredFor, connectFailsOpen: open.includes('connect') },
  };
  return {
    policies: createPolicies(rules, own),
    sip: readSip(env, problems),
    failsOpen: (action) => action !== undefined && open.includes(action),
    bansFailOpen: (action) => !env['FAIL_OPEN'] || (action !== undefined && open.includes(action)),
    tokens: tokens && { ...tokens, requiredFor },
  };
}

function readOrigins({ ALLOWED_ORIGINS }: Environment, problems: string[]): readonly string[] | undefined {
  const origins = list(ALLOWED_ORIGINS);
  if (ALLOWED_ORIGINS && origins.length === 0) problems.push('ALLOWED_ORIGINS names nothing');
  for (const origin of origins) {
    const problem = problemOfOrigin(origin);
    if (problem) problems.push(`ALLOWED_ORIGINS names ${JSON.stringify(origin)}: ${problem}`);
  }
  return origins.length > 0 ? origins : undefined;
}

const TOKEN_SECRETS = ['TOKEN_SECRET', 'TOKEN_SECRET_PREVIOUS'];
const TOKEN_SETTINGS = ['TOKEN_JWKS_URL', 'TOKEN_ISSUER', 'TOKEN_AUDIENCE', 'TOKEN_FIELD', 'TOKEN_FOR'];

/** A deployed stage may have its secret before a deploy switches tokens on. */
const switchesOf = (env: Environment) =>
  (env['SECRETS_PATH'] ? TOKEN_SETTINGS : [...TOKEN_SECRETS, ...TOKEN_SETTINGS]).filter((name) => env[name]);

/** Whether tokens are switched on. */
export const usesTokens = (env: Environment): boolean => switchesOf(env).length > 0;

function readTokens(env: Environment, problems: string[]): (TokenSettings & { readonly field: string }) | undefined {
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

/** https, or on this machine: nobody in between can change the keys. */
function isSecureUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username } = new URL(text);
  if (username) return false;
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname));
}

function checkOwn({ decides }: OwnPolicy, problems: string[]): void {
  const problem = (text: string) => problems.push(`lib/access/own-policy.ts decides ${text}`);
  for (const [name, fields] of Object.entries(decides)) {
    const method = methodNamed(name);
    if (method !== name) problem(`${JSON.stringify(name)}, which is not a REST method of WCS`);
    else if (!METHODS[method].action) problem(`${name}, which a denial does not stop`);
    for (const field of fields) {
      if (method === 'connect' && field === 'restClientConfig')
        problem('connect and overwrites restClientConfig: set REST_CLIENT_CONFIG');
      if (PROTECTED_FIELDS.includes(field)) problem(`${name} and overwrites ${field}, which WCS does not allow`);
    }
  }
}
