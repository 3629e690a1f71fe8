import { Problem } from './problem.ts';
import type { BoardRequest } from './request.ts';

const MOST_BODY_BYTES = 4096;

/** The members of a JSON body; a body that is absent has none. @throws Problem */
export function readJson({ body, headers }: Pick<BoardRequest, 'body' | 'headers'>): object {
  if (body.length === 0) return {};
  if (body.length > MOST_BODY_BYTES) throw new Problem(413, `the body has more than ${MOST_BODY_BYTES} bytes`);
  if (!/^application\/json *(?:;|$)/i.test(headers['content-type'] ?? '')) {
    throw new Problem(415, 'the body must be application/json');
  }
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    // The parser's own message quotes the body.
    throw new Problem(400, 'the body is not JSON: expected a JSON object');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Problem(400, 'the body is not a JSON object');
}
