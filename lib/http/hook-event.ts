/** A hook on its way through the chain: each step adds what it found. Modules keep no state, because invocations may interleave. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { JsonObject } from '../hooks/hook.ts';
import type { MethodName } from '../wcs/methods.ts';

export interface HookEvent extends APIGatewayProxyEventV2 {
  /** When this function received it, in milliseconds since the epoch; for the log. */
  startedAt: number;
  rawBody: Buffer;
  json: JsonObject;
  /** The names of the fields that are missing from `json` because they did not have their documented type. */
  leftOut?: readonly string[];
  /** The method as the path names it. */
  methodName: string;
  /** Undefined for a method that this version does not know. */
  method: MethodName | undefined;
}

export type HookAnswer = APIGatewayProxyStructuredResultV2;
