/**
 * What DynamoDB bills for on-demand requests, by the documented rules (Developer Guide, "DynamoDB read and write request
 * units" and "Global secondary indexes: write costs"): a write unit per started KB of the larger of the item before and
 * after, the same again for each index entry that is put, changed or deleted; a read unit per started 4 KB, half of it
 * where the read is not consistent.
 */
import type { AttributeValue, GlobalSecondaryIndex } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../lib/store/items.ts';
import { resourcesNamed } from './dynamo.ts';

interface Index {
  readonly key: readonly string[];
  readonly projected: readonly string[];
}

/** The keys of the tables. */
const KEYS = { StreamsTable: 'mediaSessionId', CallsTable: 'callId' } as const;
export type BilledTable = keyof typeof KEYS;

const RESOURCES = resourcesNamed('', '', '');
/** The indexes of infra/cloudformation/tables.yml. */
export function indexesOf(table: BilledTable): Record<string, Index> {
  const { GlobalSecondaryIndexes } = RESOURCES[table]?.Properties as { GlobalSecondaryIndexes: GlobalSecondaryIndex[] };
  return Object.fromEntries(
    GlobalSecondaryIndexes.map(({ IndexName = '', KeySchema = [], Projection }) => [
      IndexName,
      { key: KeySchema.map(({ AttributeName = '' }) => AttributeName), projected: Projection?.NonKeyAttributes ?? [] },
    ]),
  );
}

const KB = 1024;

export const sizeOf = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOfValue(value), 0);

function sizeOfValue({ S, N, BOOL }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  // "Approximately (length of significant digits / 2) + 1".
  if (N !== undefined) return Math.ceil(N.replace(/\D/g, '').length / 2) + 1;
  return BOOL === undefined ? 0 : 1;
}

const units = (bytes: number, unit: number) => Math.max(1, Math.ceil(bytes / unit));

export function writeUnits(before: Item | undefined, after: Item, table: BilledTable = 'StreamsTable'): number {
  const row = units(Math.max(sizeOf(before ?? {}), sizeOf(after)), KB);
  return Object.values(indexesOf(table)).reduce(
    (sum, index) => sum + indexUnits(index, KEYS[table], before, after),
    row,
  );
}

function indexUnits({ key, projected }: Index, id: string, before: Item | undefined, after: Item): number {
  const [old, now] = [before, after].map((item) => entry([...key, id, ...projected], key, item));
  const same = (names: readonly string[]) =>
    names.every((name) => JSON.stringify(old?.[name]) === JSON.stringify(now?.[name]));
  if (!old || !now) return old || now ? units(sizeOf(old ?? now ?? {}), KB) : 0;
  if (!same(key)) return units(sizeOf(old), KB) + units(sizeOf(now), KB);
  return same(projected) ? 0 : units(Math.max(sizeOf(old), sizeOf(now)), KB);
}

/** An item is in an index only with all attributes of its key. */
function entry(names: readonly string[], key: readonly string[], item: Item | undefined): Item | undefined {
  if (!item || key.some((name) => item[name] === undefined)) return undefined;
  return Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
}

export const consistentReadUnits = (item: Item | undefined) => units(sizeOf(item ?? {}), 4 * KB);
export const readUnits = (bytes: number) => units(bytes, 4 * KB) / 2;
