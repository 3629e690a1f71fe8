/** Ends that no hook told of: streams and calls end with their session, and the operator may know of an end that WCS does not tell. */
import { clientIn, rowOfClient } from './clients.ts';
import { whyLost, type Lease } from './lease.ts';
import { LEVEL } from './lifecycle.ts';
import type { Fields, KindName, Row } from './row.ts';
import type { Sighting } from './sighting.ts';
import { stored } from './storable.ts';

/**
 * Our word, at `now` (milliseconds since the epoch), that a live stream or call has ended with its session; undefined where that
 * cannot be said. Any end that WCS tells overrules it, but no sign of life does: so it waits for one.
 */
export function presumedEnd(
  kind: KindName,
  id: string,
  row: Row,
  session: Row,
  now: number,
  lease: Lease,
): Sighting | undefined {
  if (row.phase !== 'live') return undefined;
  const { endedAt, status } = rowOfClient(session, clientIn('session', row)) ?? {};
  if (endedAt === undefined) return undefined;
  // `lastSeenAt` may lag by half a lease: not before a living stream would have been heard.
  const isSilent = now - Date.parse(String(endedAt)) > lease.leaseSeconds * 1000 || whyLost(row, now, lease);
  if (!isSilent) return undefined;
  // An id that WCS gave again may have ended before this stream began, or its end came after the next connection began,
  // and the stream is heard of since: then it is another connection's end.
  if (String(endedAt) <= String(row.firstSeenAt) || String(row.lastSeenAt) > String(endedAt)) return undefined;
  return {
    kind,
    id,
    client: {},
    at: Date.parse(String(endedAt)),
    level: LEVEL.presumedEnded,
    state: { phase: 'ended', ...stored({ status, info: 'presumed: the session has ended' }) },
    attributes: {},
  };
}

const BY_OPERATOR = 'presumed: ended by the operator';

/**
 * The operator's word, at `now` (milliseconds since the epoch), that a stream or call has ended. It comes after all that is known
 * of it, whatever the operator's clock says.
 */
export const operatorsEnd = (kind: KindName, id: string, row: Row, now: number): Sighting => ({
  kind,
  id,
  client: clientIn(kind, row),
  at: Math.max(now, row.lastSeenAt === undefined ? now : Date.parse(String(row.lastSeenAt)) + 1),
  level: LEVEL.presumedEnded,
  state: { phase: 'ended', info: BY_OPERATOR },
  attributes: {},
});

/** Whether the end that a row shows is the operator's word. */
export const isOperatorsEnd = ({ info, rank }: Fields) =>
  info === BY_OPERATOR && String(rank).startsWith(`${LEVEL.presumedEnded}#`);
