/** The parts of API Gateway's event (payload format 2.0) that the board reads. */
import * as v from 'valibot';
import { Problem } from './problem.ts';

const EventSchema = v.looseObject({
  rawPath: v.string(),
  rawQueryString: v.optional(v.string(), ''),
  headers: v.record(v.string(), v.string()),
  pathParameters: v.nullish(v.looseObject({ path: v.optional(v.string()) })),
  requestContext: v.looseObject({ http: v.looseObject({ method: v.string(), sourceIp: v.string() }) }),
  body: v.nullish(v.string()),
  isBase64Encoded: v.optional(v.boolean(), false),
});

export interface BoardRequest {
  readonly method: string;
  /** What stands behind `/board/`, decoded once: `streams/a b`. Empty for `/board` itself. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By their names in lower case. */
  readonly headers: Readonly<Partial<Record<string, string>>>;
  readonly body: Buffer;
  readonly sourceIp: string;
}

/** @throws Problem for what no gateway has sent */
export function readRequest(event: unknown): BoardRequest {
  const { success, output } = v.safeParse(EventSchema, event, { abortEarly: true });
  if (!success) throw new Problem(400, 'not a request from API Gateway (payload format 2.0)');
  const { rawPath, rawQueryString, headers, pathParameters, requestContext, body, isBase64Encoded } = output;
  return {
    method: requestContext.http.method,
    // Of API Gateway also `rawPath` is decoded, of the local gateway only the parameters are.
    path: pathParameters?.path ?? rawPath.replace(/^\/board\/?/, ''),
    query: new URLSearchParams(rawQueryString),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
    sourceIp: requestContext.http.sourceIp,
  };
}
