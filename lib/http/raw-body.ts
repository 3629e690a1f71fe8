import { methodNamed } from '../wcs/methods.ts';
import { HttpError } from './errors.ts';
import type { Middleware } from './hook-handler.ts';

/** Far above any real hook (3.6 KB with its sdp), far below what Lambda takes (6 MB). */
const MAX_BODY_BYTES = 262_144;

/** The received bytes, before anything reads them, and the method that the path names. */
export const rawBody: Middleware = {
  before({ event }) {
    // An absent body is an absent field in AWS, null in serverless-offline.
    event.rawBody = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
    event.methodName = event.rawPath.slice(event.rawPath.lastIndexOf('/') + 1);
    event.method = methodNamed(event.methodName);
    if (event.rawBody.length > MAX_BODY_BYTES) {
      throw new HttpError(413, `the body has ${event.rawBody.length} bytes: expected at most ${MAX_BODY_BYTES}`);
    }
  },
};
