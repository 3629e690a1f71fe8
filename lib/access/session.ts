import { isOfOne, type Row } from '../state/row.ts';
import { stored } from '../state/storable.ts';
import { readKept } from './claims.ts';
import type { SessionVerdict } from './decision.ts';

/**
 * The connection that a hook belongs to, by its row. One that was refused (whatever became of it since), has ended, or is
 * that of another app or node lends its rights to nobody; one that was let in unseen, or did not come, may have some.
 */
export function sessionOf(row: Row, { appKey, nodeId }: Readonly<Record<string, unknown>>): SessionVerdict {
  if (row.connectAt === undefined) return { unknown: 'the connection is not known', isMissing: true };
  if (row.phase === 'refused' || row.denied !== undefined) return { problem: 'the connection was refused' };
  if (row.phase === 'ended') return { problem: 'the connection has ended' };
  if (!isOfOne(row, stored({ appKey, nodeId }))) return { problem: 'the connection is of another app or node' };
  if (row.unsure !== undefined) return { unknown: 'the connection was let in unseen' };
  const claims = typeof row.claims === 'string' ? readKept(row.claims) : undefined;
  return {
    session: {
      ...(typeof row.sub === 'string' ? { sub: row.sub } : {}),
      ...(typeof row.origin === 'string' ? { origin: row.origin } : {}),
      ...(claims ? { claims } : {}),
    },
  };
}
