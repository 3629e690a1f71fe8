/** Streams as the operator asks for them, from the indexes, page by page. */
import {
  BatchGetItemCommand,
  GetItemCommand,
  QueryCommand,
  type BatchGetItemCommandOutput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '../../lib/state/row.ts';
import { toRow, type Item } from '../../lib/store/items.ts';
import { LIVE_KEYS } from '../../lib/store/live-index.ts';
import type { Stage } from '../stage-access.ts';

export type Stream = Row & { readonly mediaSessionId?: string };

type Streams = Pick<Stage, 'dynamo' | 'streamsTable'>;

const LIVE_PAGE = 500;
/** What BatchGetItem takes. */
const NAME_PAGE = 100;
const BUSY_PAUSE_MS = 200;

/** What the index `live` shows, publishers first. `atMost` bounds the page where fewer are wanted than it holds. */
export async function* liveStreams(streams: Streams, atMost = Infinity): AsyncGenerator<Stream> {
  for (const key of LIVE_KEYS) {
    const Limit = Math.min(LIVE_PAGE, atMost);
    for await (const items of pages(streams, { IndexName: 'live', key, Limit })) yield* items.map(toRow);
  }
}

/**
 * Every stream of a name as it is shown, the latest first, as rows: the index has neither phase nor end, as each change of them would
 * be a write more.
 */
export async function* streamsNamed(streams: Streams, name: string, atMost = Infinity): AsyncGenerator<Stream> {
  const Limit = Math.min(NAME_PAGE, atMost);
  for await (const items of pages(streams, { IndexName: 'name', key: name, Limit, ScanIndexForward: false })) {
    const ids = items.map(({ mediaSessionId }) => mediaSessionId?.S ?? '');
    const rows = await readAll(streams, ids);
    // One that has expired since is left out.
    yield* ids.flatMap((id) => rows.get(id) ?? []);
  }
}

export async function readStream({ dynamo, streamsTable }: Streams, id: string): Promise<Stream | undefined> {
  const { Item } = await dynamo.send(
    new GetItemCommand({ TableName: streamsTable, Key: { mediaSessionId: { S: id } }, ConsistentRead: true }),
  );
  return Item && toRow(Item);
}

interface Page {
  readonly IndexName: 'live' | 'name';
  readonly key: string;
  readonly Limit: number;
  readonly ScanIndexForward?: boolean;
}

async function* pages({ dynamo, streamsTable }: Streams, { key, ...page }: Page): AsyncGenerator<Item[]> {
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
    yield Items;
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
