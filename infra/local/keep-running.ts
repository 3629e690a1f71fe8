/** Keeps a part of the stack running: a part that ends is restarted, and if that does not help, the whole stack ends. */
import type { RunningPart } from './child.ts';

/** Milliseconds before each restart. */
export const RESTART_DELAYS = [500, 1000, 2000, 4000, 8000];
/** A part that has run this long gets all its restarts again. */
export const STEADY_MS = 60_000;

export interface Keeper {
  readonly say: (text: string) => void;
  /** Ends the stack. */
  readonly giveUp: (text: string) => void;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  readonly now: () => number;
}

/**
 * Resolves when the part is running.
 * @param start also called for each restart
 * @throws Error if the first start fails: a stack that cannot start reports it at once
 */
export async function keepRunning(name: string, start: () => Promise<RunningPart>, keeper: Keeper): Promise<void> {
  const first = await start().catch((error: Error) => {
    throw new Error(`${name} ended (${error.message}).`);
  });
  void watch(name, start, first, keeper);
}

async function watch(
  name: string,
  start: () => Promise<RunningPart>,
  { ended }: RunningPart,
  { say, giveUp, sleep, now }: Keeper,
): Promise<void> {
  let startedAt = now();
  for (let tries = 0; ;) {
    const reason = await ended;
    if (now() - startedAt >= STEADY_MS) tries = 0;
    const delay = RESTART_DELAYS[tries++];
    if (delay === undefined) {
      return giveUp(`${name} ended (${reason}), even after ${RESTART_DELAYS.length} restarts in a row.`);
    }
    say(`${name} ended (${reason}). It is started again in ${delay / 1000} s.`);
    await sleep(delay);
    startedAt = now();
    ended = start().then(
      (part) => {
        say(`${name} is running again.`);
        return part.ended;
      },
      (error: Error) => error.message,
    );
  }
}
