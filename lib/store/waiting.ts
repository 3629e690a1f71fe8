import { setTimeout as sleep } from 'node:timers/promises';

/** How the store waits; tests that play with time bring their own. */
export interface Waiting {
  /** Ends all requests of one upsert together. */
  readonly deadline: () => AbortSignal;
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** All store work of a hook has 2 s. */
export const DEADLINE_MS = 2000;

export const REAL_TIME: Waiting = {
  deadline: () => AbortSignal.timeout(DEADLINE_MS),
  pause: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};
