/** Reads rows for the operator: from the indexes, page by page, and whole, in batches. */
import {
  BatchGetItemCommand,
  GetItemCommand,
  QueryCommand,
  type BatchGetItemCommandOutput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { setTimeout as sleep } from 'node:timers/promises';
import { KINDS, type KindName, type Row } from '../../lib/state/row.ts';
import { toRow, type Item } from '../../lib/store/items.ts';
import { liveKeysOf } from '../../lib/store/index-keys.ts';
import type { Stage } from './stage-access.ts';

/** A row with its id, under WCS's name for it. */
export type IdentifiedRow = Row & { readonly mediaSessionId?: string; readonly callId?: string };
export type RowPages = AsyncIterable<readonly IdentifiedRow[]>;

/** What can be live now. */
type LiveKind = 'stream' | 'call';

export interface AnyTable extends Pick<Stage, 'dynamo'> {
  readonly name: string;
  readonly kind: KindName;
}
export interface RowTable extends AnyTable {
  readonly kind: LiveKind;
}

const LIVE_PAGE = 500;
/** The limit of BatchGetItem. */
export const BATCH = 100;
const BUSY_PAUSE_MS = 200;

/** Reads the index `live`, role by role. `atMost` bounds the page if fewer are wanted. */
export async function* liveRows(table: RowTable, atMost = Infinity): AsyncGenerator<IdentifiedRow[]> {
  for (const key of liveKeysOf(table.kind)) {
    yield* pagesOf(table, { IndexName: 'live', key, Limit: Math.min(LIVE_PAGE, atMost) });
  }
}

export interface Page {
  readonly IndexName: 'live' | 'name';
  readonly key: string;
  readonly Limit: number;
  readonly ScanIndexForward?: boolean;
}

/** Reads what an index has under a key. */
export async function* pagesOf({ dynamo, name }: RowTable, { key, ...page }: Page): AsyncGenerator<IdentifiedRow[]> {
  let ExclusiveStartKey: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey }: QueryCommandOutput = await dynamo.send(
      new QueryCommand({
        TableName: name,
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

/**
 * Reads the rows of an index's items: indexes lack attributes that change often, because each change would cost one more write. Rows
 * that have expired since are left out. `atMost` bounds the batch.
 */
export async function* wholeRows(table: RowTable, shown: RowPages, atMost = Infinity): AsyncGenerator<IdentifiedRow[]> {
  const { key } = KINDS[table.kind];
  const batch = Math.min(BATCH, atMost);
  for await (const page of shown) {
    for (let start = 0; start < page.length; start += batch) {
      const ids = page.slice(start, start + batch).map((row) => row[key] ?? '');
      const rows = await readAll(table, ids);
      yield ids.flatMap((id) => rows.get(id) ?? []);
    }
  }
}

export async function readRow({ dynamo, name, kind }: AnyTable, id: string): Promise<IdentifiedRow | undefined> {
  const { Item } = await dynamo.send(
    new GetItemCommand({ TableName: name, Key: { [KINDS[kind].key]: { S: id } }, ConsistentRead: true }),
  );
  return Item && toRow(Item);
}

async function readAll({ dynamo, name, kind }: RowTable, ids: readonly string[]): Promise<Map<string, IdentifiedRow>> {
  const { key } = KINDS[kind];
  const rows = new Map<string, IdentifiedRow>();
  let Keys: Item[] = ids.map((id) => ({ [key]: { S: id } }));
  while (Keys.length > 0) {
    const { Responses, UnprocessedKeys }: BatchGetItemCommandOutput = await dynamo.send(
      new BatchGetItemCommand({ RequestItems: { [name]: { Keys } } }),
    );
    for (const item of Responses?.[name] ?? []) rows.set(item[key]?.S ?? '', toRow(item));
    Keys = UnprocessedKeys?.[name]?.Keys ?? [];
    if (Keys.length > 0) await sleep(BUSY_PAUSE_MS);
  }
  return rows;
}

export async function* only(
  pages: RowPages,
  isWanted: (row: IdentifiedRow) => boolean,
): AsyncGenerator<IdentifiedRow[]> {
  for await (const page of pages) yield page.filter(isWanted);
}

/** Sorts the attributes in the order in which a person reads them. */
export function ordered(kind: KindName, row: IdentifiedRow): IdentifiedRow {
  const { key, owned } = KINDS[kind];
  const names = [key, ...owned, ...Object.keys(row)] as (keyof IdentifiedRow)[];
  return Object.fromEntries(names.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])));
}

/** A row in a sentence. */
export const described = (kind: LiveKind, id: string, row: IdentifiedRow) =>
  `${id} (${whatOf[kind](row)}, ${row.phase})`;

const whatOf = {
  stream: ({ name }: Row) => name ?? 'without a name',
  call: ({ caller, callee }: Row) => `${caller ?? 'unknown'} to ${callee ?? 'unknown'}`,
};
