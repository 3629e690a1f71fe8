/** The composition root of the four functions that WCS calls. */
import type { SipRules } from '../access/sip-policy.ts';
import type { SipAssignment } from '../hooks/sip-assignment.ts';
import { createHookProcessor } from '../hooks/process.ts';
import type { Persistence } from '../hooks/save.ts';
import { createHookHandler, type HookFunction } from '../http/hook-handler.ts';
import type { HookDeps } from '../http/middleware.ts';
import { effects } from '../platform/effects.ts';
import { readParameters } from '../platform/parameter-store.ts';
import { createSecretSource, secretsUnder, type Secrets } from '../platform/secrets.ts';
import type { createTokenVerifier } from '../platform/token-verifier.ts';
import type { Environment } from '../settings/environment.ts';
import { hasBans, readCredentials, readHookSettings } from '../settings/settings.ts';
import { KINDS } from '../state/row.ts';
import { startBudget } from '../store/budget.ts';
import { createBanList, type BanSource } from '../store/ban-list.ts';
import { createBanReader } from '../store/ban-table.ts';
import { createDynamoClient } from '../store/dynamo-client.ts';
import { createDynamoStore } from '../store/dynamo-store.ts';
import { createParking } from '../store/queues.ts';
import { createTable } from '../store/table.ts';
import { createRotatingHooks } from './rotating-hooks.ts';
import { WARM_UP_ID, warmUp } from './warm-up.ts';

/** What only `connect` and `invocation` carry (connect-parts.ts): the other two serve nothing that a token decides. */
export interface ConnectParts {
  readonly createTokenVerifier: typeof createTokenVerifier;
  readonly createSipAssignment: (rules: SipRules) => SipAssignment;
}

/** Composes the handler of all hooks from settings, side effects, a store, a queue and the list of bans. */
export function composeHooks(
  deps: HookDeps,
  persistence: Persistence,
  bans: BanSource | undefined,
  parts?: ConnectParts,
): HookFunction {
  const { policies, failsOpen, bansFailOpen, tokens, sip } = deps.settings.access;
  const verify = tokens && parts?.createTokenVerifier(tokens, deps.now);
  const processHook = createHookProcessor({
    ...persistence,
    accessControl: {
      policies,
      failsOpen,
      bansFailOpen,
      bans,
      tokens: verify && { field: tokens.field, verify },
      sip: parts?.createSipAssignment(sip),
    },
    restClientConfig: deps.settings.restClientConfig,
    stopsStreams: deps.settings.stopsStreams,
  });
  return createHookHandler(deps, processHook);
}

export interface HookModule {
  readonly handler: HookFunction;
  /** What Lambda awaits before the first hook (infra/build/build.ts). It never rejects. */
  readonly ready: Promise<void>;
}

/**
 * The same with AWS's parts, by the settings in the environment; with SECRETS_PATH, anew whenever the secrets there change.
 * @throws SettingsError: without SECRETS_PATH a function with unusable settings does not start
 */
export function createHookFunction(createParts?: (env: Environment, now: () => number) => ConnectParts): HookModule {
  const client = createDynamoClient();
  // Composed once: the accounts are still good when other secrets change.
  const parts = createParts?.(process.env, effects.now);

  const { BANS_TABLE = '' } = process.env;
  const bans = hasBans(process.env)
    ? createBanList(createBanReader(client, BANS_TABLE, effects.now), effects)
    : undefined;

  function compose(secrets: Secrets, rotatedSecrets?: () => Promise<Secrets | undefined>): HookFunction {
    const settings = readHookSettings({ ...process.env, ...secrets });
    const rotatedCredentials = async () => {
      const rotated = await rotatedSecrets?.();
      return rotated && readCredentials({ ...process.env, ...rotated }, []).credentials;
    };
    const persistence = { store: createDynamoStore(client, settings), parking: createParking(settings) };
    return composeHooks({ ...effects, settings, rotatedCredentials }, persistence, bans, parts);
  }

  const { SECRETS_PATH, SESSIONS_TABLE = '' } = process.env;
  // The one read that the roles of all four functions allow.
  const connect = (signal: AbortSignal) =>
    createTable(client, SESSIONS_TABLE, KINDS.session.key).read(WARM_UP_ID, startBudget(signal));
  // Only the functions that decide need the bans at once.
  const readBans = async () => parts && (await bans?.current());
  if (!SECRETS_PATH) return { handler: compose({}), ready: warmUp(connect, readBans) };
  const source = createSecretSource(secretsUnder(SECRETS_PATH, readParameters), effects.now);
  const { handler, prepare } = createRotatingHooks(compose, source, effects.log);
  return { handler, ready: warmUp(connect, readBans, prepare) };
}
