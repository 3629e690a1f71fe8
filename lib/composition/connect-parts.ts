/** What `connect` and `invocation` (its catch-all route takes a `connect`, too) have in addition: it verifies tokens, and gives connections their SIP accounts. */
import { createSipAssignment } from '../hooks/sip-assignment.ts';
import { readParameters } from '../platform/parameter-store.ts';
import { keepingSipAccounts, sipAccountsFrom, type LookUpSipAccount } from '../platform/sip-accounts.ts';
import { readSipAccountIn } from '../platform/sip-accounts-file.ts';
import { createTokenVerifier } from '../platform/token-verifier.ts';
import type { Environment } from '../settings/environment.ts';
import type { ConnectParts } from './hook-function.ts';

/** For one request to Parameter Store, and one more if that is throttled; see FIRST_PATIENCE_MS in platform/secrets.ts. */
const PATIENCE_MS = 1000;

/** Composes them by the settings in the environment. `now` in milliseconds since the epoch. */
export function createConnectParts(env: Environment, now: () => number): ConnectParts {
  const lookUp = createSipAccounts(env, now);
  return { createTokenVerifier, createSipAssignment: (rules) => createSipAssignment(rules, lookUp) };
}

/** Reads accounts under SECRETS_PATH; without it, as on the local stack, in SIP_ACCOUNTS_FILE, which is read each time. */
function createSipAccounts({ SECRETS_PATH, SIP_ACCOUNTS_FILE }: Environment, now: () => number): LookUpSipAccount {
  if (!SECRETS_PATH) {
    return sipAccountsFrom(async (name) => SIP_ACCOUNTS_FILE && readSipAccountIn(SIP_ACCOUNTS_FILE, name));
  }
  const lookUp = sipAccountsFrom(async (name) => {
    const parameter = `${SECRETS_PATH}/sip/${name}`;
    return (await readParameters([parameter], PATIENCE_MS)).get(parameter);
  });
  return keepingSipAccounts(lookUp, now);
}
