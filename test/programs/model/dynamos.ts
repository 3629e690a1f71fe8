/** The DynamoDBs that the model plays against. */
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { createFakeDynamo, FAKE_TABLES } from '../../support/fake-dynamo.ts';
import { kindOf } from './world.ts';
import { startDynamo, tablesOf } from '../../support/dynamo.ts';
import { toRow, type Item } from '../../../lib/store/items.ts';
import { KINDS, type Row } from '../../../lib/state/row.ts';
import type { ModelDynamo } from './schedule.ts';

const NOTHING: Item = {};

/** In memory, a fresh one for each world. */
export function fakeDynamo(givesItem: boolean): ModelDynamo {
  const { streams: items, sessions, calls, send } = createFakeDynamo({ givesItem });
  const tables = { stream: items, session: sessions, call: calls };
  // An item is never changed, but replaced.
  const rows = new WeakMap<Item, Row>();
  const rowOf = (item: Item) => {
    const row = rows.get(item) ?? toRow(item);
    rows.set(item, row);
    return row;
  };
  return {
    client: { send },
    tables: FAKE_TABLES,
    row: (id) => Promise.resolve(rowOf(tables[kindOf(id)].get(id) ?? NOTHING)),
    stop(id) {
      items.set(id, { ...(items.get(id) ?? { mediaSessionId: { S: id } }), stop: { BOOL: true } });
      return Promise.resolve();
    },
  };
}

/** A real DynamoDB API, a fresh one for each world: its table is part of no other. */
export async function realDynamo(givesItem: boolean): Promise<ModelDynamo & { close(): Promise<void> }> {
  const dynamo = await startDynamo({ givesItem });
  return {
    client: dynamo.client,
    tables: tablesOf(dynamo),
    async row(id): Promise<Row> {
      const kind = kindOf(id);
      const TableName = { stream: dynamo.table, session: dynamo.sessionsTable, call: dynamo.callsTable }[kind];
      const { Item } = await dynamo.direct.send(
        new GetItemCommand({ TableName, Key: { [KINDS[kind].key]: { S: id } }, ConsistentRead: true }),
      );
      return toRow(Item ?? {});
    },
    stop: (id) => dynamo.set(id, { stop: { BOOL: true } }),
    close: () => dynamo.close(),
  };
}
