/** Compares rows with what a scenario expects of them. */
import { BatchGetItemCommand, DynamoDBClient, type BatchGetItemCommandOutput } from '@aws-sdk/client-dynamodb';
import { setTimeout as sleep } from 'node:timers/promises';
import { toRow, type Item } from '../../lib/store/items.ts';
import type { ExpectedRow } from './scenarios.ts';

export type Rows = Map<string, Readonly<Record<string, unknown>>>;

const BATCH = 100;

/** Reads rows by their ids; those that are not there are left out. */
export function createRowReader({ endpoint, table }: { readonly endpoint: string; readonly table: string }) {
  const isLocal = /^https?:\/\/(127\.0\.0\.1|localhost)\b/.test(endpoint);
  const client = new DynamoDBClient({
    ...(isLocal
      ? { endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }
      : { endpoint }),
  });
  return async (ids: readonly string[]): Promise<Rows> => {
    const rows: Rows = new Map();
    for (let start = 0; start < ids.length; start += BATCH) {
      let Keys: Item[] | undefined = ids.slice(start, start + BATCH).map((id) => ({ mediaSessionId: { S: id } }));
      while (Keys && Keys.length > 0) {
        const { Responses, UnprocessedKeys }: BatchGetItemCommandOutput = await client.send(
          new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
        );
        for (const item of Responses?.[table] ?? []) rows.set(item['mediaSessionId']?.S ?? '', toRow(item));
        Keys = UnprocessedKeys?.[table]?.Keys;
      }
    }
    return rows;
  };
}

/** Reads until all is as expected or the time is over: parked hooks come late, and a lease takes its time. */
export async function verify(
  expected: ReadonlyMap<string, ExpectedRow>,
  readRows: (ids: readonly string[]) => Promise<Rows>,
  withinSeconds: number,
): Promise<string[]> {
  const until = Date.now() + withinSeconds * 1000;
  let ids = [...expected.keys()];
  for (;;) {
    const rows = await readRows(ids);
    const wrong = ids.flatMap((id) => differencesOf(id, rows.get(id), expected.get(id) ?? null));
    if (wrong.length === 0 || Date.now() > until) return wrong.map(({ text }) => text);
    ids = [...new Set(wrong.map(({ id }) => id))];
    await sleep(500);
  }
}

function differencesOf(id: string, row: Readonly<Record<string, unknown>> | undefined, wanted: ExpectedRow) {
  const told = (text: string) => [{ id, text: `${id}: ${text}` }];
  if (!wanted) return row ? told(`there is a row, in phase ${String(row['phase'])}`) : [];
  if (!row) return told('there is no row');
  return Object.entries(wanted).flatMap(([name, value]) =>
    (row[name] ?? null) === value
      ? []
      : told(`${name} is ${JSON.stringify(row[name]) ?? 'absent'}, expected ${JSON.stringify(value ?? 'absent')}`),
  );
}
