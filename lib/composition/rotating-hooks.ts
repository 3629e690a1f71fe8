/** Composes a hook function anew when its secrets change, and never with half a change. */
import { HttpError } from '../hooks/errors.ts';
import { responseTo } from '../http/error-response.ts';
import type { HookFunction } from '../http/hook-handler.ts';
import { describe, type Log } from '../platform/log.ts';
import { isAddedTo, type Secrets, type SecretSource } from '../platform/secrets.ts';
import { propertiesWarnings } from '../wcs/properties-value.ts';

/**
 * `rotatedSecrets` is called before a hook is rejected, and returns the secrets that are valid now if they have just changed.
 * @throws if they are not usable
 */
type Compose = (secrets: Secrets, rotatedSecrets: () => Promise<Secrets | undefined>) => HookFunction;

export interface RotatingHooks {
  readonly handler: HookFunction;
  /** Composes the handler before the first hook, if the secrets could be read by then. @throws if they are not usable */
  readonly prepare: () => Promise<unknown>;
}

/** Answers 503 while there are no usable secrets, which costs no container: the next hook tries again. */
export function createRotatingHooks(compose: Compose, source: SecretSource, log: Log): RotatingHooks {
  /** The handler in use, and the secrets that were read last. */
  let current: { readonly secrets: Secrets; readonly handle: HookFunction } | undefined;

  function composed(secrets: Secrets) {
    const handle = compose(secrets, () => source.changedFrom(current?.secrets ?? secrets));
    const { HOOK_SECRET, HOOK_SECRET_PREVIOUS } = secrets;
    for (const cause of propertiesWarnings({ HOOK_SECRET, HOOK_SECRET_PREVIOUS })) {
      log({ level: 'WARN', message: 'secret that WCS may read otherwise', fields: { cause }, metrics: {} });
    }
    return { secrets, handle };
  }

  async function ready(): Promise<HookFunction> {
    const secrets = await source.current();
    if (current?.secrets === secrets) return current.handle;
    try {
      current = composed(secrets);
    } catch (error) {
      if (current && isAddedTo(current.secrets, secrets)) {
        // Half a change, such as a user whose password comes next, must not stop hooks. A withdrawn secret must.
        const fields = { cause: describe(error) };
        log({ level: 'ERROR', message: 'added secrets not usable', fields, metrics: { notReady: 1 } });
        current = { secrets, handle: current.handle };
        return current.handle;
      }
      // The missing parameter may have been added since.
      const changed = await source.changedFrom(secrets);
      if (!changed) throw error;
      current = composed(changed);
    }
    return current.handle;
  }

  const handler: HookFunction = async (event, context) => {
    let handle: HookFunction;
    try {
      handle = await ready();
    } catch (cause) {
      const fields = { requestId: context.awsRequestId, cause: describe(cause) };
      log({ level: 'ERROR', message: 'not ready', fields, metrics: { notReady: 1 } });
      return responseTo(new HttpError(503, 'not ready'));
    }
    return handle(event, context);
  };
  return { handler, prepare: async () => (await source.early) && ready() };
}
