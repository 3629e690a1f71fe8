/** Compares rows with what a scenario expects of them. */
import { BatchGetItemCommand, DynamoDBClient, type BatchGetItemCommandOutput } from '@aws-sdk/client-dynamodb';
import { setTimeout as sleep } from 'node:timers/promises';
import { isLoopback } from '../../infra/cli/loopback.ts';
import { toRow, type Item } from '../../lib/store/items.ts';
import type { ExpectedRow } from './scenarios.ts';

export type Rows = Map<string, Readonly<Record<string, unknown>>>;

const BATCH = 100;

/** Reads rows by their ids; those that are not there are left out. */
export function createRowReader({ endpoint, table }: { readonly endpoint: string; readonly table: string }) {
  const client = new DynamoDBClient({
    ...(isLoopback(endpoint)
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

export interface Patience {
  readonly withinSeconds: number;
  /** Of the backend: with it a row tells when its lease runs out. */
  readonly leaseSeconds: number;
  readonly onWait: (what: string, until: number) => void;
}

/** Reads until all is as expected or the time is over: parked hooks come late, and a lease takes its time. */
export async function verify(
  expected: ReadonlyMap<string, ExpectedRow>,
  readRows: (ids: readonly string[]) => Promise<Rows>,
  { withinSeconds, leaseSeconds, onWait }: Patience,
): Promise<string[]> {
  const until = Date.now() + withinSeconds * 1000;
  /** Of those that are to be lost, the last; undefined: none is. */
  function leaseEnd(rows: Rows): number | undefined {
    const silent = ids.filter((id) => expected.get(id)?.['phase'] === 'lost');
    const heard = silent.map((id) => Date.parse(String(rows.get(id)?.['lastSeenAt']))).filter(Number.isFinite);
    return silent.length === 0 ? undefined : Math.max(...heard) + leaseSeconds * 1000;
  }
  let ids = [...expected.keys()];
  for (;;) {
    const rows = await readRows(ids);
    const wrong = ids.flatMap((id) => differencesOf(id, rows.get(id), expected.get(id) ?? null));
    if (wrong.length === 0 || Date.now() > until) return wrong.map(({ text }) => text);
    ids = [...new Set(wrong.map(({ id }) => id))];
    const runsOutAt = leaseEnd(rows);
    if (runsOutAt === undefined) onWait('waiting for rows that are not yet as they should be, at most', until);
    else if (runsOutAt > Date.now()) onWait('waiting for the lease to run out', runsOutAt);
    else onWait('waiting for the sweep, which comes every minute, at most', until);
    await sleep(500);
  }
}

function differencesOf(id: string, row: Readonly<Record<string, unknown>> | undefined, wanted: ExpectedRow) {
  const notices = (text: string) => [{ id, text: `${id}: ${text}` }];
  if (!wanted) return row ? notices(`there is a row, in phase ${String(row['phase'])}`) : [];
  if (!row) return notices('there is no row');
  return Object.entries(wanted).flatMap(([name, value]) =>
    (row[name] ?? null) === value
      ? []
      : notices(`${name} is ${JSON.stringify(row[name]) ?? 'absent'}, expected ${JSON.stringify(value ?? 'absent')}`),
  );
}
