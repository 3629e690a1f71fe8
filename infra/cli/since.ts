/** Times on the command line: `--since`, as a distance from now or a time, and others. */
import { UsageError } from './command-line.ts';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** @returns milliseconds since the epoch; @throws UsageError */
export function readSince(text: string, now: number): number {
  const [, count = '', unit = ''] = /^(\d{1,6}) ?(s|m|min|h|d)$/.exec(text) ?? [];
  const distance = UNIT_MS[unit];
  if (distance !== undefined) return now - Number(count) * distance;
  const time = readTime(text);
  if (time === undefined) {
    throw new UsageError(`--since ${text}: expected 30m, 1h, 2d, or a time such as 2026-11-25T10:00Z`);
  }
  if (time > now) throw new UsageError(`--since ${text}: that is in the future`);
  return time;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** With its zone: a time without one would depend on the machine, and all that is printed is UTC. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** A date (from 00:00 UTC on) or a time with its zone, in milliseconds since the epoch; undefined if it is neither. */
export function readTime(text: string): number | undefined {
  const time = DATE.test(text) || TIME.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time)) return undefined;
  // Date.parse() takes 2026-02-30 for March 2.
  const date = text.slice(0, 10);
  return new Date(date).toISOString().startsWith(date) ? time : undefined;
}
