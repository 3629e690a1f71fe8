/** The rule: what a row becomes by a sighting. Any order, any repetition of the same sightings gives the same row. */
import { withRowOfClient } from './clients.ts';
import { LEVEL } from './lifecycle.ts';
import { rankOf } from './rank.ts';
import { isReusable } from '../wcs/reusable-id.ts';
import { KINDS, type Fields, type Kind, type KindName, type OwnedField, type Register, type Row } from './row.ts';
import type { Sighting } from './sighting.ts';
import { isoTime, type Attribute } from './storable.ts';

/** How long a row stays after its stream is no longer live, or its session was last told of, in seconds. */
export interface Retention {
  readonly retentionSeconds: number;
}

/** The row after the sighting; fields that are not ours (the operator's, `revision`) are not in it. */
export const merge = (row: Row, sighting: Sighting, retention: Retention): Row =>
  withRowOfClient(row, sighting.client, (own) => mergeOwn(own, sighting, retention), KINDS[sighting.kind]);

/** The same for the row of the sighting's own client. */
function mergeOwn(row: Row, sighting: Sighting, retention: Retention): Row {
  const kind: Kind = KINDS[sighting.kind];
  const { state, attributes } = sighting;
  const at = isoTime(sighting.at);
  const rank = rankOf(sighting);
  const wins = row.rank === undefined || rank > text(row.rank);
  const [stronger, weaker]: [Fields, Fields] = wins ? [attributes, row] : [row, attributes];
  const isNewest = row.lastSeenAt === undefined || at > text(row.lastSeenAt);

  const merged: { [Field in OwnedField]?: Attribute | undefined } = {
    ...pick(kind.state, wins ? state : row),
    ...pick(kind.attributes, weaker),
    ...pick(kind.attributes, stronger),
    // Whose name it is says whether it was cut.
    nameCut: (stronger.name === undefined ? weaker : stronger).nameCut,
    rank: wins ? rank : row.rank,
    statusAt: wins ? at : row.statusAt,
    firstSeenAt: earliest(row.firstSeenAt, at),
    lastSeenAt: isNewest ? at : row.lastSeenAt,
    startedAt: earliest(row.startedAt, state.phase === 'live' ? at : undefined),
    answeredAt: earliest(row.answeredAt, sighting.level === LEVEL.live ? at : undefined),
    stopAt: earliest(row.stopAt, attributes.stopAt),
    lost: isNewest ? undefined : row.lost,
  };
  for (const register of kind.registers) {
    const fields = [register.time, ...register.fields];
    Object.assign(merged, pick(fields, registerWins(attributes, row, register, sighting) ? attributes : row));
  }
  return withDerived(merged, kind, retention);
}

/** The row marked as lost until a newer hook comes. Nothing that hooks reported changes. */
export const markLost = (kind: KindName, row: Row, why: string, retention: Retention): Row =>
  withDerived({ ...row, lost: why }, KINDS[kind], retention);

/** With what follows from the phase, the times and the attributes. */
function withDerived(row: Fields, kind: Kind, { retentionSeconds }: Retention): Row {
  const phaseOfHooks = row.phase === 'lost' ? 'live' : row.phase;
  const lost = phaseOfHooks === 'live' ? row.lost : undefined;
  const isLive = phaseOfHooks === 'live' && lost === undefined;
  // Nothing is heard of a lost one after `lastSeenAt`; of the others the last word counts.
  const silentSince = text(lost === undefined ? row.statusAt : row.lastSeenAt);
  const isClosed = lost !== undefined || phaseOfHooks === 'ended' || phaseOfHooks === 'denied';
  return pick(kind.owned, {
    ...row,
    ...sizeOf(row),
    ...talkOf(row),
    phase: lost === undefined ? phaseOfHooks : 'lost',
    lost,
    live: isLive ? kind.roles?.roleOf(row) : undefined,
    endedAt: phaseOfHooks === 'ended' ? row.statusAt : undefined,
    expiresAt: isLive && kind.roles ? undefined : Math.floor(Date.parse(silentSince) / 1000) + retentionSeconds,
    // The hour, such as `2026-11-25T10`.
    closedIn: isClosed ? silentSince.slice(0, 13) : undefined,
    closedAt: isClosed ? silentSince : undefined,
  });
}

/** That of a picture which was resized since the winner told its own; it is told later by a hook of no weight. */
function sizeOf({ resizedAt, resizedWidth, resizedHeight, statusAt }: Fields): Fields {
  const isResized = resizedAt !== undefined && text(resizedAt) >= text(statusAt);
  return isResized ? { width: resizedWidth, height: resizedHeight } : {};
}

/**
 * How long they talked: 0 if nobody answered. DynamoDB counts it, too, for an end that is written without reading the row, and
 * can do that with a number alone.
 */
function talkOf({ phase, answeredAt, statusAt }: Fields): Fields {
  const answered = answeredAt === undefined ? undefined : Date.parse(text(answeredAt));
  const talked = Math.max(0, Date.parse(text(statusAt)) - (answered ?? Infinity));
  return {
    answeredSeconds: answered === undefined ? undefined : answered / 1000,
    talkSeconds: phase === 'ended' ? talked / 1000 : undefined,
  };
}

export interface Differences {
  readonly set: readonly (readonly [OwnedField | 'stopSentAt', Attribute])[];
  readonly remove: readonly OwnedField[];
}

/** What has to be written to make `row` into `merged`; undefined if nothing. */
export function differences(row: Row, merged: Row, { owned }: Pick<Kind, 'owned'>): Differences | undefined {
  const changed = owned.filter((field) => merged[field] !== row[field]);
  if (changed.length === 0) return undefined;
  return {
    set: changed.flatMap((field) => (merged[field] === undefined ? [] : [[field, merged[field]] as const])),
    remove: changed.filter((field) => merged[field] === undefined),
  };
}

const text = (value: Attribute | undefined) => String(value);

function pick(fields: readonly OwnedField[], from: Fields) {
  const picked: { [Field in OwnedField]?: Attribute } = {};
  for (const field of fields) {
    const value = from[field];
    if (value !== undefined) picked[field] = value;
  }
  return picked;
}

const earliest = (a: Attribute | undefined, b: Attribute | undefined) =>
  a === undefined || (b !== undefined && text(b) < text(a)) ? b : a;

/** Whether a sighting's register counts, and not the row's; what they hold breaks an exact tie. */
function registerWins(
  attributes: Fields,
  row: Fields,
  { time, fields, keptFirst }: Register,
  { id }: Sighting,
): boolean {
  const [theirs, ours] = [attributes[time], row[time]];
  if (theirs === undefined || ours === undefined) return theirs !== undefined;
  if (theirs !== ours) return keptFirst && !isReusable(id) ? text(theirs) < text(ours) : text(theirs) > text(ours);
  const whole = (from: Fields) => JSON.stringify(fields.map((field) => from[field] ?? null));
  return whole(attributes) > whole(row);
}
