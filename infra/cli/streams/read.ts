/** Reads streams for the operator: from the indexes, page by page, and their rows in batches. */
import { DescribeTableCommand, ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { toRow, type Item } from '../../../lib/store/items.ts';
import { BATCH, liveRows, pagesOf, wholeRows, type IdentifiedRow, type RowPages, type RowTable } from '../rows.ts';
import type { Stage } from '../stage-access.ts';

export type Stream = IdentifiedRow;
export type Pages = RowPages;

export type Streams = Pick<Stage, 'dynamo' | 'streamsTable'>;

const tableOf = ({ dynamo, streamsTable }: Streams): RowTable => ({ dynamo, name: streamsTable, kind: 'stream' });

/** Reads the index `live`, publishers first. `atMost` bounds the page if fewer are wanted. */
export const liveStreams = (streams: Streams, atMost?: number) => liveRows(tableOf(streams), atMost);

/** Reads the index `name` for a shown name, the latest first. */
export const streamsNamed = (streams: Streams, name: string, atMost = Infinity): Pages =>
  pagesOf(tableOf(streams), {
    IndexName: 'name',
    key: name,
    Limit: Math.min(BATCH, atMost),
    ScanIndexForward: false,
  });

/** Reads the rows of an index's items; `atMost` bounds the batch. */
export const rowsOf = (streams: Streams, shown: Pages, atMost?: number) => wholeRows(tableOf(streams), shown, atMost);

/** The progress of reading the whole table. */
export interface Course {
  /** The number of rows, including those that are not wanted. */
  readonly read: number;
  readonly units: number;
}

/** Reads the whole table, because no index has the lost streams: those that hooks no longer report. */
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

/** The cost of reading the whole table, by DynamoDB's figures of some hours ago; undefined if it has none, or without the permission. */
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
