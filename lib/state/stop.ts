/** Whether a stream is to be stopped: by the operator's word in its row, or by the maximum duration. */
import { banOn, type Bans } from './bans.ts';
import type { Row } from './row.ts';

export interface StopRules {
  /** Off: nothing is stopped, whatever a row says. On puts FAIL on StreamKeepAliveEvent. */
  readonly stopsStreams: boolean;
  /** A live stream is stopped after so many seconds; undefined: never. */
  readonly maxDurationSeconds: number | undefined;
}

/** Why a stream is to be stopped at `at` (milliseconds since the epoch); undefined if it is not. `bans`: those that are known. */
export function whyStop(
  row: Row,
  at: number,
  { stopsStreams, maxDurationSeconds }: StopRules,
  bans?: Bans,
): string | undefined {
  if (!stopsStreams) return undefined;
  if (row.stop) return 'stop';
  if (bans && banOn(bans, row, at)) return 'ban';
  // A `stopAt` that is no time gives NaN, which is never due.
  if (Date.parse(String(row.stopAt)) <= at) return 'stopAt';
  const startedAt = Date.parse(String(row.startedAt));
  if (maxDurationSeconds !== undefined && startedAt + maxDurationSeconds * 1000 <= at) return 'maximum duration';
  return undefined;
}
