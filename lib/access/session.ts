import { clientIn, rowOfClient } from '../state/clients.ts';
import type { Row } from '../state/row.ts';
import { stored } from '../state/storable.ts';
import { readKept } from './claims.ts';
import type { SessionLookup } from './decision.ts';

/**
 * The connection that a hook belongs to, from the session's row. A connection that was denied (whatever happened since),
 * has ended, or belongs to another app or node gives no rights. Of one that failed open, or whose `connect` never came,
 * we cannot tell.
 */
export function sessionOf(row: Row, { appKey, nodeId }: Readonly<Record<string, unknown>>): SessionLookup {
  const own = rowOfClient(row, clientIn('session', stored({ appKey, nodeId })));
  if ((own ?? row).connectAt === undefined) return { unknown: 'the connection is not known', isMissing: true };
  if (!own) return { problem: 'the connection is of another app or node' };
  if (own.phase === 'denied' || own.denied !== undefined) return { problem: 'the connection was denied' };
  if (own.phase === 'ended') return { problem: 'the connection has ended' };
  if (own.failedOpen !== undefined) return { unknown: 'the connection failed open' };
  const claims = typeof own.claims === 'string' ? readKept(own.claims) : undefined;
  return {
    session: {
      ...(typeof own.sub === 'string' ? { sub: own.sub } : {}),
      ...(typeof own.origin === 'string' ? { origin: own.origin } : {}),
      ...(claims ? { claims } : {}),
    },
  };
}
