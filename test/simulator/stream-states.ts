/** Streams and calls as a WCS knows them while their hooks pass. */
import { METHODS, methodNamed } from '../../lib/wcs/methods.ts';
import type { Fields } from './wcs.ts';

/** When something was told, in milliseconds since the epoch: after it was sent, and before it was answered. */
export interface Moment {
  readonly from: number;
  readonly to: number;
}

/** What became of a stream, or of a call. */
export interface StreamState {
  /**
   * Anything but `running`: nothing more of it is sent. `failed`: stopped by an error that is no 403 to its start.
   * `unregistered`: a call without a SIP account, which WCS cannot place, or does not get.
   */
  readonly state: 'running' | 'denied' | 'failed' | 'declined' | 'terminated' | 'unregistered';
  /** Its start was scripted; of other streams only events are known. */
  readonly isStarted: boolean;
  /** Its start was answered 403, which bound nothing. */
  readonly isDeniedInVain: boolean;
  /** The methods of its hooks that were sent. */
  readonly sent: ReadonlySet<string>;
  /** The fields that have the backend's values now, not the script's. */
  readonly overwritten: Fields;
  /** Hooks with the name of the script had told of it before the backend renamed it. */
  readonly isRenamedLate: boolean;
  /** A call's callee by the backend's will, which its page did not ask for. */
  readonly redirectedTo?: unknown;
  /** A call's times: `transferred` is the last word about it, the others are the first. */
  readonly told: { readonly [What in Told]?: Moment };
}
type Told = 'answered' | 'ended' | 'transferred';

/** A fate that is being decided. */
export interface StreamProgress extends StreamState {
  state: StreamState['state'];
  isStarted: boolean;
  isDeniedInVain: boolean;
  isRenamedLate: boolean;
  isEnded: boolean;
  redirectedTo?: unknown;
  readonly sent: Set<string>;
  readonly overwritten: Record<string, unknown>;
  readonly told: { [What in Told]?: Moment };
}

/** The courses of all streams and calls, by the id that a method's hooks name them by. */
export function createCourses() {
  const progressOf = { mediaSessionId: new Map<string, StreamProgress>(), callId: new Map<string, StreamProgress>() };
  return {
    streams: progressOf.mediaSessionId,
    calls: progressOf.callId,
    /** undefined: the hook speaks of its session, or does not say of what. */
    of(method: string, fields: Fields): StreamProgress | undefined {
      const key = rowOf(method)?.key ?? 'sessionId';
      const id = fields[key];
      return key === 'sessionId' || typeof id !== 'string' ? undefined : found(progressOf[key], id, newCourse);
    },
  };
}

const newCourse = (): StreamProgress => ({
  state: 'running',
  isStarted: false,
  isDeniedInVain: false,
  isRenamedLate: false,
  isEnded: false,
  sent: new Set(),
  overwritten: {},
  told: {},
});

/** The value of a key, made where there is none. */
export function found<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

/** The row of the protocol's table; undefined for a method that it does not know. */
export function rowOf(method: string) {
  const name = methodNamed(method);
  return name && METHODS[name];
}

/** Whether a 403 to it keeps a stream from starting, or a call. */
export function isStart(method: string): boolean {
  const row = rowOf(method);
  if (row?.subject === 'call') return method === 'call' || method === 'OnCallEvent';
  return row?.type === 'invocation' && row.subject === 'stream' && row.declinable;
}

const ENDS: Record<string, readonly unknown[]> = {
  StreamStatusEvent: ['UNPUBLISHED', 'STOPPED'],
  CallStatusEvent: ['FINISH', 'FAILED', 'BUSY'],
};
export const isEnd = (method: string, { status }: Fields) => ENDS[method]?.includes(status) ?? false;

/** What a hook tells of the times of its call. */
export function noteTime({ told }: StreamProgress, method: string, fields: Fields, moment: Moment): void {
  const { status } = fields;
  if (isEnd(method, fields)) told.ended ??= moment;
  else if (method === 'CallStatusEvent' && (status === 'ESTABLISHED' || status === 'HOLD')) told.answered ??= moment;
  else if (method === 'TransferStatusEvent' || method === 'transfer') told.transferred = moment;
}

/** How WCS ends a stream whose keep-alive was denied. */
export const termination = (published: unknown) => ({
  status: published === true ? 'UNPUBLISHED' : 'STOPPED',
  info: 'Terminated by keep-alive',
});
