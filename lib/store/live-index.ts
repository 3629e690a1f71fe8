/**
 * The keys of the index `live`. DynamoDB takes 1,000 writes a second under one key, and cannot split it where they come in
 * the order of its sort key: LIVE_SHARDS spreads each role over as many keys.
 */
import { hash } from 'node:crypto';
import type { Attribute } from '../state/storable.ts';

const ROLES = ['publishing', 'playing'] as const;
export const MOST_SHARDS = 4;

/** The first key of a role is the role itself, so that one shard is no special case. */
const keyOf = (role: string, shard: number) => (shard === 0 ? role : `${role}.${shard}`);

/** All that there can be, publishers first: LIVE_SHARDS may have been another when a row was written. */
export const LIVE_KEYS: readonly string[] = ROLES.flatMap((role) =>
  Array.from({ length: MOST_SHARDS }, (_, shard) => keyOf(role, shard)),
);

export const liveKeyOf = (role: string, id: string, shards: number): string =>
  keyOf(role, shards === 1 ? 0 : parseInt(hash('sha1', id).slice(0, 8), 16) % shards);

export const roleIn = (key: string): string => key.replace(/\.\d+$/, '');

/** How many keys of the index `live` each role has: 1 to MOST_SHARDS. */
export interface Shards {
  readonly liveShards: number;
}

/** The field's value as the row in DynamoDB has it: `live` as the key of its shard. */
export const storedAs = (field: string, value: Attribute, id: string, { liveShards }: Shards) =>
  field === 'live' ? liveKeyOf(String(value), id, liveShards) : value;
