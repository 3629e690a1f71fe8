/** What the board reads: lists from the indexes alone, and single rows. Of a stream it writes `stop`, and nothing else. */
import {
  ConditionalCheckFailedException,
  QueryCommand,
  UpdateItemCommand,
  type DynamoDBClient,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { KINDS, type KindName, type Row } from '../state/row.ts';
import { isoTime } from '../state/storable.ts';
import { startBudget } from './budget.ts';
import { keysOf, liveKeysOf } from './index-keys.ts';
import { toRow, type Item } from './items.ts';
import { createTable } from './table.ts';

/** A row with its key, as far as the index has it. */
export type IndexedRow = Row & { readonly id: string };

/** `isComplete`: whether these are all. */
export interface IndexedRows {
  readonly rows: readonly IndexedRow[];
  readonly isComplete: boolean;
}

export interface BoardStore {
  /** All that is live, in no order. */
  live(kind: ListedKind, signal: AbortSignal): Promise<IndexedRows>;
  /** What ended, was denied or got lost between the two times (milliseconds since the epoch), in no order. */
  closed(kind: ListedKind, from: number, to: number, signal: AbortSignal): Promise<IndexedRows>;
  /** Undefined where there is none. */
  row(kind: KindName, id: string, signal: AbortSignal): Promise<Row | undefined>;
  /** @returns whether there is such a stream */
  stop(id: string, stop: { readonly reason?: string; readonly by?: string }, signal: AbortSignal): Promise<boolean>;
}

/** The kinds that have indexes. */
export type ListedKind = 'stream' | 'call';

/** A container has 512 MB, and somebody is waiting: this many rows take about 3 s. */
const MOST_ROWS = 50_000;
const INDEX_KEYS = { live: 'live', closed: 'closedIn' } as const;

export interface BoardTables {
  readonly streamsTable: string;
  readonly sessionsTable: string;
  readonly callsTable: string;
}

export function createBoardStore(
  client: Pick<DynamoDBClient, 'send'>,
  { streamsTable, sessionsTable, callsTable }: BoardTables,
): BoardStore {
  const tables = {
    stream: createTable(client, streamsTable, KINDS.stream.key),
    session: createTable(client, sessionsTable, KINDS.session.key),
    call: createTable(client, callsTable, KINDS.call.key),
  };

  /** All keys of an index at once, each page by page; with `since` what was closed from then on, the latest first. */
  async function readKeys(
    kind: ListedKind,
    index: 'live' | 'closed',
    keys: readonly string[],
    abortSignal: AbortSignal,
    since?: string,
  ): Promise<IndexedRows> {
    const { name: TableName, idOf } = tables[kind];
    const rows: IndexedRow[] = [];
    async function read(key: string): Promise<boolean> {
      let ExclusiveStartKey: Item | undefined;
      do {
        if (rows.length >= MOST_ROWS) return false;
        const page: QueryCommandOutput = await client.send(
          new QueryCommand({
            TableName,
            IndexName: index,
            KeyConditionExpression: `#key = :key${since === undefined ? '' : ' AND #at >= :since'}`,
            ExpressionAttributeNames: {
              '#key': INDEX_KEYS[index],
              ...(since === undefined ? {} : { '#at': 'closedAt' }),
            },
            ExpressionAttributeValues: {
              ':key': { S: key },
              ...(since === undefined ? {} : { ':since': { S: since } }),
            },
            ScanIndexForward: since === undefined,
            ExclusiveStartKey,
          }),
          { abortSignal },
        );
        for (const item of page.Items ?? []) rows.push({ ...toRow(item), id: idOf(item) });
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return true;
    }
    const complete = await Promise.all(keys.map(read));
    return { rows, isComplete: !complete.includes(false) };
  }

  return {
    live: (kind, signal) => readKeys(kind, 'live', liveKeysOf(kind), signal),
    closed: (kind, from, to, signal) =>
      readKeys(kind, 'closed', hoursBetween(from, to).flatMap(keysOf), signal, isoTime(from)),

    async row(kind, id, signal) {
      const row = await tables[kind].read(id, startBudget(signal));
      return Object.keys(row).length === 0 ? undefined : row;
    },

    async stop(id, { reason, by }, abortSignal) {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: streamsTable,
            Key: tables.stream.keyOf(id),
            // Without it a misspelt id would create a row.
            ConditionExpression: 'attribute_exists(mediaSessionId)',
            // A keep-alive that is being checked against the previous row has to read it again.
            UpdateExpression: `SET #stop = :stop, #revision = if_not_exists(#revision, :none) + :one${by === undefined ? ' REMOVE #by' : ', #by = :by'}`,
            ExpressionAttributeNames: { '#stop': 'stop', '#by': 'stopBy', '#revision': 'revision' },
            ExpressionAttributeValues: {
              ':stop': reason === undefined ? { BOOL: true } : { S: reason },
              ...(by === undefined ? {} : { ':by': { S: by } }),
              ':none': { N: '0' },
              ':one': { N: '1' },
            },
          }),
          { abortSignal },
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

const HOUR_MS = 3_600_000;

/** The hours that the times are in, and those between, as `closedIn` has them: `2026-11-25T10`. */
function hoursBetween(from: number, to: number): string[] {
  const first = Math.floor(from / HOUR_MS);
  const count = Math.floor(to / HOUR_MS) - first + 1;
  return Array.from({ length: count }, (_, n) => isoTime((first + n) * HOUR_MS).slice(0, 13));
}
