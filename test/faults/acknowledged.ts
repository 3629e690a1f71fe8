/** Whether what was acknowledged is in the rows: a WCS may believe nothing else. */
import type { Rows } from '../simulator/verify.ts';
import type { Hook } from '../simulator/wcs.ts';

interface StreamBody {
  readonly mediaSessionId?: string;
  readonly name: string;
  readonly status: string;
}

/** The acknowledged hooks of streams that are not in their rows, each with what is there instead. */
export function missingFrom(rows: Rows, acknowledged: readonly Hook[]): string[] {
  return acknowledged.flatMap(({ method, body }) => {
    const { mediaSessionId, ...said } = JSON.parse(body) as StreamBody;
    if (mediaSessionId === undefined) return [];
    const row = rows.get(mediaSessionId);
    return row && isIn(row, method, said)
      ? []
      : [`${method} ${said.status} of ${mediaSessionId}: ${JSON.stringify(row)}`];
  });
}

function isIn(
  row: Readonly<Record<string, unknown>>,
  method: string,
  { name, status }: Omit<StreamBody, 'mediaSessionId'>,
): boolean {
  switch (method) {
    case 'publishStream':
    case 'playStream':
      return row['name'] === name;
    case 'StreamKeepAliveEvent':
      return row['keepAlive'] === true && row['startedAt'] !== undefined;
    case 'StreamStatusEvent':
      return status === 'UNPUBLISHED' || status === 'STOPPED'
        ? row['phase'] === 'ended' && row['status'] === status && row['live'] === undefined
        : row['startedAt'] !== undefined && (row['phase'] === 'ended' || row['status'] === status);
    default:
      // It says nothing but that the stream was there.
      return row['lastSeenAt'] !== undefined;
  }
}
