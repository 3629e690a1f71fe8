/** What a row tells that should not be, for an operator to be told once. */
import { isSameClient, rowOfClient } from './clients.ts';
import { LEVEL } from './lifecycle.ts';
import { isOperatorsEnd } from './presumed-end.ts';
import type { Row } from './row.ts';
import type { Sighting } from './sighting.ts';

/**
 * refusal ignored: what we refused goes on: a WCS without FAIL for the method, or one that did not ask. live after end:
 * an id that WCS uses again, or an end that was none; its row stays ended. id in use: a second client with the id of
 * one that is live; the row is not changed by it.
 */
export type Oddity = 'refusal ignored' | 'live after end' | 'id in use';

/** Hooks of one stream may overtake each other, an end too. The operator's word is no hook: nothing can have overtaken it. */
const OVERTAKING_MS = 60_000;

const isLive = ({ phase }: Row) => phase === 'live' || phase === 'lost';
const goesOnRefused = (row: Row) => isLive(row) && row.denied !== undefined;

/** What is odd about a sighting that made `row` into `merged`. */
export function oddityOf(row: Row, merged: Row, sighting: Sighting): Oddity | undefined {
  const { kind, client, said, at } = sighting;
  const before = rowOfClient(row, client) ?? {};
  const own = rowOfClient(merged, client) ?? merged;
  if (kind === 'stream' && merged.rivals !== undefined && sighting.level !== LEVEL.seen) {
    const isNews = own.phase !== before.phase;
    const isClaim = sighting.level === LEVEL.starting;
    if (!isSameClient(merged, client)) {
      if (isLive(merged)) return isNews || isClaim ? 'id in use' : undefined;
      return isNews && isLive(own) && merged.phase === 'ended' ? 'live after end' : undefined;
    }
    if (isNews && isLive(own) && !isSameClient(row, client)) return 'id in use';
  }
  if (goesOnRefused(own) && !goesOnRefused(before)) return 'refusal ignored';
  const mayOvertake = isOperatorsEnd(own) ? 0 : OVERTAKING_MS;
  const isAfterEnd = said.phase === 'live' && at - Date.parse(String(own.endedAt)) > mayOvertake;
  return isAfterEnd ? 'live after end' : undefined;
}
