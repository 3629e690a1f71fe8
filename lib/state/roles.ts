/** What a live stream or call does: the keys of the index `live`. */
import { LEVEL, levelOfCallStatus } from './lifecycle.ts';
import type { Attribute } from './storable.ts';

/** What of a row, or of a sighting, tells its role. */
interface RoleFields {
  readonly status?: Attribute | undefined;
  readonly published?: Attribute | undefined;
}

export interface Roles {
  readonly names: readonly string[];
  /** Since when it is live, for the order of the index: a time that stays once it is set. */
  readonly since: 'startedAt' | 'firstSeenAt';
  readonly roleOf: (row: RoleFields) => string;
  /** Whether a live sighting tells its role by itself: what it says is all that the row has to go by. */
  readonly isToldBy: (fields: RoleFields) => boolean;
}

export const STREAM_ROLES: Roles = {
  names: ['publishing', 'playing'],
  since: 'startedAt',
  // Only `published` tells a publisher from a player under a word that we do not know.
  roleOf: ({ status, published }) =>
    status === 'PUBLISHING' || (!isPlayersWord(status) && published === true) ? 'publishing' : 'playing',
  isToldBy: ({ status, published }) => published !== undefined || status === 'PUBLISHING' || isPlayersWord(status),
};

const isPlayersWord = (status: RoleFields['status']) => status === 'PLAYING' || status === 'PAUSED';

export const CALL_ROLES: Roles = {
  names: ['ringing', 'talking'],
  since: 'firstSeenAt',
  roleOf: ({ status }) => (levelOfCallStatus(String(status)) === LEVEL.ringing ? 'ringing' : 'talking'),
  isToldBy: () => true,
};
