/** The chain that every hook passes. Its order is the point: size, then who, then what, the cheapest first. */
import middy, { type MiddlewareObj } from '@middy/core';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import type { Context } from 'aws-lambda';
import type { Deps } from '../deps.ts';
import { answers } from './answers.ts';
import { authentication } from './authentication.ts';
import type { Act, HookEvent } from './hook.ts';
import { jsonObject } from './json-object.ts';
import { rawBody } from './raw-body.ts';
import { schema } from './schema.ts';

export const createHookHandler = (deps: Deps, act: Act) =>
  middy<HookEvent>()
    .use(answers(deps))
    .use(httpHeaderNormalizer() as MiddlewareObj<HookEvent>)
    .use(rawBody)
    .use(authentication(deps))
    .use(jsonObject)
    .use(schema)
    .handler(
      ({ method, json: body, rawBody, requestContext: { timeEpoch: at } }: HookEvent, { awsRequestId: requestId }) =>
        // An updated WCS may send new methods: the echo keeps it going, the log counts them.
        method === undefined ? { outcome: 'unknown method' } : act({ method, body, rawBody, at, requestId }),
    );

export type Middleware = MiddlewareObj<HookEvent, unknown, Error, Context>;
