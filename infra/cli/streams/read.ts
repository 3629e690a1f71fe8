/** Reads streams for the operator: from the indexes, page by page, and their rows in batches. */
import {
  BatchGetItemCommand,
  DescribeTableCommand,
  GetItemCommand,
  QueryCommand,
  ScanCommand,
  type BatchGetItemCommandOutput,
  type QueryCommandOutput,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '../../../lib/state/row.ts';
import { toRow, type Item } from '../../../lib/store/items.ts';
import { liveKeysOf } from '../../../lib/store/index-keys.ts';
import type { Stage } from '../stage-access.ts';

export type Stream = Row & { readonly mediaSessionId?: string };
export type Pages = AsyncIterable<readonly Stream[]>;

export type Streams = Pick<Stage, 'dynamo' | 'streamsTable'>;

const LIVE_PAGE = 500;
/** The limit of BatchGetItem. */
const BATCH = 100;
const BUSY_PAUSE_MS = 200;

/** Reads the index `live`, publishers first. `atMost` bounds the page if fewer are wanted. */
export async function* liveStreams(streams: Streams, atMost = Infinity): AsyncGenerator<Stream[]> {
  for (const key of liveKeysOf('stream')) {
    yield* pages(streams, { IndexName: 'live', key, Limit: Math.min(LIVE_PAGE, atMost) });
  }
}

/** Reads the index `name` for a shown name, the latest first. */
export const streamsNamed = (streams: Streams, name: string, atMost = Infinity): Pages =>
  pages(streams, {
    IndexName: 'name',
    key: name,
    Limit: Math.min(BATCH, atMost),
    ScanIndexForward: false,
  });

/**
 * Reads the rows of an index's items: no index has attributes that change often, as each change would cost one more write. Rows
 * that have expired since are left out. `atMost` bounds the batch.
 */
export async function* rowsOf(streams: Streams, shown: Pages, atMost = Infinity): AsyncGenerator<Stream[]> {
  const batch = Math.min(BATCH, atMost);
  for await (const page of shown) {
    for (let start = 0; start < page.length; start += batch) {
      const ids = page.slice(start, start + batch).map(({ mediaSessionId = '' }) => mediaSessionId);
      const rows = await readAll(streams, ids);
      yield ids.flatMap((id) => rows.get(id) ?? []);
    }
  }
}

export async function readStream({ dynamo, streamsTable }: Streams, id: string): Promise<Stream | undefined> {
  const { Item } = await dynamo.send(
    new GetItemCommand({ TableName: streamsTable, Key: { mediaSessionId: { S: id } }, ConsistentRead: true }),
  );
  return Item && toRow(Item);
}

/** The progress of reading the whole table. */
export interface Course {
  /** The number of rows, including those that are not wanted. */
  readonly read: number;
  readonly units: number;
}

/** Reads the whole table, as no index has the lost streams: those that hooks no longer report. */
export async function* lostStreams(
  { dynamo, streamsTable }: Streams,
  tell: (course: Course) => void,
): AsyncGenerator<Stream[]> {
  let ExclusiveStartKey: Item | undefined;
  let [read, units] = [0, 0];
  do {
    const page: ScanCommandOutput = await dynamo.send(
      new ScanCommand({
        TableName: streamsTable,
        FilterExpression: '#phase = :lost',
        ExpressionAttributeNames: { '#phase': 'phase' },
        ExpressionAttributeValues: { ':lost': { S: 'lost' } },
        ReturnConsumedCapacity: 'TOTAL',
        ExclusiveStartKey,
      }),
    );
    read += page.ScannedCount ?? 0;
    units += page.ConsumedCapacity?.CapacityUnits ?? 0;
    tell({ read, units });
    yield (page.Items ?? []).map(toRow);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}

const BYTES_OF_A_UNIT = 8192;

/** The cost of reading the whole table, as DynamoDB knew it some hours ago; undefined if it did not, or without the permission. */
export async function sizeOf({ dynamo, streamsTable }: Streams): Promise<Course | undefined> {
  try {
    const { Table } = await dynamo.send(new DescribeTableCommand({ TableName: streamsTable }));
    const { ItemCount = 0, TableSizeBytes = 0 } = Table ?? {};
    return ItemCount === 0 ? undefined : { read: ItemCount, units: Math.ceil(TableSizeBytes / BYTES_OF_A_UNIT) };
  } catch (error) {
    if (error instanceof Error && /^AccessDenied/.test(error.name)) return undefined;
    throw error;
  }
}

interface Page {
  readonly IndexName: 'live' | 'name';
  readonly key: string;
  readonly Limit: number;
  readonly ScanIndexForward?: boolean;
}

async function* pages({ dynamo, streamsTable }: Streams, { key, ...page }: Page): AsyncGenerator<Stream[]> {
  let ExclusiveStartKey: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey }: QueryCommandOutput = await dynamo.send(
      new QueryCommand({
        TableName: streamsTable,
        ...page,
        KeyConditionExpression: '#key = :key',
        ExpressionAttributeNames: { '#key': page.IndexName },
        ExpressionAttributeValues: { ':key': { S: key } },
        ExclusiveStartKey,
      }),
    );
    yield Items.map(toRow);
    ExclusiveStartKey = LastEvaluatedKey;
  } while (ExclusiveStartKey);
}

async function readAll({ dynamo, streamsTable }: Streams, ids: readonly string[]): Promise<Map<string, Stream>> {
  const rows = new Map<string, Stream>();
  let Keys: Item[] = ids.map((id) => ({ mediaSessionId: { S: id } }));
  while (Keys.length > 0) {
    const { Responses, UnprocessedKeys }: BatchGetItemCommandOutput = await dynamo.send(
      new BatchGetItemCommand({ RequestItems: { [streamsTable]: { Keys } } }),
    );
    for (const item of Responses?.[streamsTable] ?? []) rows.set(item['mediaSessionId']?.S ?? '', toRow(item));
    Keys = UnprocessedKeys?.[streamsTable]?.Keys ?? [];
    if (Keys.length > 0) await sleep(BUSY_PAUSE_MS);
  }
  return rows;
}
