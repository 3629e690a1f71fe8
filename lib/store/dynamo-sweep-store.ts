/** What the sweep reads and writes: the sparse index `live` in pages, rows in batches, one row at a time on its `revision`. */
import {
  BatchGetItemCommand,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { Differences } from '../state/merge.ts';
import type { Row } from '../state/row.ts';
import { toRow, type Item } from './items.ts';
import type { LivePage, LiveStream, SweepStore } from './store.ts';
import { createStreamTable, keyOf, unlessChanged } from './stream-table.ts';

/** The values of the index's key. */
const ROLES = ['publishing', 'playing'] as const;

/** BatchGetItem takes 100 keys. */
const BATCH = 100;

/** Where a sweep stopped is kept under an id that no WCS gives a stream. */
const CURSOR_ID = '#sweep';

interface Cursor {
  readonly role: (typeof ROLES)[number];
  readonly after?: Item;
}

export function createDynamoSweepStore(
  client: Pick<DynamoDBClient, 'send'>,
  { streamsTable: TableName }: { readonly streamsTable: string },
): SweepStore {
  const table = createStreamTable(client, TableName);

  async function* livePages(from?: string): AsyncGenerator<LivePage> {
    let cursor: Cursor | undefined = from === undefined ? { role: ROLES[0] } : (JSON.parse(from) as Cursor);
    while (cursor) {
      const { Items = [], LastEvaluatedKey } = await queryLive(cursor);
      cursor = LastEvaluatedKey ? { role: cursor.role, after: LastEvaluatedKey } : nextRole(cursor.role);
      yield { streams: Items.map(toLiveStream), ...(cursor ? { next: JSON.stringify(cursor) } : {}) };
    }
  }

  const queryLive = ({ role, after }: Cursor) =>
    client.send(
      new QueryCommand({
        TableName,
        IndexName: 'live',
        KeyConditionExpression: '#live = :role',
        ExpressionAttributeNames: { '#live': 'live' },
        ExpressionAttributeValues: { ':role': { S: role } },
        ExclusiveStartKey: after,
      }),
    );

  /** Not consistently, at half the price: a row that has changed since is not written, as its `revision` has. */
  async function read(ids: readonly string[]): Promise<Map<string, Row>> {
    const rows = new Map<string, Row>();
    for (let start = 0; start < ids.length; start += BATCH) {
      let keys: Item[] | undefined = ids.slice(start, start + BATCH).map(keyOf);
      while (keys && keys.length > 0) {
        const { Responses, UnprocessedKeys }: BatchGetItemCommandOutput = await client.send(
          new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: keys } } }),
        );
        for (const item of Responses?.[TableName] ?? []) rows.set(idOf(item), toRow(item));
        keys = UnprocessedKeys?.[TableName]?.Keys;
      }
    }
    return rows;
  }

  return {
    livePages,
    read,
    change: async (id: string, changes: Differences, row: Row) =>
      (await table.write(id, unlessChanged(changes, row))).done,

    async loadCursor() {
      const { Item } = await client.send(new GetItemCommand({ TableName, Key: keyOf(CURSOR_ID) }));
      return Item?.['sweepFrom']?.S;
    },

    async saveCursor(cursor) {
      await client.send(
        new UpdateItemCommand({
          TableName,
          Key: keyOf(CURSOR_ID),
          UpdateExpression: cursor === undefined ? 'REMOVE #from' : 'SET #from = :cursor',
          ExpressionAttributeNames: { '#from': 'sweepFrom' },
          ...(cursor === undefined ? {} : { ExpressionAttributeValues: { ':cursor': { S: cursor } } }),
        }),
      );
    },
  };
}

function nextRole(role: Cursor['role']): Cursor | undefined {
  const next = ROLES[ROLES.indexOf(role) + 1];
  return next && { role: next };
}

const idOf = ({ mediaSessionId }: Item) => mediaSessionId?.S ?? '';

const toLiveStream = (item: Item): LiveStream => ({
  id: idOf(item),
  startedAt: Date.parse(item['startedAt']?.S ?? ''),
  nodeId: item['nodeId']?.S ?? '',
});
