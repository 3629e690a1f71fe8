/**
 * What a container does before its first hook, while Lambda still waits for it: it is frozen right after, often for minutes,
 * and what was only started then may be dead when it wakes.
 */
import { startDeadline } from './platform/deadline.ts';

/** Lambda gives 10 s, and somebody may be waiting. */
const LONGEST_MS = 1500;

/** An id that no WCS gives: there is no such row, and none is made. */
export const WARM_UP_ID = '#warm-up';

/** Settles when all is done, or the time is over. It never fails: whatever is wrong is the first hook's to tell. */
export async function warmUp(...parts: ((signal: AbortSignal) => Promise<unknown>)[]): Promise<void> {
  const deadline = startDeadline(LONGEST_MS);
  const { signal } = deadline;
  const over = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  await Promise.race([Promise.allSettled(parts.map(async (part) => part(signal))), over]);
  deadline.end();
}
