/** Puts a function together that hooks call. */
import type { Deps } from './deps.ts';
import { createAct } from './http/act.ts';
import { createHookHandler } from './http/hook-handler.ts';
import { createDynamoClient } from './store/dynamo-client.ts';
import { createDynamoStore } from './store/dynamo-store.ts';
import { createParking } from './store/queues.ts';
import type { createTokenVerifier } from './tokens.ts';

/** Only functions whose methods a token can decide carry what verifies one. */
export function createHookFunction(deps: Deps, verifierOf?: typeof createTokenVerifier) {
  const { settings, now } = deps;
  const { policies, failsOpen, tokens } = settings.access;
  const verify = tokens && verifierOf?.(tokens, now);
  return createHookHandler(
    deps,
    createAct({
      store: createDynamoStore(createDynamoClient(), settings),
      parking: createParking(settings),
      court: { policies, failsOpen, tokens: verify && { field: tokens.field, verify } },
      restClientConfig: settings.restClientConfig,
    }),
  );
}
