/** What the requests of one hook, or of one sweep, have together: a deadline and a counter. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Budget {
  readonly signal: AbortSignal;
  /** To DynamoDB, so far; what the SDK sends again is not counted. */
  requests: number;
}

export const startBudget = (signal: AbortSignal): Budget => ({ signal, requests: 0 });

/** How the store waits; tests that play with time bring their own. */
export interface Pacing {
  /** Ends all requests of one upsert together. */
  readonly deadline: () => AbortSignal;
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** All store work of a hook has 2 s. */
export const DEADLINE_MS = 2000;

export const REAL_TIME: Pacing = {
  deadline: () => AbortSignal.timeout(DEADLINE_MS),
  pause: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};
