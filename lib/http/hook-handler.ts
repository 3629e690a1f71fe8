/** The chain that every hook passes. Its order is the point: size, then who, then what, the cheapest first. */
import middy, { type MiddlewareObj } from '@middy/core';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import type { Context } from 'aws-lambda';
import type { Deps } from '../deps.ts';
import { answers } from './answers.ts';
import { authentication } from './authentication.ts';
import { problemOfEnvelope } from './envelope.ts';
import { answerTo, HttpError } from './errors.ts';
import type { Act, HookAnswer, HookEvent } from './hook.ts';
import { jsonObject } from './json-object.ts';
import { rawBody } from './raw-body.ts';
import { schema } from './schema.ts';

export function createHookHandler(deps: Deps, act: Act) {
  const chain = createChain(deps, act);
  return (event: HookEvent, context: Context): Promise<HookAnswer> => {
    const problem = problemOfEnvelope(event);
    if (problem === undefined) return chain(event, context) as Promise<HookAnswer>;
    const fields = { outcome: 'refused', status: 400, requestId: context.awsRequestId, cause: problem };
    deps.log({ level: 'WARN', message: 'no hook', fields, metrics: {} });
    return Promise.resolve(answerTo(new HttpError(400, problem)));
  };
}

const createChain = (deps: Deps, act: Act) =>
  middy<HookEvent>()
    .use(answers(deps))
    .use(httpHeaderNormalizer() as MiddlewareObj<HookEvent>)
    .use(rawBody)
    .use(authentication(deps))
    .use(jsonObject)
    .use(schema(deps.settings.access.policies))
    .handler(
      ({ method, json: body, rawBody, requestContext: { timeEpoch: at } }: HookEvent, { awsRequestId: requestId }) =>
        // An updated WCS may send new methods: the echo keeps it going, the log counts them.
        method === undefined ? { outcome: 'unknown method' } : act({ method, body, rawBody, at, requestId }),
    );

export type Middleware = MiddlewareObj<HookEvent, unknown, Error, Context>;
