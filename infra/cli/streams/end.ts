/** Ends the row of a ghost: a stream that is gone, without WCS having said so. */
import { isHeardWithinLease, whyLost, type Lease } from '../../../lib/state/lease.ts';
import { differences, merge, type Retention } from '../../../lib/state/merge.ts';
import { operatorsEnd } from '../../../lib/state/presumed-end.ts';
import { KINDS, type Row } from '../../../lib/state/row.ts';
import { createTable, ifUnchanged } from '../../../lib/store/table.ts';
import { startBudget } from '../../../lib/store/budget.ts';
import { ageOf, distance } from './age.ts';
import type { Streams } from './read.ts';
import { described } from './stop.ts';

export interface Ending {
  /** End it even if it was heard of within its lease. */
  readonly isSure: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly rules: Lease & Retention;
}

/** `before`: the row as it was. Undefined if there is no such stream. */
export type Ended = { readonly before: Row; readonly after: Row } | { readonly whyNot: string } | undefined;

const TIME_MS = 15_000;

/** A concurrent hook wins: a stream that it proves alive is not ended. */
export async function endStream({ dynamo, streamsTable }: Streams, id: string, ending: Ending): Promise<Ended> {
  const table = createTable(dynamo, streamsTable, KINDS.stream.key);
  const work = startBudget(AbortSignal.timeout(TIME_MS));
  for (;;) {
    const before = await table.read(id, work);
    if (Object.keys(before).length === 0) return undefined;
    const why = whyNot(id, before, ending);
    if (why !== undefined) return { whyNot: why };
    const after = merge(before, operatorsEnd(id, before, ending.now()), ending.rules);
    const changes = differences(before, after, KINDS.stream);
    if (!changes || (await table.write(id, ifUnchanged(changes, before), work)).done) return { before, after };
  }
}

function whyNot(id: string, row: Row, { isSure, now, rules }: Ending): string | undefined {
  const what = described(id, row);
  const { phase, keepAlive } = row;
  if (phase === 'ended') return `${what} has ended already, at ${row.endedAt}.`;
  if (phase !== 'live' && phase !== 'lost' && phase !== 'starting') {
    return `${what} is neither live, lost nor starting: there is nothing to end.`;
  }
  const silence = ageOf(now() - Date.parse(String(row.lastSeenAt)));
  const orYes = `If you know that it is gone: --end ${id} --yes`;
  const isHeard = isHeardWithinLease(row, now(), rules);
  if (isSure || phase === 'lost' || whyLost(row, now(), rules) !== undefined) return undefined;
  if (isHeard)
    return `${what} was heard of ${silence} ago, within its lease of ${rules.leaseSeconds} s: it may be alive. ${orYes}`;
  if (phase === 'live' && !keepAlive)
    return `${what} sends no keep-alives: that nothing was heard of it for ${silence} says nothing. ${orYes}`;
  return undefined;
}

/** Explains the result in a sentence or two. */
export const whatEndDid = (id: string, before: Row, now: number) =>
  `${described(id, before)} is ended, in its row: WCS is told nothing. It was last heard of ${distance(Date.parse(String(before.lastSeenAt)), now)} ` +
  `(${before.lastSeenAt}). A hook that proves it alive is reported as "live after end"; the row stays ended.`;
