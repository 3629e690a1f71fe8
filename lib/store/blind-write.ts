/**
 * The common path: what one conditional UpdateItem may set for a sighting without reading the row. Where its condition
 * holds, the row becomes what the rule (state/merge.ts) makes of it; where it does not, the store reads and merges.
 */
import { LEVEL } from '../state/lifecycle.ts';
import { merge, type Retention } from '../state/merge.ts';
import { KINDS, type Fields, type Kind, type OwnedField, type Row } from '../state/row.ts';
import type { Sighting } from '../state/sighting.ts';
import { isoTime, type Attribute } from '../state/storable.ts';
import { isReusable } from '../wcs/reusable-id.ts';
import { createExpression, type Update, type ValueAliases } from './expression.ts';
import { inItsShards, type Shards } from './index-keys.ts';
import { createShapes, type Shapes } from './shapes.ts';

/**
 * Whether a sighting that is newer and ranks higher than all before can be written without reading the row. A keep-alive
 * hardly ever ranks higher, a live word that does not tell publisher from player needs the row's `published`, and what
 * has no status of its own but more to tell than a time (a registration) never ranks higher.
 */
export function canWriteBlind(sighting: Sighting): boolean {
  const { level, state, attributes, client } = sighting;
  if (level === LEVEL.seen) {
    return attributes.resizedAt !== undefined || Object.keys(attributes).length === Object.keys(client).length;
  }
  if (attributes.keepAlive) return false;
  const { roles }: Kind = KINDS[sighting.kind];
  return state.phase !== 'live' || !roles || roles.isToldBy({ ...state, ...attributes });
}

/** The earliest sighting sets these: a later one keeps what is there. */
const KEPT_IF_SET: readonly OwnedField[] = ['firstSeenAt', 'startedAt', 'answeredAt', 'answeredSeconds'];

/** Derived fields: removed where they no longer follow from the rest. */
const DERIVED: readonly OwnedField[] = ['live', 'endedAt', 'talkSeconds', 'lost', 'expiresAt', 'closedIn', 'closedAt'];

type Expression = ReturnType<typeof createExpression>;

/**
 * The row as the rule gives it for this sighting alone, set over the one that is there. `shapes` keeps the expressions of
 * sightings that have the same fields.
 */
export function blindWrite(sighting: Sighting, settings: Retention & Shards, shapes: Shapes = createShapes()): Update {
  const { kind, id, client, level } = sighting;
  const at = { at: isoTime(sighting.at) };
  if (level === LEVEL.seen) {
    const size = sizeOf(sighting.attributes);
    return shapes('seen', [at, client, size], (values) => seenWrite(sighting, size, values));
  }
  const alone = inItsShards(merge({}, sighting, settings), id, settings);
  const what = `${kind} ${isReusable(id)} ${sighting.state.phase === 'live'}`;
  const end = alone.talkSeconds === undefined ? {} : { endSeconds: sighting.at / 1000 };
  return shapes(what, [at, client, alone, end], (values) => wholeWrite(sighting, alone, values));
}

/** News of a row are newer than its status and its last resize. */
const sizeOf = ({ resizedAt, resizedWidth, resizedHeight }: Fields): Fields =>
  resizedAt === undefined ? {} : { resizedAt, resizedWidth, resizedHeight, width: resizedWidth, height: resizedHeight };

/** Of the client whose id it is (all that hooks carry of it is in the row from its first on), and of no other. */
const isItsOwn = ({ client }: Sighting, expression: Expression) =>
  [
    ...Object.entries(client).map(
      ([field, value]) => `${expression.name(field as OwnedField)} = ${expression.value(value as Attribute)}`,
    ),
    `attribute_not_exists(${expression.name('rivals')})`,
  ].join(' AND ');

/**
 * It touches nothing but `lastSeenAt` and the size of a RESIZE: not a row that it would open, nor one that it would bring
 * back from lost.
 */
function seenWrite(sighting: Sighting, size: Fields, values: ValueAliases): Update {
  const expression = createExpression(values);
  const at = expression.value(isoTime(sighting.at));
  const lastSeenAt = expression.name('lastSeenAt');
  expression.set('lastSeenAt', at);
  for (const [field, value] of entriesOf(size)) expression.set(field, expression.value(value));
  return expression.build(
    `${lastSeenAt} < ${at} AND attribute_not_exists(${expression.name('lost')}) AND ${isItsOwn(sighting, expression)}`,
  );
}

/** `alone`: the row as it would be by this sighting. */
function wholeWrite(sighting: Sighting, alone: Row, values: ValueAliases): Update {
  const expression = createExpression(values);
  const at = expression.value(isoTime(sighting.at));
  const lastSeenAt = expression.name('lastSeenAt');
  const kind: Kind = KINDS[sighting.kind];
  const replaced = replacedBy(alone, kind);
  for (const field of kind.owned) {
    const value = alone[field];
    if (field === 'talkSeconds' && value !== undefined) {
      // An end is later than the answer, as it is later than all before. Without an answer it is 0.
      const end = expression.value(sighting.at / 1000);
      expression.set(field, `${end} - if_not_exists(${expression.name('answeredSeconds')}, ${end})`);
    } else if (value !== undefined) {
      const given = expression.value(value);
      const kept = `if_not_exists(${expression.name(field)}, ${given})`;
      expression.set(field, KEPT_IF_SET.includes(field) ? kept : given);
    } else if (replaced.has(field)) {
      expression.remove(field);
    }
  }
  const rank = expression.name('rank');
  // Of these the earlier counts, which no expression can say.
  const isFirst = [
    ...(alone.stopAt === undefined ? [] : (['stopAt'] as const)),
    ...(alone.connectAt === undefined || isReusable(sighting.id) ? [] : (['connectAt'] as const)),
  ]
    .map((field) => ` AND attribute_not_exists(${expression.name(field)})`)
    .join('');
  const update = expression.build(
    // Nobody saw it yet (an operator may have set `stop` already) …
    `(attribute_not_exists(${lastSeenAt})${isFirst})` +
      // … or this is news, the strongest so far, and of the client whose id it is.
      ` OR (${lastSeenAt} < ${at} AND ${rank} < ${expression.value(String(alone.rank))}${isFirst} AND ${isItsOwn(sighting, expression)})`,
  );
  // Costs no unit, and tells of a denial that was ignored.
  return sighting.state.phase === 'live' ? { ...update, ReturnValues: 'ALL_OLD' } : update;
}

const entriesOf = (fields: Fields) => Object.entries(fields) as (readonly [OwnedField, Attribute])[];

/** What the winner does not carry and what does not follow from it is removed, with what goes as a whole; attributes stay. */
function replacedBy(alone: Row, { owned, state, registers }: Kind): Set<OwnedField> {
  return new Set([
    ...state,
    ...DERIVED.filter((field) => owned.includes(field)),
    ...registers.flatMap(({ time, fields }) => (alone[time] === undefined ? [] : fields)),
    ...(alone.name === undefined ? [] : (['nameCut'] as const)),
  ]);
}
