/** Detects rows that contradict what should have happened, and reports each once to the operator. */
import { isSameClient, rowOfClient } from './clients.ts';
import { LEVEL } from './lifecycle.ts';
import { isOperatorsEnd } from './presumed-end.ts';
import { KINDS, type Row } from './row.ts';
import type { Sighting } from './sighting.ts';

/**
 * - denial ignored: what we denied is live. This WCS has no FAIL for the method, or did not ask.
 * - live after end: WCS uses the id again, or the end was none. The row stays ended.
 * - id in use: a second client has the id of one that is live. Of the row, only `rivals` changes.
 */
export const ANOMALIES = ['denial ignored', 'live after end', 'id in use'] as const;
export type Anomaly = (typeof ANOMALIES)[number];

/** Hooks of a stream may overtake one another, and its end, too. An end by the operator is no hook: nothing overtakes it. */
const OVERTAKING_MS = 60_000;

const isLiveOrLost = ({ phase }: Row) => phase === 'live' || phase === 'lost';
const goesOnDenied = (row: Row) => isLiveOrLost(row) && row.denied !== undefined;

/** What is odd about a sighting that made `row` into `merged`. */
export function anomalyOf(row: Row, merged: Row, sighting: Sighting): Anomaly | undefined {
  const { kind, client, state, at } = sighting;
  const before = rowOfClient(row, client) ?? {};
  const own = rowOfClient(merged, client) ?? merged;
  if (KINDS[kind].idGoesTo === 'first' && sighting.level !== LEVEL.seen) {
    const isNews = own.phase !== before.phase;
    const isClaim = sighting.level === LEVEL.starting;
    if (!isSameClient(merged, client)) {
      if (isLiveOrLost(merged)) return isNews || isClaim ? 'id in use' : undefined;
      // Only a stream that was live before it keeps the id from one that is: that has ended.
      return isNews && isLiveOrLost(own) ? 'live after end' : undefined;
    }
    if (isNews && isLiveOrLost(own) && !isSameClient(row, client)) return 'id in use';
  }
  if (goesOnDenied(own) && !goesOnDenied(before)) return 'denial ignored';
  const mayOvertake = isOperatorsEnd(own) ? 0 : OVERTAKING_MS;
  const isAfterEnd = state.phase === 'live' && at - Date.parse(String(own.endedAt)) > mayOvertake;
  return isAfterEnd ? 'live after end' : undefined;
}
