/** Search and order, as each view's table needs them. */
import type { CallItem, ClosedItem, StreamItem } from './answers.ts';
import type { Group } from './live.ts';

/** @returns whether one of the texts contains what was searched for, in any case of letters */
export function matcher(search: string): (...texts: readonly (string | undefined)[]) => boolean {
  const wanted = search.trim().toLowerCase();
  return (...texts) => wanted === '' || texts.some((text) => text?.toLowerCase().includes(wanted));
}
type Matches = ReturnType<typeof matcher>;

export const streamMatches = (matches: Matches, { name, mediaSessionId, sessionId, nodeId, appKey }: StreamItem) =>
  matches(name, mediaSessionId, sessionId, nodeId, appKey);
export const callMatches = (matches: Matches, { caller, callee, callId, sessionId, nodeId, appKey }: CallItem) =>
  matches(caller, callee, callId, sessionId, nodeId, appKey);
export const closedMatches = (matches: Matches, item: ClosedItem) =>
  matches(
    ...[item.name, item.caller, item.callee, item.sub, item.mediaSessionId, item.callId],
    ...[item.phase, item.status, item.info, item.denied, item.nodeId, item.appKey],
  );

/** A group is found whole, by any of its streams and calls. */
export const groupMatches = (matches: Matches, { key, publishers, viewers, calls }: Group) =>
  matches(key) ||
  publishers.some((stream) => streamMatches(matches, stream)) ||
  viewers.some((stream) => streamMatches(matches, stream)) ||
  calls.some((call) => callMatches(matches, call));

export type Sortable = string | number | undefined;

/** As a person orders: room-2 before room-10. */
const { compare } = new Intl.Collator(undefined, { numeric: true });

/** @returns the rows in the order of a value; those without it are the last in both directions */
export function sorted<Row>(rows: readonly Row[], valueOf: (row: Row) => Sortable, descending: boolean): Row[] {
  const direction = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: valueOf(row) }))
    .sort(({ value: a }, { value: b }) => {
      if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
      return direction * (typeof a === 'number' && typeof b === 'number' ? a - b : compare(String(a), String(b)));
    })
    .map(({ row }) => row);
}
