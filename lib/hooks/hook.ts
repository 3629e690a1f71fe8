/** One hook on its way through the chain: each step adds what it found out. Nothing is kept in modules: invocations may interleave. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Line } from '../platform/log.ts';
import type { MethodName } from '../wcs/methods.ts';
import type { HttpError } from './errors.ts';
import type { Saved } from './save.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface Hook {
  readonly method: MethodName;
  /** Without the fields that are not of their documented type. */
  readonly body: JsonObject;
  /** The received bytes. */
  readonly rawBody: Buffer;
  /** The gateway's receive time: milliseconds since the epoch. */
  readonly at: number;
  readonly requestId: string;
}

export interface HookEvent extends APIGatewayProxyEventV2 {
  /** When this function got it, for the log. */
  startedAt: number;
  rawBody: Buffer;
  json: JsonObject;
  /** The fields that `json` has lost, as they were not of their documented type. */
  leftOut?: readonly string[];
  /** The last segment of the path. */
  methodName: string;
  /** Undefined for a method that this version does not know. */
  method: MethodName | undefined;
}

/**
 * All that can come of a hook: the dimension of the metric `hooks`, which the compiler holds alarms, dashboard and queries
 * to. Saved: what became of the row, or `parked`. Else: denied by a policy, stopped by the operator, undecided for want of
 * the store or the keys, rejected with a 4xx before the rules, or our own failure.
 */
export type HookOutcome =
  Saved['outcome'] | 'echoed' | 'unknown method' | 'denied' | 'stopped' | 'undecided' | 'rejected' | 'failed';

/** What came of a hook, and what the log says of it. */
export interface Result {
  readonly outcome: HookOutcome;
  /** Where something of ours failed and the hook is answered all the same. */
  readonly cause?: unknown;
  /** Instead of the received bytes. */
  readonly answer?: Buffer;
  /** Instead of a 200. */
  readonly error?: HttpError;
  /** For the hook's line in the log. */
  readonly fields?: Line['fields'];
  readonly metrics?: Extract<Line, { dimension: 'outcome' }>['metrics'];
}

/** What one type of hook does. */
export type HookProcessor = (hook: Hook) => Result | Promise<Result>;

export type HookAnswer = APIGatewayProxyStructuredResultV2;
