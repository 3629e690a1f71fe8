/** Prints usage as a table for people, as CSV for a spreadsheet, as JSON for a program. */
import { toJson, type Cells } from '../streams/print.ts';
import { pad, visible, widthOf } from '../terminal-text.ts';
import type { Options } from './options.ts';
import type { GroupedBy, Interval, Usage } from './sum.ts';

const MINUTE_MS = 60_000;
/** To some milliseconds: whole minutes would add up wrongly over thousands of streams. */
const minutes = (milliseconds: number) => Math.round((milliseconds / MINUTE_MS) * 10_000) / 10_000;

/** One group, with the column names of JSON and CSV. */
export const cellsOf = (
  { key, streams, mostStreams, calls, mostCalls, time }: Usage,
  by: GroupedBy | 'total',
): Cells => ({
  [by]: key,
  streams,
  peakStreams: mostStreams,
  publishedMinutes: minutes(time.published),
  playedMinutes: minutes(time.played),
  calls,
  peakCalls: mostCalls,
  talkedMinutes: minutes(time.talked),
});

/** One stream or call of a user. */
export const cellsOfOne = ({ from, to, use, id, name, app, node }: Interval): Cells => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
  use,
  minutes: minutes(to - from),
  name,
  app,
  node,
  id,
});

/** One line per row, and of `total` in a table. */
export function linesOf(rows: readonly Cells[], total: Cells | undefined, format: Options['format']): string[] {
  if (format === 'json') return rows.map(toJson);
  const names = Object.keys(rows[0] ?? total ?? {});
  if (names.length === 0) return [];
  if (format === 'csv') return [names, ...rows.map((row) => names.map((name) => row[name]))].map(csvLine);
  return tableOf(names, total === undefined ? rows : [...rows, total]);
}

function tableOf(names: readonly string[], rows: readonly Cells[]): string[] {
  const lines = [names, ...rows.map((row) => names.map((name) => shown(row[name])))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))));
  return lines.map((line) =>
    line
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function shown(value: Cells[string]): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(1);
  return value === undefined ? '-' : visible(String(value));
}

/** RFC 4180. Names come from clients, and a spreadsheet would run a cell that begins like a formula. */
function csvLine(cells: readonly Cells[string][]): string {
  return cells
    .map((cell) => {
      const text = cell === undefined ? '' : String(cell);
      const safe = typeof cell === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
      return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    })
    .join(',');
}
