/** The composition root of the four functions that WCS calls. */
import { createHookProcessor } from './hooks/process.ts';
import type { Persistence } from './hooks/save.ts';
import { createHookHandler, type HookFunction } from './http/hook-handler.ts';
import type { HookDeps } from './http/middleware.ts';
import { effects } from './platform/effects.ts';
import { readParameters } from './platform/parameter-store.ts';
import { createSecretSource, secretsUnder, type Secrets } from './platform/secrets.ts';
import type { createTokenVerifier } from './platform/token-verifier.ts';
import { createRotatingHooks } from './rotating-hooks.ts';
import { readCredentials, readHookSettings } from './settings/settings.ts';
import { KINDS } from './state/row.ts';
import { startBudget } from './store/budget.ts';
import { createDynamoClient } from './store/dynamo-client.ts';
import { createDynamoStore } from './store/dynamo-store.ts';
import { createParking } from './store/queues.ts';
import { createTable } from './store/table.ts';
import { WARM_UP_ID, warmUp } from './warm-up.ts';

/** Only functions whose methods a token can decide carry what verifies one. */
export type VerifierFactory = typeof createTokenVerifier;

/** The handler of all hooks, made of settings, side effects, a store and a queue. */
export function composeHooks(deps: HookDeps, persistence: Persistence, createVerifier?: VerifierFactory): HookFunction {
  const { policies, failsOpen, tokens } = deps.settings.access;
  const verify = tokens && createVerifier?.(tokens, deps.now);
  const processHook = createHookProcessor({
    ...persistence,
    accessControl: { policies, failsOpen, tokens: verify && { field: tokens.field, verify } },
    restClientConfig: deps.settings.restClientConfig,
  });
  return createHookHandler(deps, processHook);
}

export interface HookModule {
  readonly handler: HookFunction;
  /** What Lambda awaits before the first hook (infra/build/build.ts). It never rejects. */
  readonly ready: Promise<void>;
}

/**
 * The same with AWS's parts, for the settings in the environment; with SECRETS_PATH for the secrets there, as they change.
 * @throws SettingsError: without SECRETS_PATH a function with unusable settings does not start
 */
export function createHookFunction(createVerifier?: VerifierFactory): HookModule {
  const client = createDynamoClient();

  function compose(secrets: Secrets, rotatedSecrets?: () => Promise<Secrets | undefined>): HookFunction {
    const settings = readHookSettings({ ...process.env, ...secrets });
    const rotatedCredentials = async () => {
      const rotated = await rotatedSecrets?.();
      return rotated && readCredentials({ ...process.env, ...rotated }, []).credentials;
    };
    const persistence = { store: createDynamoStore(client, settings), parking: createParking(settings) };
    return composeHooks({ ...effects, settings, rotatedCredentials }, persistence, createVerifier);
  }

  const { SECRETS_PATH, SESSIONS_TABLE = '' } = process.env;
  // All four may read sessions.
  const connect = (signal: AbortSignal) =>
    createTable(client, SESSIONS_TABLE, KINDS.session.key).read(WARM_UP_ID, startBudget(signal));
  if (!SECRETS_PATH) return { handler: compose({}), ready: warmUp(connect) };
  const source = createSecretSource(secretsUnder(SECRETS_PATH, readParameters), effects.now);
  const { handler, prepare } = createRotatingHooks(compose, source, effects.log);
  return { handler, ready: warmUp(connect, prepare) };
}
