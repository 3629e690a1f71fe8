/** What the sweep reads and writes: the sparse indexes `live` in pages, rows in batches, one row at a time on its `revision`. */
import {
  BatchGetItemCommand,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type DynamoDBClient,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { KINDS, type Kind, type KindName, type Row } from '../state/row.ts';
import { toRow, type Item } from './items.ts';
import { liveKeysOf, readAs } from './index-keys.ts';
import type { LiveEntry, LivePage, SweepStore } from './store.ts';
import { createTable, ifUnchanged, type Table } from './table.ts';
import { REAL_TIME, type Pacing } from './budget.ts';
import { startBudget } from './budget.ts';

/** A page is checked and written before the sweep looks at its time again. */
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
  readonly kind: KindName;
  readonly key: string;
  readonly after?: Item;
}

/** All keys of the indexes, in the order of a sweep. */
const LIVE_KEYS: readonly Cursor[] = (Object.keys(KINDS) as KindName[]).flatMap((kind) =>
  liveKeysOf(kind).map((key) => ({ kind, key })),
);

export function createDynamoSweepStore(
  client: Pick<DynamoDBClient, 'send'>,
  {
    streamsTable,
    sessionsTable,
    callsTable,
  }: { readonly streamsTable: string; readonly sessionsTable: string; readonly callsTable: string },
  { pause }: Pick<Pacing, 'pause'> = REAL_TIME,
): SweepStore {
  const tables: Readonly<Record<KindName, Table>> = {
    stream: createTable(client, streamsTable, KINDS.stream.key),
    session: createTable(client, sessionsTable, KINDS.session.key),
    call: createTable(client, callsTable, KINDS.call.key),
  };

  async function* livePages(from: string | undefined, abortSignal: AbortSignal): AsyncGenerator<LivePage> {
    let cursor = from === undefined ? undefined : readCursor(from);
    cursor ??= LIVE_KEYS[0];
    while (cursor) {
      const from: string = JSON.stringify(cursor);
      const { Items = [], LastEvaluatedKey }: QueryCommandOutput = await client.send(queryLive(cursor), {
        abortSignal,
      });
      const { kind, key } = cursor;
      cursor = LastEvaluatedKey ? { kind, key, after: LastEvaluatedKey } : keyAfter(cursor);
      yield { kind, entries: Items.map(toEntry(kind)), from, ...(cursor ? { next: JSON.stringify(cursor) } : {}) };
    }
  }

  const queryLive = ({ kind, key, after }: Cursor) =>
    new QueryCommand({
      TableName: tables[kind].name,
      IndexName: 'live',
      KeyConditionExpression: '#live = :key',
      ExpressionAttributeNames: { '#live': 'live' },
      ExpressionAttributeValues: { ':key': { S: key } },
      ExclusiveStartKey: after,
      Limit: PAGE,
    });

  /** Eventually consistent, at half the price: a row that has changed since has another `revision`, and is not written. */
  async function read(kind: KindName, ids: readonly string[], signal: AbortSignal): Promise<Map<string, Row>> {
    const table = tables[kind];
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
  }

  const toEntry =
    (kind: KindName) =>
    (item: Item): LiveEntry => ({
      id: tables[kind].idOf(item),
      since: Date.parse(item[(KINDS[kind] as Kind).roles?.since ?? '']?.S ?? ''),
      role: readAs('live', item['live']?.S ?? ''),
      nodeId: item['nodeId']?.S ?? '',
      sessionId: item['sessionId']?.S,
    });

  const CURSOR = { TableName: tables.stream.name, Key: tables.stream.keyOf(CURSOR_ID) };

  return {
    livePages,
    read,
    async update(kind, id, changes, row, signal) {
      const budget = startBudget(signal);
      const written = await tables[kind].write(id, ifUnchanged(changes, row), budget);
      return written.done ? undefined : (written.row ?? tables[kind].read(id, budget));
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
    return placeOf(cursor) < 0 ? undefined : cursor;
  } catch {
    return undefined;
  }
}

const placeOf = (cursor: Cursor) => LIVE_KEYS.findIndex(({ kind, key }) => kind === cursor.kind && key === cursor.key);
const keyAfter = (cursor: Cursor): Cursor | undefined => LIVE_KEYS[placeOf(cursor) + 1];
