/** What the sweep reads and writes: the sparse index `live` in pages, rows in batches, one row at a time on its `revision`. */
import {
  BatchGetItemCommand,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type DynamoDBClient,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { KINDS, type Row } from '../state/row.ts';
import { toRow, type Item } from './items.ts';
import { LIVE_KEYS, roleIn } from './live-index.ts';
import type { LivePage, LiveStream, SweepStore } from './store.ts';
import { createTable, ifUnchanged, type Table } from './table.ts';
import { REAL_TIME, type Pacing } from './budget.ts';
import { startBudget } from './budget.ts';

/** A page is judged, and written, before the sweep looks at its time again. */
const PAGE = 500;
/** BatchGetItem takes 100 keys, and leaves some unprocessed where the table is busy. */
const BATCH = 100;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1000;

/** The sweep's own deadline may be over, and a cursor that is not saved is a page that is swept again. */
const SAVING_MS = 5000;

/** Where a sweep stopped is kept under an id that no WCS gives a stream. */
const CURSOR_ID = '#sweep';

interface Cursor {
  readonly key: string;
  readonly after?: Item;
}

export function createDynamoSweepStore(
  client: Pick<DynamoDBClient, 'send'>,
  { streamsTable, sessionsTable }: { readonly streamsTable: string; readonly sessionsTable: string },
  { pause }: Pick<Pacing, 'pause'> = REAL_TIME,
): SweepStore {
  const streams = createTable(client, streamsTable, KINDS.stream.key);
  const sessions = createTable(client, sessionsTable, KINDS.session.key);

  async function* livePages(from: string | undefined, abortSignal: AbortSignal): AsyncGenerator<LivePage> {
    let cursor = from === undefined ? undefined : readCursor(from);
    cursor ??= keyAfter(undefined);
    while (cursor) {
      const from: string = JSON.stringify(cursor);
      const { Items = [], LastEvaluatedKey }: QueryCommandOutput = await client.send(queryLive(cursor), {
        abortSignal,
      });
      cursor = LastEvaluatedKey ? { key: cursor.key, after: LastEvaluatedKey } : keyAfter(cursor.key);
      yield { streams: Items.map(toLiveStream), from, ...(cursor ? { next: JSON.stringify(cursor) } : {}) };
    }
  }

  const queryLive = ({ key, after }: Cursor) =>
    new QueryCommand({
      TableName: streams.name,
      IndexName: 'live',
      KeyConditionExpression: '#live = :key',
      ExpressionAttributeNames: { '#live': 'live' },
      ExpressionAttributeValues: { ':key': { S: key } },
      ExclusiveStartKey: after,
      Limit: PAGE,
    });

  /** Not consistently, at half the price: a row that has changed since is not written, as its `revision` has. */
  const readFrom = (table: Table) => async (ids: readonly string[], signal: AbortSignal) => {
    const rows = new Map<string, Row>();
    let keys = ids.map(table.keyOf);
    for (let wait = FIRST_PAUSE_MS; keys.length > 0;) {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [table.name]: { Keys: keys.slice(0, BATCH) } } }),
        { abortSignal: signal },
      );
      for (const item of Responses?.[table.name] ?? []) rows.set(table.idOf(item), toRow(item));
      const unprocessed = UnprocessedKeys?.[table.name]?.Keys ?? [];
      keys = [...keys.slice(BATCH), ...unprocessed];
      if (unprocessed.length > 0) await pause(wait, signal);
      wait = unprocessed.length > 0 ? Math.min(wait * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    }
    return rows;
  };

  const toLiveStream = (item: Item): LiveStream => ({
    id: streams.idOf(item),
    startedAt: Date.parse(item['startedAt']?.S ?? ''),
    isPublisher: roleIn(item['live']?.S ?? '') === 'publishing',
    nodeId: item['nodeId']?.S ?? '',
    sessionId: item['sessionId']?.S,
  });

  const CURSOR = { TableName: streams.name, Key: streams.keyOf(CURSOR_ID) };

  return {
    livePages,
    read: readFrom(streams),
    readSessions: readFrom(sessions),
    async change(id, changes, row, signal) {
      const budget = startBudget(signal);
      const written = await streams.write(id, ifUnchanged(changes, row), budget);
      return written.done ? undefined : (written.row ?? streams.read(id, budget));
    },

    async loadCursor(abortSignal) {
      const { Item } = await client.send(new GetItemCommand(CURSOR), { abortSignal });
      return Item?.['sweepFrom']?.S;
    },

    async saveCursor(cursor) {
      await client.send(
        new UpdateItemCommand({
          ...CURSOR,
          UpdateExpression: cursor === undefined ? 'REMOVE #from' : 'SET #from = :cursor',
          ExpressionAttributeNames: { '#from': 'sweepFrom' },
          ...(cursor === undefined ? {} : { ExpressionAttributeValues: { ':cursor': { S: cursor } } }),
        }),
        { abortSignal: AbortSignal.timeout(SAVING_MS) },
      );
    },
  };
}

/** Undefined for one that another version wrote, or a person: the sweep begins anew. */
function readCursor(text: string): Cursor | undefined {
  try {
    const cursor = JSON.parse(text) as Cursor;
    return LIVE_KEYS.includes(cursor.key) ? cursor : undefined;
  } catch {
    return undefined;
  }
}

/** The first one after none. */
function keyAfter(key: string | undefined): Cursor | undefined {
  const next = LIVE_KEYS[key === undefined ? 0 : LIVE_KEYS.indexOf(key) + 1];
  return next === undefined ? undefined : { key: next };
}
