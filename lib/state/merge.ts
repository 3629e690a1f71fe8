/** The rule: what a row becomes by a sighting. Any order, any repetition of the same sightings gives the same row. */
import { isLive, LEVEL, phaseOf, type Level } from './lifecycle.ts';
import { FACTS, OWNED, SAID, type OwnedField, type Row } from './row.ts';
import { levelOfRank, rankOf, type Sighting } from './sighting.ts';
import type { Attribute } from './storable.ts';

/** How long a row stays after its stream is no longer live, in seconds. */
export interface Retention {
  readonly retentionSeconds: number;
}

export const isoTime = (at: number) => new Date(at).toISOString();

/** The row after the sighting; fields that are not ours (the operator's, `revision`) are not in it. */
export function merge(row: Row, sighting: Sighting, retention: Retention): Row {
  const at = isoTime(sighting.at);
  const rank = rankOf(sighting);
  const wins = row.rank === undefined || rank > text(row.rank);
  const [stronger, weaker] = wins ? [sighting.facts, row] : [row, sighting.facts];
  const isNewest = row.lastSeenAt === undefined || at > text(row.lastSeenAt);
  const startedNow = isLive(sighting.level) ? at : undefined;

  const merged: { [Field in OwnedField]?: Attribute | undefined } = {
    ...pick(SAID, wins ? sighting.said : row),
    ...pick(FACTS, weaker),
    ...pick(FACTS, stronger),
    // Whose name it is says whether it was cut.
    nameCut: (stronger.name === undefined ? weaker : stronger).nameCut,
    rank: wins ? rank : row.rank,
    statusAt: wins ? at : row.statusAt,
    firstSeenAt: least(row.firstSeenAt, at),
    lastSeenAt: isNewest ? at : row.lastSeenAt,
    startedAt: least(row.startedAt, startedNow),
    lost: isNewest ? undefined : row.lost,
  };
  return pick(OWNED, { ...merged, ...derived(merged, retention) });
}

/** The row with `lost` laid over it, for as long as no newer hook comes; it touches nothing that hooks have said. */
export function layLost(row: Row, why: string, retention: Retention): Row {
  const lost = { ...pick(OWNED, row), lost: why };
  return pick(OWNED, { ...lost, ...derived(lost, retention) });
}

/** What follows from the level, the times and the facts. */
function derived(row: { [Field in OwnedField]?: Attribute | undefined }, { retentionSeconds }: Retention) {
  const level = levelOfRank(text(row.rank));
  const lost = isLive(level) ? row.lost : undefined;
  const isInLivePhase = isLive(level) && lost === undefined;
  // Nothing is heard of a lost stream after `lastSeenAt`; of the others the last word counts.
  const silentSince = Date.parse(text(lost === undefined ? row.statusAt : row.lastSeenAt));
  return {
    phase: lost === undefined ? phaseOf(level) : 'lost',
    lost,
    live: isInLivePhase ? roleOf(row) : undefined,
    endedAt: isEnded(level) ? row.statusAt : undefined,
    expiresAt: isInLivePhase ? undefined : Math.floor(silentSince / 1000) + retentionSeconds,
  };
}

const isEnded = (level: Level) => level >= LEVEL.presumedEnded;

/** The key of the index `live`. Only `published` tells a publisher from a player under a word that we do not know. */
function roleOf({ status, published }: { status?: Attribute | undefined; published?: Attribute | undefined }) {
  if (status === 'PUBLISHING') return 'publishing';
  if (status === 'PLAYING' || status === 'PAUSED') return 'playing';
  return published === true ? 'publishing' : 'playing';
}

/** Whether a live sighting tells its role by itself, without the row's facts. */
export const knowsItsRole = ({ said: { status }, facts: { published } }: Sighting) =>
  published !== undefined || status === 'PUBLISHING' || status === 'PLAYING' || status === 'PAUSED';

export interface Differences {
  readonly set: readonly (readonly [OwnedField | 'stopSentAt', Attribute])[];
  readonly remove: readonly OwnedField[];
}

/** What has to be written to make `row` into `merged`; undefined if nothing. */
export function differences(row: Row, merged: Row): Differences | undefined {
  const changed = OWNED.filter((field) => merged[field] !== row[field]);
  if (changed.length === 0) return undefined;
  return {
    set: changed.flatMap((field) => (merged[field] === undefined ? [] : [[field, merged[field]] as const])),
    remove: changed.filter((field) => merged[field] === undefined),
  };
}

const text = (value: Attribute | undefined) => String(value);

function pick<Field extends string>(fields: readonly Field[], from: { readonly [F in Field]?: Attribute | undefined }) {
  const picked: { [F in Field]?: Attribute } = {};
  for (const field of fields) {
    const value = from[field];
    if (value !== undefined) picked[field] = value;
  }
  return picked;
}

const least = (a: Attribute | undefined, b: string | undefined) =>
  a === undefined || (b !== undefined && b < text(a)) ? b : a;
