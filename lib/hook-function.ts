/** Puts a function together that hooks call. */
import type { Context } from 'aws-lambda';
import { effects } from './platform/effects.ts';
import { createHookProcessor } from './hooks/process.ts';
import { responseTo, HttpError } from './hooks/errors.ts';
import { createHookHandler } from './http/hook-handler.ts';
import type { HookAnswer, HookEvent } from './hooks/hook.ts';
import { describe } from './platform/log.ts';
import { createSecretSource, isAddedTo, secretsUnder, type Secrets, type SecretSource } from './platform/secrets.ts';
import { KINDS } from './state/row.ts';
import { readCredentials, readHookSettings } from './settings/settings.ts';
import { createDynamoClient } from './store/dynamo-client.ts';
import { createDynamoStore } from './store/dynamo-store.ts';
import { readParameters } from './platform/parameter-store.ts';
import { createParking } from './store/queues.ts';
import { createTable } from './store/table.ts';
import { startBudget } from './store/budget.ts';
import { propertiesWarnings } from './wcs/properties-value.ts';
import type { createTokenVerifier } from './platform/token-verifier.ts';
import { WARM_UP_ID, warmUp } from './warm-up.ts';

export type HookFunction = (event: HookEvent, context: Context) => Promise<HookAnswer>;

export interface HookModule {
  readonly handler: HookFunction;
  /** What Lambda awaits before the first hook (infra/build.ts). It never rejects. */
  readonly ready: Promise<void>;
}

/**
 * Only functions whose methods a token can decide carry what verifies one.
 * @throws SettingsError: without SECRETS_PATH a function with unusable settings does not start
 */
export function createHookFunction(verifierOf?: typeof createTokenVerifier): HookModule {
  const { log, now } = effects;
  const client = createDynamoClient();

  function build(secrets: Secrets, source?: SecretSource): HookFunction {
    const settings = readHookSettings({ ...process.env, ...secrets });
    const { policies, failsOpen, tokens } = settings.access;
    const verify = tokens && verifierOf?.(tokens, now);
    const rotatedCredentials = async () => {
      const rotated = await source?.changedFrom(built?.secrets ?? secrets);
      return rotated && readCredentials({ ...process.env, ...rotated }, []).credentials;
    };
    const processHook = createHookProcessor({
      store: createDynamoStore(client, settings),
      parking: createParking(settings),
      accessControl: { policies, failsOpen, tokens: verify && { field: tokens.field, verify } },
      restClientConfig: settings.restClientConfig,
    });
    return createHookHandler({ settings, log, now, rotatedCredentials }, processHook);
  }

  const { SECRETS_PATH, SESSIONS_TABLE = '' } = process.env;
  // All of them may read sessions.
  const connect = (signal: AbortSignal) =>
    createTable(client, SESSIONS_TABLE, KINDS.session.key).read(WARM_UP_ID, startBudget(signal));
  if (!SECRETS_PATH) return { handler: build({}), ready: warmUp(connect) };

  const source = createSecretSource(secretsUnder(SECRETS_PATH, readParameters), now);
  let built: { readonly secrets: Secrets; readonly handle: HookFunction } | undefined;
  function buildWith(secrets: Secrets) {
    const handle = build(secrets, source);
    const { HOOK_SECRET, HOOK_SECRET_PREVIOUS } = secrets;
    for (const cause of propertiesWarnings({ HOOK_SECRET, HOOK_SECRET_PREVIOUS })) {
      log({ level: 'WARN', message: 'secret that WCS may read otherwise', fields: { cause }, metrics: {} });
    }
    return { secrets, handle };
  }

  async function current(): Promise<HookFunction> {
    const secrets = await source.current();
    if (built?.secrets === secrets) return built.handle;
    try {
      built = buildWith(secrets);
    } catch (error) {
      if (built && isAddedTo(built.secrets, secrets)) {
        // Half a change, such as a user whose password comes next, stops nothing. What was taken away does.
        const fields = { cause: describe(error) };
        log({ level: 'ERROR', message: 'added secrets not usable', fields, metrics: { notReady: 1 } });
        built = { secrets, handle: built.handle };
        return built.handle;
      }
      // What was missing may have been put there since.
      const changed = await source.changedFrom(secrets);
      if (!changed) throw error;
      built = buildWith(changed);
    }
    return built.handle;
  }

  const handler: HookFunction = async (event, context) => {
    let handle: HookFunction;
    try {
      handle = await current();
    } catch (cause) {
      const fields = { requestId: context.awsRequestId, cause: describe(cause) };
      log({ level: 'ERROR', message: 'not ready', fields, metrics: { notReady: 1 } });
      return responseTo(new HttpError(503, 'not ready'));
    }
    return handle(event, context);
  };
  const prepare = async () => (await source.early) && current();
  return { handler, ready: warmUp(connect, prepare) };
}
