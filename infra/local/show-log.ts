/**
 * Where the lines of our functions go on this machine: each into its day's file, and to stdout, as a short one where that is
 * a terminal. In a pipe or a container's log they stay JSON, for programs.
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

/** From now on what is written to `stdout` passes here: the functions run in this process, and write as they do in Lambda. */
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

/** Colours where stdout is a terminal that has them, and NO_COLOR does not forbid them. */
export const terminalPaint: Paint = (colour, text) => styleText(colour, text, { stream: process.stdout });
