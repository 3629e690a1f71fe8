import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { createHookHandler } from '../../lib/http/hook-handler.ts';
import type { HookAnswer, HookEvent } from '../../lib/http/hook-event.ts';
import { methodNamed } from '../../lib/wcs/methods.ts';

export interface Request {
  method: string;
  body?: string | undefined;
  base64?: boolean;
  headers?: Record<string, string>;
  at?: number;
}

/** What API Gateway (HTTP API, payload 2.0) hands to a function. */
export function gatewayEvent({
  method,
  body,
  base64 = false,
  headers = {},
  at = 1_700_000_000_000,
}: Request): HookEvent {
  const path = `/rest/my_api/${method}`;
  return {
    version: '2.0',
    routeKey: `POST ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
    requestContext: {
      accountId: '1',
      apiId: 'api',
      domainName: 'api',
      domainPrefix: 'api',
      http: { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'Java/1.8.0_111' },
      requestId: 'gateway-request',
      routeKey: `POST ${path}`,
      stage: '$default',
      time: '',
      timeEpoch: at,
    },
    // What the last route caught; a method of the table has a route of its own.
    ...(methodNamed(method) === method ? {} : { pathParameters: { method } }),
    isBase64Encoded: base64,
    ...(body === undefined ? {} : { body }),
  } as APIGatewayProxyEventV2 as HookEvent;
}

type Handler = ReturnType<typeof createHookHandler>;

/** Calls a handler as Lambda does. */
export const invoke = async (handler: Handler, request: Request): Promise<HookAnswer> =>
  handler(gatewayEvent(request), { awsRequestId: 'request-1' } as Context);
