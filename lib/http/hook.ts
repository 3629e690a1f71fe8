/** One hook on its way through the chain: each step adds what it found out. Nothing is kept in modules: invocations may interleave. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Line } from '../log.ts';
import type { MethodName } from '../wcs/methods.ts';
import type { HttpError } from './errors.ts';

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

/** What came of a hook, and what the log says of it. */
export interface Result {
  readonly outcome: string;
  /** Where something of ours failed and the hook is answered all the same. */
  readonly cause?: unknown;
  /** Instead of the received bytes. */
  readonly answer?: Buffer;
  /** Instead of a 200. */
  readonly refusal?: HttpError;
  /** For the hook's line in the log. */
  readonly fields?: Line['fields'];
  readonly metrics?: Line['metrics'];
}

/** What one type of hook does. */
export type Act = (hook: Hook) => Result | Promise<Result>;

export type HookAnswer = APIGatewayProxyStructuredResultV2;
