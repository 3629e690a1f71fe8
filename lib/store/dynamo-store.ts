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
import { oddityOf, type Oddity } from '../state/oddity.ts';
import { isReusable } from '../state/reusable-id.ts';
import { KINDS, type Fields, type Kind, type OwnedField, type Row } from '../state/row.ts';
import type { Sighting } from '../state/sighting.ts';
import { whyStop, type StopRules } from '../state/stop.ts';
import { isoTime, type Attribute } from '../state/storable.ts';
import { createExpression, type Update } from './expression.ts';
import { liveKeyOf } from './live-index.ts';
import { StoreError, type Outcome, type Store } from './store.ts';
import { createTable, unlessChanged, type Table } from './table.ts';
import { REAL_TIME, type Waiting } from './waiting.ts';
import { startWork, type Work } from './work.ts';

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
  { deadline, pause }: Waiting = REAL_TIME,
): Store {
  const tables = {
    stream: createTable(client, settings.streamsTable, KINDS.stream.key),
    session: createTable(client, settings.sessionsTable, KINDS.session.key),
  };

  /** Until the row is as `plan` wants it, given what the row is now. `row` is one that was just read. */
  async function change(
    table: Table,
    id: string,
    plan: (row: Row) => Differences | undefined,
    work: Work,
    row?: Row,
  ): Promise<'applied' | 'superseded'> {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      if (attempt > 1) await pause(Math.random() * LONGEST_PAUSE_MS, work.signal);
      row ??= await table.read(id, work);
      const changes = plan(row);
      if (!changes) return 'superseded';
      const written = await table.write(id, unlessChanged(withLiveKey(changes, id, settings), row), work);
      if (written.done) return 'applied';
      row = written.row;
    }
    throw new Error(`lost ${TRIES} races for the row`);
  }

  async function upsert(sighting: Sighting, work: Work): Promise<Outcome> {
    const table = tables[sighting.kind];
    let row: Row | undefined;
    if (canBeWrittenUnread(sighting)) {
      const written = await table.write(sighting.id, unreadWrite(sighting, settings), work);
      if (written.done) {
        const { before } = written;
        return (before && oddityOf(before, merge(before, sighting, settings), sighting)) ?? 'applied';
      }
      row = written.row;
    }
    let oddity: Oddity | undefined;
    const plan = (row: Row) => {
      const merged = merge(row, sighting, settings);
      oddity = oddityOf(row, merged, sighting);
      return differences(row, merged, KINDS[sighting.kind]);
    };
    const outcome = await change(table, sighting.id, plan, work, row);
    return oddity ?? outcome;
  }

  async function keepAlive(sighting: Sighting, work: Work) {
    let stop: string | undefined;
    let isFresh = false;
    let oddity: Oddity | undefined;
    const plan = (row: Row) => {
      const merged = merge(row, sighting, settings);
      // The operator's word is for whoever has the id; a time that came with a client's token is for that client.
      const own = rowOfClient(merged, sighting.client) ?? merged;
      stop = whyStop(row.stop === undefined ? own : { ...own, stop: row.stop }, sighting.at, settings);
      oddity = oddityOf(row, merged, sighting);
      const changes = differences(row, merged, KINDS.stream);
      if (stop !== undefined && row.stopSentAt === undefined) return withStopSent(changes, sighting.at);
      isFresh = changes !== undefined && onlyLastSeenAt(changes) && isLeaseFresh(row, sighting.at, settings);
      return isFresh ? undefined : changes;
    };
    const changed = await change(tables.stream, sighting.id, plan, work);
    const outcome: Outcome = oddity ?? (isFresh ? 'fresh' : changed);
    return { outcome, ...(stop === undefined ? {} : { stop }) };
  }

  async function orStoreError<T>(what: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (cause) {
      const isFinal = cause instanceof Error && cause.name === 'ValidationException';
      throw new StoreError(what, { cause, isFinal });
    }
  }
  const NOT_TAKEN = 'DynamoDB did not take the sighting';

  return {
    upsert: (sighting, work = startWork(deadline())) => orStoreError(NOT_TAKEN, upsert(sighting, work)),
    keepAlive: (sighting, work = startWork(deadline())) => orStoreError(NOT_TAKEN, keepAlive(sighting, work)),
    readSession: (id, work = startWork(deadline())) =>
      orStoreError('DynamoDB did not tell of the session', tables.session.read(id.toWellFormed(), work)),
  };
}

