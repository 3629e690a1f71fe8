import type { Row } from '../state/row.ts';
import { storable } from '../state/storable.ts';
import { readKept } from './claims.ts';
import type { AccessSession } from './decision.ts';

/**
 * The connection that a hook belongs to, by its row. Undefined where there is none: it never came, was refused, has
 * ended, or is that of another app or node, so that it lends its rights to nobody else.
 */
export function sessionOf(row: Row, body: Readonly<Record<string, unknown>>): AccessSession | undefined {
  if (row.phase !== 'starting' && row.phase !== 'live') return undefined;
  for (const field of ['appKey', 'nodeId'] as const) {
    const said = storable(body[field]);
    if (said !== undefined && row[field] !== undefined && said !== row[field]) return undefined;
  }
  const claims = typeof row.claims === 'string' ? readKept(row.claims) : undefined;
  return {
    ...(typeof row.sub === 'string' ? { sub: row.sub } : {}),
    ...(typeof row.origin === 'string' ? { origin: row.origin } : {}),
    ...(claims ? { claims } : {}),
  };
}
