/**
 * Streams in DynamoDB: one conditional UpdateItem for a hook that is newer than everything before (almost all), and
 * read, merge, write on an unchanged `revision` for the rest. Every write counts `revision` up. Never PutItem: what the
 * operator writes in between stays.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isLeaseFresh, type Lease } from '../state/lease.ts';
import { isLive, LEVEL } from '../state/lifecycle.ts';
import { differences, isoTime, knowsItsRole, merge, type Differences, type Retention } from '../state/merge.ts';
import { OWNED, SAID, type OwnedField, type Row } from '../state/row.ts';
import type { Sighting } from '../state/sighting.ts';
import { whyStop, type StopRules } from '../state/stop.ts';
import { createExpression, type Update } from './expression.ts';
import { StoreError, type Outcome, type StreamStore } from './store.ts';
import { createStreamTable, unlessChanged } from './stream-table.ts';
import { REAL_TIME, type Waiting } from './waiting.ts';

export interface DynamoStoreSettings extends Retention, Lease, StopRules {
  readonly streamsTable: string;
}

/** A try is lost only to a write that another one won: all lost means 12 faster writers at least. */
const TRIES = 12;
const LONGEST_PAUSE_MS = 40;

export function createDynamoStore(
  client: Pick<DynamoDBClient, 'send'>,
  settings: DynamoStoreSettings,
  { deadline, pause }: Waiting = REAL_TIME,
): StreamStore {
  const table = createStreamTable(client, settings.streamsTable);

  /** Until the row is as `plan` wants it, given what the row is now. `row` is one that was just read. */
  async function change(
    id: string,
    plan: (row: Row) => Differences | undefined,
    signal: AbortSignal,
    row?: Row,
  ): Promise<'applied' | 'superseded'> {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      if (attempt > 1) await pause(Math.random() * LONGEST_PAUSE_MS, signal);
      row ??= await table.read(id, signal);
      const changes = plan(row);
      if (!changes) return 'superseded';
      const written = await table.write(id, unlessChanged(changes, row), signal);
      if (written.done) return 'applied';
      row = written.row;
    }
    throw new Error(`lost ${TRIES} races for the row`);
  }

  async function upsert(sighting: Sighting, signal: AbortSignal): Promise<Outcome> {
    const plan = (row: Row) => differences(row, merge(row, sighting, settings));
    if (!canBeWrittenUnread(sighting)) return change(sighting.id, plan, signal);
    const written = await table.write(sighting.id, unreadWrite(sighting, settings), signal);
    return written.done ? 'applied' : change(sighting.id, plan, signal, written.row);
  }

  async function keepAlive(sighting: Sighting, signal: AbortSignal) {
    let stop: string | undefined;
    let isFresh = false;
    const plan = (row: Row) => {
      const merged = merge(row, sighting, settings);
      stop = whyStop({ ...row, ...merged }, sighting.at, settings);
      const changes = differences(row, merged);
      if (stop !== undefined && row.stopSentAt === undefined) return withStopSent(changes, sighting.at);
      isFresh = changes !== undefined && onlyLastSeenAt(changes) && isLeaseFresh(row, sighting.at, settings);
      return isFresh ? undefined : changes;
    };
    const outcome = await change(sighting.id, plan, signal);
    return { outcome: isFresh ? ('fresh' as const) : outcome, ...(stop === undefined ? {} : { stop }) };
  }

  async function orStoreError<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await work(deadline());
    } catch (cause) {
      const isFinal = cause instanceof Error && cause.name === 'ValidationException';
      throw new StoreError('DynamoDB did not take the sighting', { cause, isFinal });
    }
  }

  return {
    upsert: (sighting) => orStoreError((signal) => upsert(sighting, signal)),
    keepAlive: (sighting) => orStoreError((signal) => keepAlive(sighting, signal)),
  };
}

/**
 * Whether a sighting that is newer and ranks higher than all before can be written without reading the row. A keep-alive
 * hardly ever ranks higher, and a live word that does not tell publisher from player needs the row's `published`.
 */
const canBeWrittenUnread = (sighting: Sighting) =>
  sighting.level !== LEVEL.keptAlive && (!isLive(sighting.level) || knowsItsRole(sighting));

const onlyLastSeenAt = ({ set, remove }: Differences) =>
  remove.length === 0 && set.every(([field]) => field === 'lastSeenAt');

const withStopSent = (changes: Differences | undefined, at: number): Differences => ({
  set: [...(changes?.set ?? []), ['stopSentAt', isoTime(at)]],
  remove: changes?.remove ?? [],
});

/** Of all sightings the least counts for these: an earlier one has set them already. */
const KEPT_IF_SET: readonly OwnedField[] = ['firstSeenAt', 'startedAt'];

/** What the winner does not carry and what does not follow from it is removed; facts stay. */
const REPLACED: readonly OwnedField[] = [...SAID, 'live', 'endedAt', 'lost', 'expiresAt'];

/** The common path: the row as the rule gives it for this sighting alone, laid over the one that is there. */
function unreadWrite(sighting: Sighting, retention: Retention): Update {
  const expression = createExpression();
  const at = expression.value(isoTime(sighting.at));
  const lastSeenAt = expression.name('lastSeenAt');

  if (sighting.level === LEVEL.seen) {
    // It touches nothing but `lastSeenAt`: not a row that it would open, nor one that it would bring back from lost.
    expression.set('lastSeenAt', at);
    return expression.build(`${lastSeenAt} < ${at} AND attribute_not_exists(${expression.name('lost')})`);
  }

  const alone = merge({}, sighting, retention);
  for (const field of OWNED) {
    const value = alone[field];
    if (value !== undefined) {
      const given = expression.value(value);
      const kept = `if_not_exists(${expression.name(field)}, ${given})`;
      expression.set(field, KEPT_IF_SET.includes(field) ? kept : given);
    } else if (REPLACED.includes(field) || (field === 'nameCut' && alone.name !== undefined)) {
      expression.remove(field);
    }
  }
  const rank = expression.name('rank');
  return expression.build(
    // Nobody saw this stream yet (an operator may have set `stop` already) …
    `attribute_not_exists(${lastSeenAt})` +
      // … or this is news, and the strongest so far.
      ` OR (${lastSeenAt} < ${at} AND ${rank} < ${expression.value(String(alone.rank))})`,
  );
}
