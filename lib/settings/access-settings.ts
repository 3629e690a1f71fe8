/** The settings of the access policies: each policy is off by default, and needs all its settings when it is on. */
import type { Policy } from '../access/decision.ts';
import { problemOfOrigin } from '../access/origin-policy.ts';
import { ownPolicy, type OwnPolicy } from '../access/own-policy.ts';
import { createPolicies } from '../access/policies.ts';
import type { SipRules } from '../access/sip-policy.ts';
import { TOKEN_ACTIONS, type TokenRules } from '../access/token-policy.ts';
import { list, words, type Environment } from './environment.ts';
import { readSip } from './sip-settings.ts';
import { readTokens } from './token-settings.ts';
import type { TokenSettings } from '../platform/token-verifier.ts';
import { PROTECTED_FIELDS } from '../wcs/rest-client-config.ts';
import { ACTIONS, methodNamed, METHODS, type Action } from '../wcs/methods.ts';

export interface AccessSettings {
  readonly policies: readonly Policy[];
  /** Whether the action is allowed while the store or the keys cannot be reached. */
  readonly failsOpen: (action: Action | undefined) => boolean;
  /** The same while the bans have never been read: every action, unless FAIL_OPEN is set. */
  readonly bansFailOpen: (action: Action | undefined) => boolean;
  readonly sip: SipRules;
  /** Undefined if the policy token is off. */
  readonly tokens: (TokenSettings & Pick<TokenRules, 'requiredFor'> & { readonly field: string }) | undefined;
}

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

function checkOwn({ decides }: OwnPolicy, problems: string[]): void {
  const problem = (text: string) => problems.push(`lib/access/own-policy.ts decides ${text}`);
  for (const [name, fields] of Object.entries(decides)) {
    const method = methodNamed(name);
    if (method !== name) problem(`${JSON.stringify(name)}, which is not a REST method of WCS`);
    else if (!METHODS[method].action) problem(`${name}, which a denial would not stop`);
    for (const field of fields) {
      if (method === 'connect' && field === 'restClientConfig')
        problem('connect and overwrites restClientConfig: set REST_CLIENT_CONFIG');
      if (PROTECTED_FIELDS.includes(field)) problem(`${name} and overwrites ${field}, which WCS does not allow`);
    }
  }
}
