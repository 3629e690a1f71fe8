/** Asks again and again: later after failures, and not while nobody looks. */
const INTERVAL = 3000;
const LONGEST = 30_000;

/** A slow answer means a busy backend or a large list: it is left alone for twice as long as it took. */
export const nextDelay = (failures: number, took: number) =>
  Math.min(LONGEST, Math.max(INTERVAL * 2 ** Math.min(failures, 10), 2 * took));

export interface Clock {
  now(): number;
  /** @returns what cancels it */
  later(milliseconds: number, run: () => void): () => void;
}

export interface Poller {
  /** Asks now, unless it is asking already. */
  again(): void;
  /** Pauses, or continues at once. */
  watch(isWatched: boolean): void;
  stop(): void;
}

/**
 * @param ask asks once
 *  @returns `failed` is asked again later, `final` only when somebody wants it
 */
export function createPoller(ask: () => Promise<'ok' | 'failed' | 'final'>, clock: Clock): Poller {
  let failures = 0;
  let asking = false;
  let watched = true;
  let stopped = false;
  let cancel = () => {};

  async function round(): Promise<void> {
    if (asking || stopped) return;
    cancel();
    asking = true;
    const began = clock.now();
    const outcome = await ask();
    asking = false;
    failures = outcome === 'failed' ? failures + 1 : 0;
    if (outcome !== 'final' && watched && !stopped)
      cancel = clock.later(nextDelay(failures, clock.now() - began), begin);
  }
  const begin = () => void round();

  return {
    again: begin,
    watch(isWatched) {
      watched = isWatched;
      if (isWatched) begin();
      else cancel();
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}
