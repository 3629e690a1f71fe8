/** Where a command prints: a terminal with its width, or something else. */
import { columnsOf, fold } from '../terminal-text.ts';
import type { Out } from './tables.ts';

const ERASE_LINE = '\r\u001b[K';

const writeLine = (line: string) => void process.stdout.write(`${line}\n`);

/** `wide`: as if stdout were not a terminal. */
export const outOf = (wide: boolean, write: Out['write'] = writeLine): Out => ({
  write,
  columns: wide ? undefined : columnsOf(process.stdout),
  now: Date.now,
  warn: (text) => console.error(fold(text, columnsOf(process.stderr))),
  progress(text = '') {
    if (process.stderr.isTTY) process.stderr.write(ERASE_LINE + text);
  },
});

/** Ends the command when nobody reads its output any more: `npm run streams | head`. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
}
