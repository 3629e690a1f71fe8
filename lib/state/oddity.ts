/** What a row tells that should not be, for an operator to be told once. */
import { isOperatorsEnd } from './presumed-end.ts';
import type { Row } from './row.ts';
import type { Sighting } from './sighting.ts';

/**
 * refusal ignored: what we refused goes on: a WCS without FAIL for the method, or one that did not ask. live after end:
 * an id that WCS uses again, or an end that was none; its row stays ended.
 */
export type Oddity = 'refusal ignored' | 'live after end';

/** Hooks of one stream may overtake each other, an end too. The operator's word is no hook: nothing can have overtaken it. */
const OVERTAKING_MS = 60_000;

const goesOnRefused = ({ phase, denied }: Row) => (phase === 'live' || phase === 'lost') && denied !== undefined;

/** What is odd about a sighting that made `row` into `merged`. */
export function oddityOf(row: Row, merged: Row, { said, at }: Sighting): Oddity | undefined {
  if (goesOnRefused(merged) && !goesOnRefused(row)) return 'refusal ignored';
  const mayOvertake = isOperatorsEnd(merged) ? 0 : OVERTAKING_MS;
  const isAfterEnd = said.phase === 'live' && at - Date.parse(String(merged.endedAt)) > mayOvertake;
  return isAfterEnd ? 'live after end' : undefined;
}
