/**
 * Streams, sessions and calls in DynamoDB, by one mechanism: one conditional UpdateItem for a hook that is newer than everything
 * before (almost all), and read, merge, write on an unchanged `revision` for the rest. Every write counts `revision` up.
 * Never PutItem: what the operator writes in between stays.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { userByConnection, type Bans } from '../state/bans.ts';
import { rowOfClient } from '../state/clients.ts';
import { isLeaseFresh, type Lease } from '../state/lease.ts';
import { differences, merge, type Differences, type Retention } from '../state/merge.ts';
import { anomalyOf, type Anomaly } from '../state/anomaly.ts';
import { KINDS, type Row } from '../state/row.ts';
import type { Sighting } from '../state/sighting.ts';
import { whyStop, type StopRules } from '../state/stop.ts';
import { isoTime } from '../state/storable.ts';
import { blindWrite, canWriteBlind } from './blind-write.ts';
import { storedAs, type Shards } from './index-keys.ts';
import { createShapes } from './shapes.ts';
import { StoreError, type Outcome, type Store } from './store.ts';
import { createTable, ifUnchanged, type Table } from './table.ts';
import { REAL_TIME, startBudget, type Budget, type Pacing } from './budget.ts';

export interface DynamoStoreSettings extends Retention, Lease, StopRules, Shards {
  readonly streamsTable: string;
  readonly sessionsTable: string;
  readonly callsTable: string;
}

/** An attempt fails only because another writer was faster: if all fail, at least 12 were. */
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
    call: createTable(client, settings.callsTable, KINDS.call.key),
  };

  const shapes = createShapes();

  /** Until the row is as `plan` wants it, given what the row is now. `row` is one that was just read. */
  async function mergeAndWrite(
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
      const written = await table.write(id, ifUnchanged(withIndexKeys(changes, id, settings), row), budget);
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
    const outcome = await mergeAndWrite(table, sighting.id, plan, budget, row);
    return anomaly ?? outcome;
  }

  /**
   * Whose stream it is, where its row does not say so: its action needs no token, and nobody was banned when it began. The
   * row of its connection says it, for one request more.
   */
  async function userOf(row: Row, budget: Budget): Promise<Pick<Row, 'sub'>> {
    if (row.sub !== undefined || typeof row.sessionId !== 'string') return {};
    const sub = userByConnection(row, await tables.session.read(row.sessionId, budget));
    return sub === undefined ? {} : { sub };
  }

  async function keepAlive(sighting: Sighting, budget: Budget, bans: Bans | undefined) {
    // The operator's word is for whoever has the id; a time that came with a client's token is for that client.
    const ofClient = (row: Row) => rowOfClient(row, sighting.client) ?? row;
    const found = await tables.stream.read(sighting.id, budget);
    const user = bans?.hasUsers ? await userOf(ofClient(merge(found, sighting, settings)), budget) : {};
    let stop: string | undefined;
    let isFresh = false;
    let anomaly: Anomaly | undefined;
    const plan = (row: Row) => {
      const merged = merge(row, sighting, settings);
      const word = row.stop === undefined ? {} : { stop: row.stop };
      stop = whyStop({ ...user, ...ofClient(merged), ...word }, sighting.at, settings, bans);
      anomaly = anomalyOf(row, merged, sighting);
      const changes = differences(row, merged, KINDS.stream);
      if (stop !== undefined && row.stopSentAt === undefined) return withStopSent(changes, sighting.at);
      isFresh = changes !== undefined && onlyLastSeenAt(changes) && isLeaseFresh(row, sighting.at, settings);
      return isFresh ? undefined : changes;
    };
    const changed = await mergeAndWrite(tables.stream, sighting.id, plan, budget, found);
    const outcome: Outcome = anomaly ?? (isFresh ? 'fresh' : changed);
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
    upsert: (sighting, budget = startBudget(deadline())) => orStoreError(NOT_TAKEN, upsert(sighting, budget)),
    keepAlive: (sighting, budget = startBudget(deadline()), bans) =>
      orStoreError(NOT_TAKEN, keepAlive(sighting, budget, bans)),
    readSession: (id, budget = startBudget(deadline())) =>
      orStoreError('DynamoDB did not tell of the session', tables.session.read(id.toWellFormed(), budget)),
  };
}

const onlyLastSeenAt = ({ set, remove }: Differences) =>
  remove.length === 0 && set.every(([field]) => field === 'lastSeenAt');

const withIndexKeys = ({ set, remove }: Differences, id: string, shards: Shards): Differences => ({
  set: set.map(([field, value]) => [field, storedAs(field, value, id, shards)]),
  remove,
});

const withStopSent = (changes: Differences | undefined, at: number): Differences => ({
  set: [...(changes?.set ?? []), ['stopSentAt', isoTime(at)]],
  remove: changes?.remove ?? [],
});
