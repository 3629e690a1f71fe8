/** The life of a stream or a call: which level a hook's word stands on. The higher level wins, whatever the order (merge.ts). */
import { FAILURES } from '../wcs/call-failures.ts';

export const LEVEL = {
  /** A hook without a status of its own. */
  seen: 0,
  starting: 1,
  /** Denied by a policy. */
  denied: 2,
  /** A keep-alive: it opens a row but never replaces what a StreamStatusEvent said. */
  keptAlive: 3,
  /** Of a call: it is under way, and nobody has answered yet. */
  ringing: 3,
  live: 4,
  /** Ended as far as we can tell: its session has ended. */
  presumedEnded: 5,
  ended: 6,
} as const;
export type Level = (typeof LEVEL)[keyof typeof LEVEL];

/** What a row shows for its level; a live row past its lease shows `lost`. */
export type Phase = 'seen' | 'starting' | 'denied' | 'live' | 'lost' | 'ended';
const PHASES = ['seen', 'starting', 'denied', 'live', 'live', 'ended', 'ended'] as const satisfies Phase[];

export const phaseOf = (level: Level) => PHASES[level];

/** StreamStatusEvent's words that say where a stream is. Any other word means live: the set is open. */
const LEVEL_OF_STATUS: Record<string, Level> = {
  NEW: LEVEL.starting,
  PENDING: LEVEL.starting,
  UNPUBLISHED: LEVEL.ended,
  STOPPED: LEVEL.ended,
  FAILED: LEVEL.ended,
  // The end of a video on demand.
  DISCONNECTED: LEVEL.ended,
  // Notes about a stream: they do not say how far it is.
  RESIZE: LEVEL.seen,
  SNAPSHOT_COMPLETE: LEVEL.seen,
  NOT_ENOUGH_BANDWIDTH: LEVEL.seen,
  PLAYBACK_PROBLEM: LEVEL.seen,
};

/** The level of a StreamStatusEvent; without a status it has none of its own. */
export function levelOfStatus(status: string | null | undefined, info: string | null | undefined): Level {
  if (!status) return LEVEL.seen;
  // This is the failure of a second stream that wanted the id of a live one. The live one continues.
  if (status === 'FAILED' && info === 'MediaSessionId is already in use') return LEVEL.seen;
  return Object.hasOwn(LEVEL_OF_STATUS, status) ? (LEVEL_OF_STATUS[status] as Level) : LEVEL.live;
}

/** CallStatusEvent's words. Any other word means live here, too. */
const LEVEL_OF_CALL_STATUS: Record<string, Level> = {
  NEW: LEVEL.starting,
  PENDING: LEVEL.starting,
  TRYING: LEVEL.ringing,
  RING: LEVEL.ringing,
  RING_MEDIA: LEVEL.ringing,
  SESSION_PROGRESS: LEVEL.ringing,
  // FINISH follows it. The first of them stays, because it is the reason.
  BUSY: LEVEL.ended,
  FAILED: LEVEL.ended,
  FINISH: LEVEL.ended,
};

/** The level of a CallStatusEvent; without a status it has none of its own. */
export function levelOfCallStatus(status: string | null | undefined): Level {
  if (!status) return LEVEL.seen;
  return Object.hasOwn(LEVEL_OF_CALL_STATUS, status) ? (LEVEL_OF_CALL_STATUS[status] as Level) : LEVEL.live;
}

/** Whether the word that a call ended with says that it failed. */
export const isFailedEnd = (status: unknown) => typeof status === 'string' && FAILURES.includes(status);
