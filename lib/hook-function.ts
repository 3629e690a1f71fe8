/** Composes a function that hooks call. */
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
import { createDynamoClient } from './store/dynamo-client.ts';
import { createDynamoStore } from './store/dynamo-store.ts';
import { createParking } from './store/queues.ts';

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

/**
 * The same with AWS's parts, for the settings in the environment; with SECRETS_PATH for the secrets there, as they change.
 * @throws SettingsError: without SECRETS_PATH a function with unusable settings does not start
 */
export function createHookFunction(createVerifier?: VerifierFactory): HookFunction {
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

  const { SECRETS_PATH } = process.env;
  if (!SECRETS_PATH) return compose({});
  const source = createSecretSource(secretsUnder(SECRETS_PATH, readParameters), effects.now);
  return createRotatingHooks(compose, source, effects.log);
}
