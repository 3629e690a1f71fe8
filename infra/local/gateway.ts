/** The local gateway is serverless-offline's. These corrections make it behave like API Gateway. */
import { isUtf8 } from 'node:buffer';

/** The part of hapi that the corrections need. */
interface GatewayRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly payload?: unknown;
  readonly rawPayload?: unknown;
  readonly response: GatewayResponse;
}
interface GatewayResponse {
  source?: unknown;
  readonly statusCode?: number;
  readonly headers?: Record<string, unknown>;
  /** Of an error of the gateway itself. */
  readonly output?: { readonly headers: Record<string, unknown> };
  code?(status: number): GatewayResponse;
  type?(mime: string): GatewayResponse;
}
export interface Gateway {
  ext(
    point: 'onPreHandler' | 'onPreResponse',
    method: (request: GatewayRequest, h: { continue: symbol }) => symbol,
  ): void;
}

/** serverless-offline answers 200 when a handler throws; API Gateway answers 500. An echo may look the same. */
export function mendFalse200s(gateway: Gateway): void {
  gateway.ext('onPreResponse', ({ response, rawPayload }, h) => {
    const { source } = response;
    const isError =
      typeof source === 'string' && source.startsWith('{"errorMessage"') && source.includes('"stackTrace"');
    if (isError && source !== rawPayload) {
      response.source = '{"message":"Internal Server Error"}';
      response.code?.(500);
    }
    return h.continue;
  });
}

/** serverless-offline reads each body as text, which would change bytes that are not UTF-8: such a body is passed on in base64. */
export function keepBytes(gateway: Gateway): void {
  gateway.ext('onPreHandler', ({ payload, headers }, h) => {
    if (Buffer.isBuffer(payload) && !isUtf8(payload)) headers['content-type'] = 'application/octet-stream';
    return h.continue;
  });
}

/** serverless-offline lets pages of any origin read every answer; API Gateway only those that the board allows, with `Vary`. */
export function keepOriginsOut(gateway: Gateway): void {
  gateway.ext('onPreResponse', ({ response }, h) => {
    const headers = response.output?.headers ?? response.headers ?? {};
    if (!/\borigin\b/i.test(String(headers['vary']))) {
      for (const name of Object.keys(headers)) if (name.startsWith('access-control-')) delete headers[name];
    }
    return h.continue;
  });
}

/** serverless-offline answers an unknown path with 2 KB of JSON about all routes: a browser gets one line instead. */
export function explainNotFound(gateway: Gateway, url: string, rows: string): void {
  gateway.ext('onPreResponse', ({ response, method, path }, h) => {
    // The board's 404 is its own.
    if (response.statusCode !== 404 || !response.type || /^\/board(?:\/|$)/.test(path)) return h.continue;
    response.source =
      method === 'post'
        ? `No hook is accepted at ${path.slice(0, 200)}: the URL in WCS must be ${url}\n`
        : `wcs-hooks accepts hooks here: WCS sends them as POST requests to ${url}. Streams are shown at ${rows}\n`;
    response.type('text/plain; charset=utf-8');
    return h.continue;
  });
}