/**
 * Whether a sighting that is newer and ranks higher than all before can be written without reading the row. A keep-alive
 * hardly ever ranks higher, a live word that does not tell publisher from player needs the row's `published`, and what
 * has no status of its own but more to tell than a time (a registration) never ranks higher.
 */
function canBeWrittenUnread(sighting: Sighting): boolean {
  const { kind, level, said, facts, client } = sighting;
  if (level === LEVEL.seen) {
    return facts.resizedAt !== undefined || Object.keys(facts).length === Object.keys(client).length;
  }
  if (level === LEVEL.keptAlive) return false;
  return said.phase !== 'live' || !KINDS[kind].isSwept || knowsItsRole(sighting);
}

const onlyLastSeenAt = ({ set, remove }: Differences) =>
  remove.length === 0 && set.every(([field]) => field === 'lastSeenAt');

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
function unreadWrite(sighting: Sighting, settings: DynamoStoreSettings): Update {
  const expression = createExpression();
  const at = expression.value(isoTime(sighting.at));
  const lastSeenAt = expression.name('lastSeenAt');
  // Of the client whose id it is (all that hooks carry of it is in the row from its first on), and of no other.
  const isItsOwn = [
    ...Object.entries(sighting.client).map(
      ([field, value]) => `${expression.name(field as OwnedField)} = ${expression.value(value as Attribute)}`,
    ),
    `attribute_not_exists(${expression.name('rivals')})`,
  ].join(' AND ');

  if (sighting.level === LEVEL.seen) {
    // It touches nothing but `lastSeenAt`: not a row that it would open, nor one that it would bring back from lost.
    expression.set('lastSeenAt', at);
    const { resizedAt, resizedWidth, resizedHeight } = sighting.facts;
    // News of a row are newer than its status and its last resize.
    const size = { resizedAt, resizedWidth, resizedHeight, width: resizedWidth, height: resizedHeight };
    const resized = resizedAt === undefined ? {} : size;
    for (const [field, value] of entriesOf(resized)) expression.set(field, expression.value(value));
    return expression.build(
      `${lastSeenAt} < ${at} AND attribute_not_exists(${expression.name('lost')}) AND ${isItsOwn}`,
    );
  }

  const kind: Kind = KINDS[sighting.kind];
  const alone = merge({}, sighting, settings);
  const replaced = replacedBy(alone, kind);
  for (const field of kind.owned) {
    const value = alone[field];
    if (value !== undefined) {
      const given = expression.value(storedAs(field, value, sighting.id, settings));
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
      ` OR (${lastSeenAt} < ${at} AND ${rank} < ${expression.value(String(alone.rank))}${isFirst} AND ${isItsOwn})`,
  );
  // Costs no unit, and tells of a refusal that was ignored.
  return sighting.said.phase === 'live' ? { ...update, ReturnValues: 'ALL_OLD' } : update;
}

const entriesOf = (fields: Fields) => Object.entries(fields) as (readonly [OwnedField, Attribute])[];

/** What the winner does not carry and what does not follow from it is removed, with what goes as a whole; facts stay. */
function replacedBy(alone: Row, { owned, said, registers }: Kind): Set<OwnedField> {
  return new Set([
    ...said,
    ...DERIVED.filter((field) => owned.includes(field)),
    ...registers.flatMap(({ time, fields }) => (alone[time] === undefined ? [] : fields)),
    ...(alone.name === undefined ? [] : (['nameCut'] as const)),
  ]);
}
