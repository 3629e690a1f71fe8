/** Where a command prints: a terminal with its width, or something else. */
import { columnsOf, fold } from '../terminal-text.ts';
import type { Out } from './tables.ts';

const ERASE_LINE = '\r\u001b[K';

/** `wide`: as if it were no terminal. */
export const outOf = (wide: boolean, write: Out['write']): Out => ({
  write,
  columns: wide ? undefined : columnsOf(process.stdout),
  now: Date.now,
  warn: (text) => console.error(fold(text, columnsOf(process.stderr))),
  progress(text = '') {
    if (process.stderr.isTTY) process.stderr.write(ERASE_LINE + text);
  },
});
