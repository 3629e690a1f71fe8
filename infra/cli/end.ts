/** `--end ID`: ends the row of a ghost, a stream or call that is gone without WCS having said so. */
import { isHeardWithinLease, whyLost, type Lease } from '../../lib/state/lease.ts';
import { differences, merge, type Retention } from '../../lib/state/merge.ts';
import { operatorsEnd } from '../../lib/state/presumed-end.ts';
import { KINDS, type Row } from '../../lib/state/row.ts';
import { createTable, ifUnchanged } from '../../lib/store/table.ts';
import { startBudget } from '../../lib/store/budget.ts';
import { rulesOf, type StreamRules } from './function-settings.ts';
import { described, type RowTable } from './rows.ts';
import { tell, thereIsNone } from './show-row.ts';
import { explain, type Stage } from './stage-access.ts';
import { ageOf, distance } from './streams/age.ts';
import type { Out } from './streams/tables.ts';
import { visible } from './terminal-text.ts';

/** `isSure`: end it even if it was heard of within its lease. */
export interface End {
  readonly id: string;
  readonly isSure: boolean;
}
export type EndingStage = Pick<Stage, 'rules' | 'name' | 'place' | 'isLocal'>;

/** @returns a sentence if nothing was ended */
export async function end(
  stage: EndingStage,
  table: RowTable,
  { id, isSure }: End,
  json: boolean,
  out: Out,
): Promise<string | undefined> {
  const ended = await endRow(table, id, { isSure, now: out.now, rules: await rulesOrDefaults(stage, out.warn) });
  if (!ended) return thereIsNone(table, id);
  if ('whyNot' in ended) return visible(ended.whyNot);
  const { before, after } = ended;
  tell(table.kind, { [KINDS[table.kind].key]: id, ...after }, whatEndDid(table, id, before, out.now()), json, out);
  return undefined;
}

interface Ending {
  readonly isSure: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly rules: Lease & Retention;
}

/** `before`: the row as it was. Undefined if there is none. */
type Ended = { readonly before: Row; readonly after: Row } | { readonly whyNot: string } | undefined;

const TIME_MS = 15_000;

/** A concurrent hook wins: what it proves alive is not ended. */
async function endRow({ dynamo, name, kind }: RowTable, id: string, ending: Ending): Promise<Ended> {
  const table = createTable(dynamo, name, KINDS[kind].key);
  const work = startBudget(AbortSignal.timeout(TIME_MS));
  for (;;) {
    const before = await table.read(id, work);
    if (Object.keys(before).length === 0) return undefined;
    const why = whyNot(described(kind, id, before), id, before, ending);
    if (why !== undefined) return { whyNot: why };
    const after = merge(before, operatorsEnd(kind, id, before, ending.now()), ending.rules);
    const changes = differences(before, after, KINDS[kind]);
    if (!changes || (await table.write(id, ifUnchanged(changes, before), work)).done) return { before, after };
  }
}

function whyNot(what: string, id: string, row: Row, { isSure, now, rules }: Ending): string | undefined {
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
const whatEndDid = ({ kind }: RowTable, id: string, before: Row, now: number) =>
  `${described(kind, id, before)} is ended, in its row only: WCS does not learn of it. It was last heard of ${distance(Date.parse(String(before.lastSeenAt)), now)} ` +
  `(${before.lastSeenAt}). A hook that proves it alive is reported as "live after end"; the row stays ended.`;

/** Not everybody who may write rows may read the functions' settings. */
const rulesOrDefaults = (stage: EndingStage, warn: Out['warn']): Promise<StreamRules> =>
  stage.rules().catch((error: unknown) => {
    const rules = rulesOf({});
    warn(
      `The settings of ${stage.name} cannot be seen (${explain(error, stage).said}): taken for the defaults, a lease of ` +
        `${rules.leaseSeconds} s and ${rules.retentionSeconds / 86_400} days until the row is removed.`,
    );
    return rules;
  });
