import type { Deps } from '../../lib/deps.ts';
import { answerConnect } from '../../lib/http/connect.ts';
import { createHookHandler } from '../../lib/http/hook-handler.ts';
import { storeStream } from '../../lib/http/store-stream.ts';
import type { Line } from '../../lib/log.ts';
import { readHookSettings } from '../../lib/settings.ts';
import { METHODS, methodNamed } from '../../lib/wcs/methods.ts';
import { invoke, type Request } from './gateway-event.ts';
import { createMemoryStore } from './memory-store.ts';
import { REQUIRED } from './settings.ts';

/** The four functions as they are composed in functions/, with other side effects; requests are routed as by API Gateway. */
export function hooksUnderTest(env: Record<string, string> = { IS_OFFLINE: 'true' }) {
  const settings = readHookSettings({ ...REQUIRED, ...env });
  const store = createMemoryStore(settings);
  const lines: Line[] = [];
  const deps: Deps = { settings, log: (line) => lines.push(line), now: () => 0 };
  const storing = createHookHandler(deps, storeStream(store));
  const handlers = {
    connect: createHookHandler(deps, answerConnect(settings.failMethods)),
    invocation: storing,
    event: storing,
    incoming: createHookHandler(deps, () => ({ outcome: 'echoed' })),
  };
  return {
    store,
    /** What the log says of each hook. */
    lines: (): Record<string, unknown>[] => lines.map(({ level, fields }) => ({ level, ...fields })),
    send: (request: Request) => {
      const method = methodNamed(request.method);
      // A spelling without a route of its own, as an unknown method, is served by the catch-all.
      const type = method && method === request.method ? METHODS[method].type : 'event';
      return invoke(handlers[type], request);
    },
  };
}
