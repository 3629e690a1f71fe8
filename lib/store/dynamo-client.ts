import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { AsyncLocalStorage } from 'node:async_hooks';
import { abortError, createRequestHandler, type HandlerOptions } from '../platform/request-handler.ts';
import { Sha256 } from '../platform/sha256.ts';

/** A request that hangs is given up early enough for the SDK to send it again within the 2 s of all store work. */
const TIMEOUTS = { connectionTimeout: 500, requestTimeout: 900 };

/** Of the SDK's steps for each request, those that do nothing here: they write to a log that nobody has, and headers that nobody reads. */
const USELESS = ['loggerMiddleware', 'getUserAgentMiddleware', 'recursionDetectionMiddleware'];

/**
 * The container's one client, which keeps its connections alive. The SDK rebuilds its middleware stack for each request that
 * comes with a signal. Here the signal travels beside the request, so the stack is built once for each operation.
 */
export function createDynamoClient(
  config: DynamoDBClientConfig = {},
  timeouts = TIMEOUTS,
): Pick<DynamoDBClient, 'send' | 'destroy'> {
  const signals = new AsyncLocalStorage<AbortSignal | undefined>();
  const client = new DynamoDBClient({
    maxAttempts: 3,
    cacheMiddleware: true,
    sha256: Sha256,
    requestHandler: createRequestHandler(timeouts, () => signals.getStore()),
    ...config,
  });
  for (const name of USELESS) client.middlewareStack.remove(name);

  type Send = (command: Parameters<DynamoDBClient['send']>[0], options?: HandlerOptions) => Promise<unknown>;
  const send: Send = (command, { abortSignal } = {}) => {
    const sent = signals.run(abortSignal, () => client.send(command));
    return abortSignal ? untilAborted(sent, abortSignal) : sent;
  };
  return { send: send as DynamoDBClient['send'], destroy: () => client.destroy() };
}

/** An aborted request ends by itself; the SDK's pause before a retry does not. */
function untilAborted<Result>(sent: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortError(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    sent.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
