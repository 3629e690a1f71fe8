/** `--since`: a time, as a distance from now or by the clock. */
import { UsageError } from './command-line.ts';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** @returns milliseconds since the epoch; @throws UsageError */
export function readSince(text: string, now: number): number {
  const [, count = '', unit = ''] = /^(\d{1,6}) ?(s|m|min|h|d)$/.exec(text) ?? [];
  const distance = UNIT_MS[unit];
  if (distance !== undefined) return now - Number(count) * distance;
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(time)) {
    throw new UsageError(`--since ${text}: expected 30m, 1h, 2d, or a time such as 2026-11-25T10:00Z`);
  }
  if (time > now) throw new UsageError(`--since ${text}: that is in the future`);
  return time;
}
