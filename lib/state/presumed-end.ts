/** Streams end with their session: so much is sure, even where WCS told the one but not the other. */
import { LEVEL } from './lifecycle.ts';
import type { Row } from './row.ts';
import type { Sighting } from './sighting.ts';
import { stored } from './storable.ts';

/** Our word that a live stream has ended with its session; undefined where that cannot be said. Any end that WCS tells overrules it. */
export function presumedEnd(id: string, stream: Row, session: Row): Sighting | undefined {
  if (stream.phase !== 'live' && stream.phase !== 'lost') return undefined;
  const { endedAt, status } = session;
  // An id that WCS gave again may have ended before this stream began: then it is another connection's end.
  if (endedAt === undefined || String(endedAt) <= String(stream.firstSeenAt)) return undefined;
  return {
    kind: 'stream',
    id,
    at: Date.parse(String(endedAt)),
    level: LEVEL.presumedEnded,
    said: { phase: 'ended', ...stored({ status, info: 'presumed: the session has ended' }) },
    facts: {},
  };
}
