/** Whether what was acknowledged is in the rows: a WCS may believe nothing else. */
import type { Rows } from '../../simulator/verify.ts';
import type { Hook } from '../../simulator/wcs.ts';

/** Sender and gateway have one clock here: the gateway's receive time is between the two, in milliseconds since the epoch. */
export interface Acknowledged {
  readonly hook: Hook;
  readonly sentAt: number;
  readonly answeredAt: number;
}

interface StreamBody {
  readonly mediaSessionId?: string;
  readonly name: string;
  readonly status: string;
}
type Row = Readonly<Record<string, unknown>>;

const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** A lease that is half used: so much may `lastSeenAt` lag behind keep-alives. */
const LAG_MS = 60_000;
const ENDS = ['UNPUBLISHED', 'STOPPED'];

/** The acknowledged hooks of streams that are not in their rows, each with what is there instead. */
export function missingFrom(rows: Rows, acknowledged: readonly Acknowledged[]): string[] {
  return acknowledged.flatMap(({ hook, sentAt, answeredAt }) => {
    const { mediaSessionId, name, status } = JSON.parse(hook.body) as StreamBody;
    if (mediaSessionId === undefined) return [];
    const row = rows.get(mediaSessionId);
    const isIn =
      row && isSeen(row, sentAt, answeredAt, hook.method) && isSaid(row, hook.method, name, status, answeredAt);
    return isIn ? [] : [`${hook.method} ${status} of ${mediaSessionId} at ${iso(sentAt)}: ${JSON.stringify(row)}`];
  });
}

const iso = (at: number) => new Date(at).toISOString();

/** Every hook bounds the first and the last time that its stream was seen. */
function isSeen({ firstSeenAt, lastSeenAt }: Row, sentAt: number, answeredAt: number, method: string): boolean {
  const seenUntil = sentAt - (method === 'StreamKeepAliveEvent' ? LAG_MS : 0);
  return text(firstSeenAt) <= iso(answeredAt) && text(lastSeenAt) >= iso(seenUntil);
}

function isSaid(row: Row, method: string, name: string, status: string, answeredAt: number): boolean {
  const hasStarted = row['startedAt'] !== undefined && text(row['startedAt']) <= iso(answeredAt);
  const hasEnded = row['phase'] === 'ended' && row['live'] === undefined;
  switch (method) {
    case 'publishStream':
    case 'playStream':
      return row['name'] === name;
    case 'StreamKeepAliveEvent':
      return row['keepAlive'] === true && hasStarted;
    case 'StreamStatusEvent':
      if (ENDS.includes(status)) return hasEnded && row['status'] === status && text(row['endedAt']) <= iso(answeredAt);
      return hasStarted && (hasEnded || row['status'] === status);
    default:
      return true;
  }
}
