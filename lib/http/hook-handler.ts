/** The chain of middlewares that every hook passes. The cheapest check comes first: the size, then the sender, then the body. */
import middy, { type MiddlewareObj } from '@middy/core';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import type { Context } from 'aws-lambda';
import { response } from './response.ts';
import { authentication } from './authentication.ts';
import { problemOfEnvelope } from './envelope.ts';
import { HttpError } from '../hooks/errors.ts';
import type { HookProcessor } from '../hooks/hook.ts';
import { responseTo } from './error-response.ts';
import type { HookAnswer, HookEvent } from './hook-event.ts';
import { jsonBody } from './json-body.ts';
import type { HookDeps } from './middleware.ts';
import { readRequest } from './request.ts';
import { validation } from './validation.ts';

/** What Lambda calls with API Gateway's event. It never rejects: our own failures are answers, too. */
export type HookFunction = (event: HookEvent, context: Context) => Promise<HookAnswer>;

/** The chain, behind a check of the envelope. */
export function createHookHandler(deps: HookDeps, processHook: HookProcessor): HookFunction {
  const chain = createChain(deps, processHook);
  return (event, context) => {
    const problem = problemOfEnvelope(event);
    if (problem === undefined) return chain(event, context) as Promise<HookAnswer>;
    const fields = { outcome: 'rejected', status: 400, requestId: context.awsRequestId, cause: problem };
    deps.log({ level: 'WARN', message: 'not an API Gateway event', fields, metrics: {} });
    return Promise.resolve(responseTo(new HttpError(400, problem)));
  };
}

const createChain = (deps: HookDeps, processHook: HookProcessor) =>
  middy<HookEvent>()
    // The first is the last on the way back: it answers for all others, and for what they throw.
    .use(response(deps))
    .use(httpHeaderNormalizer() as MiddlewareObj<HookEvent>)
    .use(readRequest)
    .use(authentication(deps))
    .use(jsonBody)
    .use(validation(deps.settings.access.policies))
    .handler(
      ({ method, json: body, rawBody, requestContext: { timeEpoch: at } }: HookEvent, { awsRequestId: requestId }) =>
        // An updated WCS may send new methods: the echo lets it continue, and the log counts them.
        method === undefined ? { outcome: 'unknown method' } : processHook({ method, body, rawBody, at, requestId }),
    );
