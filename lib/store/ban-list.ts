/** The bans as each container knows them: read whole, at most every 5 s, never for each hook. */
import type { Effects } from '../platform/effects.ts';
import { startDeadline } from '../platform/deadline.ts';
import { describe } from '../platform/log.ts';
import { bansOf, type Ban, type Bans } from '../state/bans.ts';

/** How old the list may be; after a failure, how long the next try waits. */
export const MAX_AGE_MS = 5000;
/** One hook in 5 s waits for the reading, and not for long. */
const PATIENCE_MS = 500;

export interface BanSource {
  /** The bans of 5 s ago at most, or the last that could be read; undefined while there was none. It never rejects. */
  current(): Promise<Bans | undefined>;
}

/** `read`: reads all bans. */
export function createBanList(
  read: (signal: AbortSignal) => Promise<readonly Ban[]>,
  { now, log }: Effects,
): BanSource {
  let bans: Bans | undefined;
  let readAt: number | undefined;
  let triedAt = -Infinity;
  let pending: Promise<void> | undefined;

  async function readAgain(): Promise<void> {
    triedAt = now();
    const deadline = startDeadline(PATIENCE_MS);
    try {
      bans = bansOf(await read(deadline.signal));
      readAt = triedAt;
    } catch (error) {
      const age = readAt === undefined ? {} : { banListAgeSeconds: Math.round((now() - readAt) / 1000) };
      const fields = { cause: describe(error) };
      log({ level: 'WARN', message: 'bans not read', fields, metrics: { bansNotRead: 1, ...age } });
    } finally {
      deadline.end();
      pending = undefined;
    }
  }

  return {
    async current() {
      if (!pending && now() - triedAt >= MAX_AGE_MS) {
        pending = readAgain();
        await pending;
      } else if (!bans) {
        await pending;
      }
      return bans;
    },
  };
}
