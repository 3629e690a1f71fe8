import type { Deps } from '../deps.ts';
import { KEY_FIELD, METHODS } from '../wcs/methods.ts';
import { answerTo, asHttpError, describe } from './errors.ts';
import type { HookAnswer, HookEvent, Result } from './hook.ts';
import type { Middleware } from './hook-handler.ts';

/** Turns what the chain came to into an answer, and writes the hook's one line. */
export function answers({ log, now }: Pick<Deps, 'log' | 'now'>): Middleware {
  const logHook = (event: HookEvent, requestId: string, rest: { outcome: string; status: number; cause?: unknown }) => {
    const { cause, ...line } = rest;
    log({
      method: event.methodName,
      subject: subjectOf(event),
      ...line,
      milliseconds: now() - event.startedAt,
      requestId,
      ...(cause === undefined ? {} : { cause: describe(cause) }),
    });
  };

  return {
    before({ event }) {
      event.startedAt = now();
    },
    after(request) {
      const { outcome, cause, answer } = request.response as Result;
      request.response = ok(request.event, answer);
      logHook(request.event, request.context.awsRequestId, { outcome, status: 200, cause });
    },
    onError(request) {
      const error = asHttpError(request.error);
      request.response = answerTo(error);
      const outcome = error.expose ? 'refused' : 'failed';
      logHook(request.event, request.context.awsRequestId, { outcome, status: error.statusCode, cause: error });
    },
  };
}

/** WCS takes 200, JSON and what it sent: the received bytes, not a copy that another serialiser made of them. */
const ok = ({ body, isBase64Encoded }: HookEvent, answer?: Buffer): HookAnswer => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: answer ? answer.toString(isBase64Encoded ? 'base64' : 'utf8') : (body ?? ''),
  isBase64Encoded,
});

function subjectOf({ method, json }: HookEvent): string | undefined {
  // Refused before it was read, or a method without a row in the table.
  if (method === undefined || json === undefined) return undefined;
  const id = json[KEY_FIELD[METHODS[method].subject]];
  return typeof id === 'string' ? id : undefined;
}
