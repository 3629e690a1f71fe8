/**
 * What a container does before its first hook, while Lambda waits for it. Right afterwards it is frozen, often for minutes:
 * a request that was sent but not answered may be dead when the container thaws.
 */
import { startDeadline } from '../platform/deadline.ts';

/** Lambda allows 10 s, but a client may be waiting. */
const LONGEST_MS = 1500;

/** An id that WCS never gives: reading it finds no row, and makes none. */
export const WARM_UP_ID = '#warm-up';

/** Resolves when all parts are done or the time is up. It never rejects: the first hook reports what is wrong. */
export async function warmUp(...parts: ((signal: AbortSignal) => Promise<unknown>)[]): Promise<void> {
  const deadline = startDeadline(LONGEST_MS);
  const { signal } = deadline;
  const over = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  await Promise.race([Promise.allSettled(parts.map(async (part) => part(signal))), over]);
  deadline.end();
}
