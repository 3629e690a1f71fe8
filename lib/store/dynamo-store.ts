/**
 * Streams and sessions in DynamoDB, by one mechanism: one conditional UpdateItem for a hook that is newer than everything
 * before (almost all), and read, merge, write on an unchanged `revision` for the rest. Every write counts `revision` up.
 * Never PutItem: what the operator writes in between stays.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { rowOfClient } from '../state/clients.ts';
import { isLeaseFresh, type Lease } from '../state/lease.ts';
import { LEVEL } from '../state/lifecycle.ts';
import { differences, knowsItsRole, merge, type Differences, type Retention } from '../state/merge.ts';
import { anomalyOf, type Anomaly } from '../state/anomaly.ts';
import { isReusable } from '../wcs/reusable-id.ts';
import { KINDS, type Fields, type Kind, type OwnedField, type Row } from '../state/row.ts';
import type { Sighting } from '../state/sighting.ts';
import { whyStop, type StopRules } from '../state/stop.ts';
import { isoTime, type Attribute } from '../state/storable.ts';
import { createExpression, type Update, type ValueAliases } from './expression.ts';
import { liveKeyOf } from './live-index.ts';
import { createShapes, type Shapes } from './shapes.ts';
import { StoreError, type Outcome, type Store } from './store.ts';
import { createTable, ifUnchanged, type Table } from './table.ts';
import { REAL_TIME, type Pacing } from './budget.ts';
import { startBudget, type Budget } from './budget.ts';

export interface DynamoStoreSettings extends Retention, Lease, StopRules {
  readonly streamsTable: string;
  readonly sessionsTable: string;
  /** Keys of the index `live` for each role: 1 to MOST_SHARDS. */
  readonly liveShards: number;
}

/** A try is lost only to a write that another one won: all lost means 12 faster writers at least. */
const TRIES = 12;
const LONGEST_PAUSE_MS = 40;

export function createDynamoStore(
  client: Pick<DynamoDBClient, 'send'>,
  settings: DynamoStoreSettings,
  { deadline, pause }: Pacing = REAL_TIME,
): Store {
  const tables = {
    stream: createTable(client, settings.streamsTable, KINDS.stream.key),
    session: createTable(client, settings.sessionsTable, KINDS.session.key),
  };

  const shapes = createShapes();

  /** Until the row is as `plan` wants it, given what the row is now. `row` is one that was just read. */
  async function change(
    table: Table,
    id: string,
    plan: (row: Row) => Differences | undefined,
    budget: Budget,
    row?: Row,
  ): Promise<'applied' | 'superseded'> {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      if (attempt > 1) await pause(Math.random() * LONGEST_PAUSE_MS, budget.signal);
      row ??= await table.read(id, budget);
      const changes = plan(row);
      if (!changes) return 'superseded';
      const written = await table.write(id, ifUnchanged(withLiveKey(changes, id, settings), row), budget);
      if (written.done) return 'applied';
      row = written.row;
    }
    throw new Error(`lost ${TRIES} races for the row`);
  }

  async function upsert(sighting: Sighting, budget: Budget): Promise<Outcome> {
    const table = tables[sighting.kind];
    let row: Row | undefined;
    if (canWriteBlind(sighting)) {
      const written = await table.write(sighting.id, blindWrite(sighting, settings, shapes), budget);
      if (written.done) {
        const { before } = written;
        return (before && anomalyOf(before, merge(before, sighting, settings), sighting)) ?? 'applied';
      }
      row = written.row;
    }
    let anomaly: Anomaly | undefined;
    const plan = (row: Row) => {
      const merged = merge(row, sighting, settings);
      anomaly = anomalyOf(row, merged, sighting);
      return differences(row, merged, KINDS[sighting.kind]);
    };
    const outcome = await change(table, sighting.id, plan, budget, row);
    return anomaly ?? outcome;
  }

  async function keepAlive(sighting: Sighting, budget: Budget) {
    let stop: string | undefined;
    let isFresh = false;
    let anomaly: Anomaly | undefined;
    const plan = (row: Row) => {
      const merged = merge(row, sighting, settings);
      // The operator's word is for whoever has the id; a time that came with a client's token is for that client.
      const own = rowOfClient(merged, sighting.client) ?? merged;
      stop = whyStop(row.stop === undefined ? own : { ...own, stop: row.stop }, sighting.at, settings);
      anomaly = anomalyOf(row, merged, sighting);
      const changes = differences(row, merged, KINDS.stream);
      if (stop !== undefined && row.stopSentAt === undefined) return withStopSent(changes, sighting.at);
      isFresh = changes !== undefined && onlyLastSeenAt(changes) && isLeaseFresh(row, sighting.at, settings);
      return isFresh ? undefined : changes;
    };
    const changed = await change(tables.stream, sighting.id, plan, budget);
    const outcome: Outcome = anomaly ?? (isFresh ? 'fresh' : changed);
    return { outcome, ...(stop === undefined ? {} : { stop }) };
  }

  async function orStoreError<T>(what: string, budget: Promise<T>): Promise<T> {
    try {
      return await budget;
    } catch (cause) {
      const isFinal = cause instanceof Error && cause.name === 'ValidationException';
      throw new StoreError(what, { cause, isFinal });
    }
  }
  const NOT_TAKEN = 'DynamoDB did not take the sighting';

  return {
    upsert: (sighting, budget = startBudget(deadline())) => orStoreError(NOT_TAKEN, upsert(sighting, budget)),
    keepAlive: (sighting, budget = startBudget(deadline())) => orStoreError(NOT_TAKEN, keepAlive(sighting, budget)),
    readSession: (id, budget = startBudget(deadline())) =>
      orStoreError('DynamoDB did not tell of the session', tables.session.read(id.toWellFormed(), budget)),
  };
}

