/** Compares rows with what a scenario expects of them. */
import { BatchGetItemCommand, DynamoDBClient, type BatchGetItemCommandOutput } from '@aws-sdk/client-dynamodb';
import { setTimeout as sleep } from 'node:timers/promises';
import { isLoopback } from '../../infra/cli/loopback.ts';
import { toRow, type Item } from '../../lib/store/items.ts';
import { KEY_FIELD, type Subject } from '../../lib/wcs/methods.ts';
import type { Between, ExpectedRow } from './expected-row.ts';

export type Rows = Map<string, Readonly<Record<string, unknown>>>;

const BATCH = 100;

export interface Place {
  readonly endpoint: string;
  readonly table: string;
  /** What its rows are about. */
  readonly kind: Subject;
}

/** Reads rows by their ids; those that are not there are left out. */
export function createRowReader({ endpoint, table, kind }: Place) {
  const key = KEY_FIELD[kind];
  const client = new DynamoDBClient({
    ...(isLoopback(endpoint)
      ? { endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }
      : { endpoint }),
  });
  return async (ids: readonly string[]): Promise<Rows> => {
    const rows: Rows = new Map();
    for (let start = 0; start < ids.length; start += BATCH) {
      let Keys: Item[] | undefined = ids.slice(start, start + BATCH).map((id) => ({ [key]: { S: id } }));
      while (Keys && Keys.length > 0) {
        const { Responses, UnprocessedKeys }: BatchGetItemCommandOutput = await client.send(
          new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
        );
        for (const item of Responses?.[table] ?? []) rows.set(item[key]?.S ?? '', toRow(item));
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
  /** Of those that the sweep is to find, the last; undefined: it is to find none. */
  function leaseEnd(rows: Rows): number | undefined {
    const silent = ids.filter((id) => isSwept(expected.get(id)));
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

function isSwept(row: ExpectedRow | undefined): boolean {
  const { phase, info } = row ?? {};
  return phase === 'lost' || (typeof info === 'string' && info.startsWith('presumed'));
}

function differencesOf(id: string, row: Readonly<Record<string, unknown>> | undefined, wanted: ExpectedRow) {
  const notices = (text: string) => [{ id, text: `${id}: ${text}` }];
  if (!wanted) return row ? notices(`there is a row, in phase ${String(row['phase'])}`) : [];
  if (!row) return notices('there is no row');
  return Object.entries(wanted).flatMap(([name, value]) =>
    isAs(row[name], value)
      ? []
      : notices(`${name} is ${JSON.stringify(row[name]) ?? 'absent'}, expected ${expected(name, value)}`),
  );
}

type Value = NonNullable<ExpectedRow>[string];
const isBetween = (value: Value): value is Between => typeof value === 'object' && value !== null;

function isAs(found: unknown, wanted: Value): boolean {
  if (!isBetween(wanted)) return (found ?? null) === wanted;
  const number = typeof found === 'string' ? Date.parse(found) : Number(found ?? NaN);
  return number >= wanted.least && number <= wanted.most;
}

function expected(name: string, value: Value): string {
  if (!isBetween(value)) return JSON.stringify(value ?? 'absent');
  const shown = (number: number) => (name.endsWith('At') ? new Date(number).toISOString() : String(number));
  return `${shown(value.least)} to ${shown(value.most)}`;
}
