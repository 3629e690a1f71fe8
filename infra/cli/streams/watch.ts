/** Shows a list again and again on one screen. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Screen {
  readonly write: (text: string) => void;
  /** The number of its lines. */
  readonly rows: () => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const LEAST_PAUSE_MS = 3000;
/** Reading takes at most a tenth of the time, however much is live. */
const PAUSES_FOR_A_READ = 9;
/** The lines around the streams: the time, the heads of both roles, the sum, and the line of the cursor. */
const OTHER_LINES = 6;

const HOME = '\u001b[H';
const ERASE_TO_LINE_END = '\u001b[K';
const ERASE_BELOW = '\u001b[J';

/** `show` gets how many streams fit, and where to write. Resolves when `signal` is aborted, or to what could not be shown. */
export async function watch(
  show: (limit: number, write: (line: string) => void) => Promise<string | undefined>,
  { write, rows, now }: Screen,
  signal: AbortSignal,
): Promise<string | undefined> {
  write(`${HOME}${ERASE_BELOW}`);
  while (!signal.aborted) {
    const started = now();
    const lines = [`${new Date(started).toISOString().slice(11, 19)} UTC, Ctrl-C ends`];
    const missing = await show(Math.max(rows() - OTHER_LINES, 1), (text) => lines.push(...text.split('\n')));
    if (missing !== undefined) return missing;
    // Lines are overwritten, not erased first, so that they do not flicker.
    const shown = lines.slice(0, Math.max(rows() - 1, 1)).map((line) => `${line}${ERASE_TO_LINE_END}\n`);
    write(`${HOME}${shown.join('')}${ERASE_BELOW}`);
    const pause = Math.max(LEAST_PAUSE_MS, PAUSES_FOR_A_READ * (now() - started));
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
  return undefined;
}
