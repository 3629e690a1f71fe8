/**
 * Writes the log lines of our functions to the day's file and to stdout. On a terminal they are short; in a pipe or a
 * container's log they stay JSON, for programs.
 */
import { styleText } from 'node:util';
import { shortLine, type LogLine, type Paint } from './short-line.ts';

export interface Stdout {
  readonly isTTY?: boolean;
  write(chunk: string | Uint8Array, ...rest: unknown[]): boolean;
}

/** A function writes a line at once, in one call. */
const isLine = (chunk: string | Uint8Array): chunk is string =>
  typeof chunk === 'string' && chunk.startsWith('{"time":"') && chunk.endsWith('}\n');

/** Intercepts what is written to `stdout`: the functions run in this process, and write as they do in Lambda. */
export function showLog(stdout: Stdout, keep: (line: string) => void, paint: Paint): void {
  const write = stdout.write.bind(stdout);
  stdout.write = (chunk, ...rest) => {
    if (!isLine(chunk)) return write(chunk, ...rest);
    keep(chunk);
    if (!stdout.isTTY) return write(chunk, ...rest);
    const short = shortLine(JSON.parse(chunk) as LogLine, paint);
    return short === undefined || write(`${short}\n`);
  };
}

/** Uses colours if stdout is a terminal that has them and NO_COLOR is not set. */
export const terminalPaint: Paint = (colour, text) => styleText(colour, text, { stream: process.stdout });
