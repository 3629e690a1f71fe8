/**
 * Streams in DynamoDB: one conditional UpdateItem for a hook that is newer than everything before (almost all), and
 * read, merge, write on an unchanged `revision` for the rest. Every write counts `revision` up. Never PutItem: what the
 * operator writes in between stays.
 */
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  UpdateItemCommand,
  type DynamoDBClient,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { setTimeout as sleep } from 'node:timers/promises';
import { isLive, LEVEL } from '../state/lifecycle.ts';
import { differences, isoTime, knowsItsRole, merge, type Retention } from '../state/merge.ts';
import { OWNED, SAID, type OwnedField, type Row } from '../state/row.ts';
import type { Sighting } from '../state/sighting.ts';
import type { Attribute } from '../state/storable.ts';
import { toAttributeValue, toRow, type Item } from './items.ts';
import { StoreError, type Outcome, type StreamStore } from './store.ts';

export interface DynamoStoreOptions extends Retention {
  readonly streamsTable: string;
  /** For all requests of one upsert together, in milliseconds. */
  readonly deadline?: number;
}

/** Each try loses only to a write that another one won, so all tries lost means 12 faster writers at least. */
const TRIES = 12;
const LONGEST_PAUSE_MS = 40;

export function createDynamoStore(
  client: DynamoDBClient,
  { streamsTable: table, deadline = 2000, retentionSeconds }: DynamoStoreOptions,
): StreamStore {
  const retention = { retentionSeconds };

  async function upsert(sighting: Sighting, abortSignal: AbortSignal): Promise<Outcome> {
    let row: Row | undefined;
    if (canBeWrittenUnread(sighting)) {
      const written = await write(unreadWrite(sighting, retention), sighting.id, abortSignal);
      if (written.done) return 'applied';
      row = written.row;
    }
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      row ??= await read(sighting.id, abortSignal);
      const changes = differences(row, merge(row, sighting, retention));
      if (!changes) return 'superseded';
      const written = await write(writeUnlessChanged(changes, row), sighting.id, abortSignal);
      if (written.done) return 'applied';
      row = written.row;
      await sleep(Math.random() * LONGEST_PAUSE_MS, undefined, { signal: abortSignal });
    }
    throw new Error(`lost ${TRIES} races for the row`);
  }

  async function read(id: string, abortSignal: AbortSignal): Promise<Row> {
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: keyOf(id), ConsistentRead: true }), {
      abortSignal,
    });
    return toRow(Item ?? {});
  }

  /** The row of a failed condition comes with the refusal where the database gives it (dynalite does not). */
  async function write(update: Update, id: string, abortSignal: AbortSignal): Promise<{ done: boolean; row?: Row }> {
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(id),
          ...update,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
        { abortSignal },
      );
      return { done: true };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return error.Item ? { done: false, row: toRow(error.Item) } : { done: false };
    }
  }

  return {
    async upsert(sighting) {
      try {
        return await upsert(sighting, AbortSignal.timeout(deadline));
      } catch (cause) {
        throw new StoreError(`the store did not take a sighting of ${table}`, { cause });
      }
    },
  };
}

const keyOf = (id: string): Item => ({ mediaSessionId: { S: id } });

/**
 * Whether a sighting that is newer and ranks higher than all before can be written without reading the row. A keep-alive
 * hardly ever ranks higher, and a live word that does not tell publisher from player needs the row's `published`.
 */
const canBeWrittenUnread = (sighting: Sighting) =>
  sighting.level !== LEVEL.keptAlive && (!isLive(sighting.level) || knowsItsRole(sighting));

type Update = Pick<
  UpdateItemCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

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
      expression.set(field, KEPT_IF_SET.includes(field) ? `if_not_exists(${expression.name(field)}, ${given})` : given);
    } else if (REPLACED.includes(field) || (field === 'nameCut' && alone.name !== undefined)) {
      expression.remove(field);
    }
  }
  const rank = expression.name('rank');
  return expression.build(
    // Nobody saw this stream yet (an operator may have set `stop` already) …
    `attribute_not_exists(${lastSeenAt})` +
      // … or this is news, and the strongest so far.
      ` OR (${lastSeenAt} < ${at} AND ${rank} < ${expression.value(alone.rank as string)})`,
  );
}

/** The rare path: just the differences, if nobody wrote since the row was read. */
function writeUnlessChanged(changes: NonNullable<ReturnType<typeof differences>>, row: Row): Update {
  const expression = createExpression();
  for (const [field, value] of changes.set) expression.set(field, expression.value(value));
  for (const field of changes.remove) expression.remove(field);
  const revision = expression.name('revision');
  return expression.build(
    row.revision === undefined
      ? `attribute_not_exists(${revision})`
      : `${revision} = ${expression.value(row.revision)}`,
  );
}

/** Builds one update. Every name is aliased: `rank`, `name`, `status` and more are reserved words of DynamoDB. */
function createExpression() {
  const names = new Map<string, string>();
  const values = new Map<Attribute, string>();
  const sets: string[] = [];
  const removes: string[] = [];
  const name = (field: string) => aliasIn(names, field, '#');
  const value = (attribute: Attribute) => aliasIn(values, attribute, ':');
  return {
    name,
    value,
    set: (field: OwnedField, expression: string) => void sets.push(`${name(field)} = ${expression}`),
    remove: (field: OwnedField) => void removes.push(name(field)),
    build(condition: string): Update {
      const revision = name('revision');
      sets.push(`${revision} = if_not_exists(${revision}, ${value(0)}) + ${value(1)}`);
      return {
        UpdateExpression: `SET ${sets.join(', ')}${removes.length > 0 ? ` REMOVE ${removes.join(', ')}` : ''}`,
        ConditionExpression: condition,
        ExpressionAttributeNames: Object.fromEntries([...names].map(([field, alias]) => [alias, field])),
        ExpressionAttributeValues: Object.fromEntries(
          [...values].map(([attribute, alias]) => [alias, toAttributeValue(attribute)]),
        ),
      };
    },
  };
}

function aliasIn<T>(aliases: Map<T, string>, of: T, prefix: string): string {
  const alias = aliases.get(of) ?? `${prefix}${aliases.size}`;
  aliases.set(of, alias);
  return alias;
}
