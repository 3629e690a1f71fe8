import { describe, type Line } from '../platform/log.ts';
import { ANOMALIES } from '../state/anomaly.ts';
import { callParties, isFailedCall, type NumberForm } from '../wcs/failed-call.ts';
import { METHODS } from '../wcs/methods.ts';
import { redactId } from '../wcs/redact-id.ts';
import { shortName } from '../state/short-name.ts';
import { asHttpError } from '../hooks/errors.ts';
import type { Result } from '../hooks/hook.ts';
import { responseTo } from './error-response.ts';
import type { HookAnswer, HookEvent } from './hook-event.ts';
import type { HookDeps, Middleware } from './middleware.ts';

/** Turns the chain's result into a response, and writes the hook's one line. */
export function response({ log, now, settings }: Pick<HookDeps, 'log' | 'now' | 'settings'>): Middleware {
  function logHook(
    event: HookEvent,
    requestId: string,
    status: number,
    { outcome, cause, callee, fields, metrics }: Result,
  ): void {
    const { leftOut } = event;
    log({
      level:
        status >= 500 || outcome === 'failed'
          ? 'ERROR'
          : status >= 400 || cause !== undefined || leftOut || isAnomaly(outcome)
            ? 'WARN'
            : 'INFO',
      message: 'hook',
      fields: {
        method: event.methodName,
        type: event.method && METHODS[event.method].type,
        id: idOf(event),
        name: nameOf(event),
        wcsStatus: textOf(event, 'status'),
        app: textOf(event, 'appKey'),
        node: textOf(event, 'nodeId'),
        leftOut: leftOut?.join(' '),
        outcome,
        status,
        milliseconds: now() - event.startedAt,
        requestId,
        ...fields,
        ...callOf(event, outcome, callee, settings.logNumbers),
        cause: cause === undefined ? undefined : describe(cause),
      },
      metrics: { hooks: 1, ...(leftOut ? { fieldsLeftOut: leftOut.length } : {}), ...metrics },
      dimension: 'outcome',
    });
  }

  return {
    before({ event }) {
      event.startedAt = now();
    },
    after(request) {
      const result = request.response as Result;
      const { error, answer } = result;
      request.response = error ? responseTo(error) : ok(request.event, answer);
      logHook(request.event, request.context.awsRequestId, error?.statusCode ?? 200, result);
    },
    onError(request) {
      const cause = asHttpError(request.error);
      request.response = responseTo(cause);
      const outcome = cause.expose ? 'rejected' : 'failed';
      logHook(request.event, request.context.awsRequestId, cause.statusCode, { outcome, cause });
    },
  };
}

/** What an operator should look into although nothing failed. */
const isAnomaly = (outcome: Result['outcome']) => (ANOMALIES as readonly string[]).includes(outcome);

/** WCS accepts a 200 with JSON. The echo is the received bytes, not a copy from another serialiser. */
const ok = ({ body, isBase64Encoded }: HookEvent, answer?: Buffer): HookAnswer => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: answer ? answer.toString(isBase64Encoded ? 'base64' : 'utf8') : (body ?? ''),
  isBase64Encoded,
});

/** Undefined for a method without a row. */
function idOf(event: HookEvent): string | undefined {
  const id = event.method && textOf(event, METHODS[event.method].key);
  return id && redactId(id);
}

/** The name of a stream: operators know a stream by it. */
function nameOf(event: HookEvent): string | undefined {
  if (event.method === undefined || METHODS[event.method].subject !== 'stream') return undefined;
  const name = textOf(event, 'name');
  return name === undefined ? undefined : shortName(name);
}

/** The log says who called whom only for a call that failed or was denied; the rows have it for all calls. */
function callOf(event: HookEvent, outcome: string, callee: string | undefined, form: NumberForm): Line['fields'] {
  const { method } = event;
  const json = bodyOf(event);
  if (!method || !json || METHODS[method].subject !== 'call') return {};
  if (outcome === 'denied' || isFailedCall(method, json)) return callParties(json, form);
  return callee === undefined ? {} : { callee: callParties({ callee }, form).callee };
}

/** Undefined for a hook that was rejected before it was read. */
const bodyOf = ({ json }: HookEvent) => json as HookEvent['json'] | undefined;

function textOf(event: HookEvent, field: string): string | undefined {
  const value = bodyOf(event)?.[field];
  return typeof value === 'string' ? value : undefined;
}
