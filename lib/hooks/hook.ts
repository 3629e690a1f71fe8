/** One validated hook, and what became of it. */
import type { Line } from '../platform/log.ts';
import type { Outcome } from '../store/store.ts';
import type { MethodName } from '../wcs/methods.ts';
import type { HttpError } from './errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface Hook {
  readonly method: MethodName;
  /** The body without the fields that are not of their documented type. */
  readonly body: JsonObject;
  /** The received bytes. */
  readonly rawBody: Buffer;
  /** The gateway's receive time: milliseconds since the epoch. */
  readonly at: number;
  readonly requestId: string;
}

/** What became of a hook's sighting: it is in its row, or it is parked. */
export interface Saved {
  readonly outcome: Outcome | 'parked';
  /** Why it was parked. */
  readonly cause?: unknown;
  /** Why the stream is to be stopped. */
  readonly stop?: string;
}

/**
 * Every outcome of a hook, the dimension of the metric `hooks`: the compiler checks alarms, dashboard and queries against it.
 * A saved hook has the outcome of its write, or `parked`. Otherwise it was denied by a policy, stopped by the operator,
 * undecided because the store or the keys were missing, rejected with a 4xx before the rules, or failed on our side.
 */
export type HookOutcome =
  Saved['outcome'] | 'echoed' | 'unknown method' | 'denied' | 'stopped' | 'undecided' | 'rejected' | 'failed';

/** The outcome of a hook, and what the log reports of it. */
export interface Result {
  readonly outcome: HookOutcome;
  /** What failed on our side, even if the hook is answered 200. */
  readonly cause?: unknown;
  /** The body that replaces the received bytes. */
  readonly answer?: Buffer;
  /** Whom a call goes to, whatever the client requested. */
  readonly callee?: string;
  /** The error that replaces the 200. */
  readonly error?: HttpError;
  /** For the hook's line in the log. */
  readonly fields?: Line['fields'];
  readonly metrics?: Extract<Line, { dimension: 'outcome' }>['metrics'];
}

/** Processes one validated hook. */
export type HookProcessor = (hook: Hook) => Result | Promise<Result>;
