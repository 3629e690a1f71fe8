/** The composition root of the function that serves the board. */
import { createBoardHandler, problemAnswer, type BoardFunction, type PageFiles } from '../board/handler.ts';
import { Problem } from '../board/problem.ts';
import { effects } from '../platform/effects.ts';
import { describe } from '../platform/log.ts';
import { readParameters } from '../platform/parameter-store.ts';
import { createSecretSource, secretsUnder, type Secrets } from '../platform/secrets.ts';
import { createTokenVerifier } from '../platform/token-verifier.ts';
import { readBoardSettings } from '../settings/board-settings.ts';
import { usesTokens } from '../settings/token-settings.ts';
import { KINDS } from '../state/row.ts';
import { createBanTable } from '../store/ban-table.ts';
import { createBoardStore } from '../store/board-store.ts';
import { startBudget } from '../store/budget.ts';
import { createDynamoClient } from '../store/dynamo-client.ts';
import { createTable } from '../store/table.ts';
import { WARM_UP_ID, warmUp } from './warm-up.ts';

/** The only secrets that the board reads. */
const SECRETS = ['TOKEN_SECRET', 'TOKEN_SECRET_PREVIOUS'] as const;

export interface BoardModule {
  readonly handler: BoardFunction;
  /** What Lambda awaits before the first request (infra/build/build.ts). It never rejects. */
  readonly ready: Promise<void>;
}

/**
 * Composes the board with AWS's parts, by the settings in the environment; with SECRETS_PATH, anew whenever the token
 * secrets there change.
 * @throws SettingsError: without SECRETS_PATH a function with unusable settings does not start
 */
export function createBoardFunction(files: PageFiles): BoardModule {
  const client = createDynamoClient();
  const { env } = process;

  function compose(secrets: Secrets): BoardFunction {
    const settings = readBoardSettings({ ...env, ...secrets });
    const verify = settings.tokens && createTokenVerifier(settings.tokens, effects.now);
    const { bansTable } = settings;
    const bans = bansTable === undefined ? undefined : createBanTable(client, bansTable, effects.now);
    return createBoardHandler({ ...effects, settings, store: createBoardStore(client, settings), bans, verify, files });
  }

  const connect = (signal: AbortSignal) =>
    createTable(client, env['STREAMS_TABLE'] ?? '', KINDS.stream.key).read(WARM_UP_ID, startBudget(signal));
  const { SECRETS_PATH } = env;
  // Without tokens, or with keys that a server publishes, there is no secret to read.
  if (!SECRETS_PATH || !usesTokens(env) || env['TOKEN_JWKS_URL']) {
    return { handler: compose({}), ready: warmUp(connect) };
  }
  const source = createSecretSource(secretsUnder(SECRETS_PATH, readParameters, SECRETS), effects.now);
  let current: { readonly secrets: Secrets; readonly handle: BoardFunction } | undefined;

  async function composed(): Promise<BoardFunction> {
    const secrets = await source.current();
    if (current?.secrets !== secrets) current = { secrets, handle: compose(secrets) };
    return current.handle;
  }

  return {
    async handler(event, context) {
      let handle: BoardFunction;
      try {
        handle = await composed();
      } catch (cause) {
        const fields = { requestId: context.awsRequestId, cause: describe(cause) };
        effects.log({ level: 'ERROR', message: 'not ready', fields, metrics: { notReady: 1 } });
        return problemAnswer(new Problem(503, 'not ready'));
      }
      return handle(event, context);
    },
    ready: warmUp(connect, async () => (await source.early) && composed()),
  };
}
