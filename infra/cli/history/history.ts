/** What the log has about a subject, hook by hook. */
import type { Subject } from '../../../lib/wcs/methods.ts';
import type { HISTORY_FIELDS } from '../../cloudformation/queries.ts';

/** A line of the log: a hook, or the replay of a parked one. `time` is ISO 8601 UTC, with milliseconds. */
export type HistoryLine = { readonly time: string } & {
  readonly [Field in (typeof HISTORY_FIELDS)[Subject][number]]?: string | number;
};

export interface History {
  readonly lines: readonly HistoryLine[];
  /** There may be more lines than one search returns. */
  readonly isCut: boolean;
  readonly searchedBytes: number;
}

/** What to search for. `id` is written as in the log; times are milliseconds since the epoch. */
export interface Search {
  readonly of: Subject;
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/** Reports progress in a phrase. */
export type Tell = (text: string) => void;

const UNITS = [
  [2 ** 30, 'GB'],
  [2 ** 20, 'MB'],
  [2 ** 10, 'KB'],
] as const;

export function sizeOf(bytes: number): string {
  const [size, unit] = UNITS.find(([size]) => bytes >= size) ?? [1, 'bytes'];
  return `${(bytes / size).toFixed(unit === 'bytes' || bytes / size >= 100 ? 0 : 1)} ${unit}`;
}
