/** The DynamoDBs that the model plays against. */
import { createFakeDynamo, FAKE_TABLES } from '../../support/fake-dynamo.ts';
import { isSession } from './world.ts';
import { startDynamo, tablesOf } from '../../support/dynamo.ts';
import { toRow, type Item } from '../../../lib/store/items.ts';
import type { Row } from '../../../lib/state/row.ts';
import type { ModelDynamo } from './schedule.ts';

const NOTHING: Item = {};

/** In memory, a fresh one for each world. */
export function fakeDynamo(givesItem: boolean): ModelDynamo {
  const { streams: items, sessions, send } = createFakeDynamo({ givesItem });
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
    row: (id) => Promise.resolve(rowOf((isSession(id) ? sessions : items).get(id) ?? NOTHING)),
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
    row: async (id): Promise<Row> => (isSession(id) ? dynamo.sessionRow(id) : toRow((await dynamo.item(id)) ?? {})),
    stop: (id) => dynamo.set(id, { stop: { BOOL: true } }),
    close: () => dynamo.close(),
  };
}
