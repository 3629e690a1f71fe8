/**
 * The keys of the indexes `live` and `closed`. DynamoDB takes 1,000 writes a second under one key, and cannot split it where
 * they come in the order of its sort key: LIVE_SHARDS spreads each role, and each hour, over as many keys.
 */
import { hash } from 'node:crypto';
import { KINDS, type Kind, type KindName, type Row } from '../state/row.ts';
import type { Attribute } from '../state/storable.ts';

export const MOST_SHARDS = 4;

/** How many keys of an index each role and each hour has: 1 to MOST_SHARDS. */
export interface Shards {
  readonly liveShards: number;
}

/** The fields that are spread: in the table with the shard behind them, everywhere else without. */
const SPREAD = ['live', 'closedIn'] as const;
const isSpread = (field: string) => (SPREAD as readonly string[]).includes(field);

/** The first key of a value is the value itself, so that one shard is no special case. */
const keyOf = (value: string, shard: number) => (shard === 0 ? value : `${value}.${shard}`);

/** All keys that a role or an hour can have: LIVE_SHARDS may have been another when a row was written. */
export const keysOf = (value: string): readonly string[] =>
  Array.from({ length: MOST_SHARDS }, (_, shard) => keyOf(value, shard));

/** All keys of the index `live`, publishers and ringing calls first. */
export const liveKeysOf = (kind: KindName): readonly string[] =>
  ((KINDS[kind] as Kind).roles?.names ?? []).flatMap(keysOf);

export const shardKeyOf = (value: string, id: string, shards: number): string =>
  keyOf(value, shards === 1 ? 0 : parseInt(hash('sha1', id).slice(0, 8), 16) % shards);

/** The field's value as the row in DynamoDB has it. */
export const storedAs = (field: string, value: Attribute, id: string, { liveShards }: Shards) =>
  isSpread(field) ? shardKeyOf(String(value), id, liveShards) : value;

/** The field's value as the rule knows it. */
export const readAs = (field: string, value: string): string => (isSpread(field) ? value.replace(/\.\d+$/, '') : value);

/** The row as the table has it. */
export function inItsShards(row: Row, id: string, shards: Shards): Row {
  const spread = SPREAD.flatMap((field) => {
    const value = row[field];
    return value === undefined ? [] : [[field, storedAs(field, value, id, shards)] as const];
  });
  return spread.length === 0 ? row : { ...row, ...Object.fromEntries(spread) };
}
