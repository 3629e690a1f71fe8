import { HttpError } from '../hooks/errors.ts';
import type { JsonObject } from '../hooks/hook.ts';
import type { Middleware } from './middleware.ts';

/**
 * Parses the body. Not by middy's parser, which rejects a `__proto__` anywhere in the body: a client, which fills `custom`,
 * could keep its stream out of the table that way. It also rejects a BOM and other content types.
 */
export const jsonBody: Middleware = {
  before({ event }) {
    event.json = parse(event.rawBody);
  },
};

function parse(rawBody: Buffer): JsonObject {
  if (rawBody.length === 0) throw new HttpError(400, 'the body is empty: expected a JSON object');
  let value: unknown;
  try {
    value = JSON.parse(rawBody.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    // The parser's own message quotes the body.
    throw new HttpError(400, 'the body is not JSON: expected a JSON object');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HttpError(400, `the body is ${kindOf(value)}: expected a JSON object`);
  }
  return value as JsonObject;
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
