import { methodNamed } from '../wcs/methods.ts';
import { HttpError } from '../hooks/errors.ts';
import type { HookEvent } from './hook-event.ts';
import type { Middleware } from './middleware.ts';

/** Far above any real hook (3.6 KB with its sdp), far below Lambda's limit (6 MB). */
const MAX_BODY_BYTES = 262_144;

/** Reads the received bytes, before anything parses them, and the method that the path names. */
export const readRequest: Middleware = {
  before({ event }) {
    // An absent body is an absent field in AWS, null in serverless-offline.
    const [text, encoding] = [event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'] as const;
    event.methodName = methodIn(event);
    event.method = methodNamed(event.methodName);
    const size = Buffer.byteLength(text, encoding);
    if (size > MAX_BODY_BYTES) {
      throw new HttpError(413, `the body has ${size} bytes: expected at most ${MAX_BODY_BYTES}`);
    }
    event.rawBody = Buffer.from(text, encoding);
  },
};

/** Finds the method, with or without slashes around it: in what the catch-all route matched, or else in the path's last segment. */
function methodIn({ rawPath, pathParameters }: HookEvent): string {
  const caught = pathParameters?.['method'];
  const path = caught ?? rawPath;
  let end = path.length;
  while (path[end - 1] === '/') end--;
  const last = path.lastIndexOf('/', end - 1) + 1;
  if (caught !== undefined && /[^/]/.test(path.slice(0, last)))
    throw new HttpError(404, 'nothing is here: expected one method after the URL');
  return path.slice(last, end);
}