/**
 * Whether a sighting that is newer and ranks higher than all before can be written without reading the row. A keep-alive
 * hardly ever ranks higher, a live word that does not tell publisher from player needs the row's `published`, and what
 * has no status of its own but more to tell than a time (a registration) never ranks higher.
 */
function canWriteBlind(sighting: Sighting): boolean {
  const { kind, level, state, attributes, client } = sighting;
  if (level === LEVEL.seen) {
    return attributes.resizedAt !== undefined || Object.keys(attributes).length === Object.keys(client).length;
  }
  if (level === LEVEL.keptAlive) return false;
  return state.phase !== 'live' || !KINDS[kind].isSwept || knowsItsRole(sighting);
}

const onlyLastSeenAt = ({ set, remove }: Differences) =>
  remove.length === 0 && set.every(([field]) => field === 'lastSeenAt');

type Expression = ReturnType<typeof createExpression>;
type Shards = Pick<DynamoStoreSettings, 'liveShards'>;

const storedAs = (field: string, value: Attribute, id: string, { liveShards }: Shards) =>
  field === 'live' ? liveKeyOf(String(value), id, liveShards) : value;

const withLiveKey = ({ set, remove }: Differences, id: string, shards: Shards): Differences => ({
  set: set.map(([field, value]) => [field, storedAs(field, value, id, shards)]),
  remove,
});

const withStopSent = (changes: Differences | undefined, at: number): Differences => ({
  set: [...(changes?.set ?? []), ['stopSentAt', isoTime(at)]],
  remove: changes?.remove ?? [],
});

/** Of all sightings the least counts for these: an earlier one has set them already. */
const KEPT_IF_SET: readonly OwnedField[] = ['firstSeenAt', 'startedAt'];

/** What follows from the rest, and is removed where it does not follow any more. */
const DERIVED: readonly OwnedField[] = ['live', 'endedAt', 'lost', 'expiresAt'];

/** The common path: the row as the rule gives it for this sighting alone, laid over the one that is there. */
function blindWrite(sighting: Sighting, settings: DynamoStoreSettings, shapes: Shapes): Update {
  const { kind, id, client, level } = sighting;
  const at = { at: isoTime(sighting.at) };
  if (level === LEVEL.seen) {
    const size = sizeOf(sighting.attributes);
    return shapes('seen', [at, client, size], (values) => seenWrite(sighting, size, values));
  }
  const { live, ...rest } = merge({}, sighting, settings);
  const alone: Row = live === undefined ? rest : { ...rest, live: storedAs('live', live, id, settings) };
  const what = `${kind} ${isReusable(id)} ${sighting.state.phase === 'live'}`;
  return shapes(what, [at, client, alone], (values) => wholeWrite(sighting, alone, values));
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
    if (value !== undefined) {
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

/** What the winner does not carry and what does not follow from it is removed, with what goes as a whole; facts stay. */
function replacedBy(alone: Row, { owned, state, registers }: Kind): Set<OwnedField> {
  return new Set([
    ...state,
    ...DERIVED.filter((field) => owned.includes(field)),
    ...registers.flatMap(({ time, fields }) => (alone[time] === undefined ? [] : fields)),
    ...(alone.name === undefined ? [] : (['nameCut'] as const)),
  ]);
}
