/** The REST methods of WCS 5.2 and 5.3: one row each. Routes, validation and `restClientConfig` follow from this table. */
import {
  CallSchema,
  ConnectionSchema,
  DataSchema,
  DiagnosticsSchema,
  DtmfSchema,
  EventSchema,
  MessageSchema,
  StreamEventSchema,
  StreamSchema,
} from './payloads.ts';

/** WCS's four types of methods: 1 connect, 2 direct invocation, 3 event, 4 incoming. */
export type HookType = 'connect' | 'invocation' | 'event' | 'incoming';

/** What a hook speaks about, and the field that names it. */
export const KEY_FIELD = { stream: 'mediaSessionId', session: 'sessionId', call: 'callId' } as const;
export type Subject = keyof typeof KEY_FIELD;

/** `declinable`: a 403 stops what the hook announces (connect: always; the others: where `restOnError` is FAIL). */
const row =
  <Type extends HookType>(type: Type, declinable: boolean) =>
  <S extends Subject, Schema>(subject: S, schema: Schema) =>
    ({ type, declinable, subject, key: KEY_FIELD[subject], schema }) as const;

const connect = row('connect', true);
const invocation = row('invocation', true);
/** A 403 would be possible but pointless: it stops an end, or nothing. */
const notice = row('invocation', false);
const event = row('event', false);
const incoming = row('incoming', true);

export const METHODS = {
  connect: connect('session', ConnectionSchema),

  publishStream: invocation('stream', StreamSchema),
  playStream: invocation('stream', StreamSchema),
  playHLS: invocation('stream', StreamSchema),
  // Sent for every RTSP method but OPTIONS: repeats are normal.
  playRTSP: invocation('stream', StreamSchema),
  unPublishStream: notice('stream', StreamSchema),
  stopStream: notice('stream', StreamSchema),
  pauseStream: notice('stream', StreamSchema),
  snapshot: notice('stream', StreamSchema),
  availableStream: notice('stream', StreamSchema),
  // No source says whether a 403 stops it.
  sendStreamEvent: notice('stream', StreamEventSchema),

  call: invocation('call', CallSchema),
  answer: invocation('call', CallSchema),
  hold: invocation('call', CallSchema),
  unhold: invocation('call', CallSchema),
  transfer: invocation('call', CallSchema),
  hangup: notice('call', CallSchema),
  sendDtmf: invocation('call', DtmfSchema),

  sendMessage: invocation('session', MessageSchema),
  sendIMDN: invocation('session', MessageSchema),
  subscribe: invocation('session', MessageSchema),
  sendXcapRequest: invocation('session', MessageSchema),
  // Type 2 when the client sends data, type 4 when the server does: declined in the same way.
  OnDataEvent: invocation('session', DataSchema),
  submitBugReport: notice('session', DiagnosticsSchema),
  pushLogs: notice('session', DiagnosticsSchema),
  sessionDebug: notice('session', DiagnosticsSchema),

  ConnectionStatusEvent: event('session', ConnectionSchema),
  RegistrationStatusEvent: event('session', ConnectionSchema),
  StreamStatusEvent: event('stream', StreamSchema),
  // The one event that a 403 stops: the stream ends.
  StreamKeepAliveEvent: row('event', true)('stream', StreamSchema),
  StreamEvent: event('stream', StreamEventSchema),
  CallStatusEvent: event('call', CallSchema),
  TransferStatusEvent: event('call', CallSchema),
  MessageStatusEvent: event('session', MessageSchema),
  DataStatusEvent: event('session', DataSchema),
  SubscriptionStatusEvent: event('session', MessageSchema),
  XcapStatusEvent: event('session', MessageSchema),
  BugReportStatusEvent: event('session', DiagnosticsSchema),
  RecordingStatusEvent: event('session', EventSchema),
  SessionDebugStatusEvent: event('session', DiagnosticsSchema),
  ErrorStatusEvent: event('session', EventSchema),
  StreamsStatEvent: event('session', EventSchema),
  StreamTranscodingGroupEvent: event('session', EventSchema),

  OnCallEvent: incoming('call', CallSchema),
  OnMessageEvent: incoming('session', MessageSchema),
  OnTransferEvent: incoming('call', CallSchema),
} as const;

export type MethodName = keyof typeof METHODS;

/** Names that WCS's documentation uses for a method of the table beside the one it sends. */
export const OTHER_SPELLINGS = {
  sendDTMF: 'sendDtmf',
  sendBugReport: 'submitBugReport',
  ErrorEvent: 'ErrorStatusEvent',
} as const satisfies Record<string, MethodName>;

export const METHOD_NAMES = Object.keys(METHODS) as MethodName[];

/** The method of the table that a path segment names, case-sensitively; undefined for one that this version does not know. */
export function methodNamed(name: string): MethodName | undefined {
  if (Object.hasOwn(METHODS, name)) return name as MethodName;
  if (Object.hasOwn(OTHER_SPELLINGS, name)) return OTHER_SPELLINGS[name as keyof typeof OTHER_SPELLINGS];
  return undefined;
}

/** Whether bodies of this method can carry an `sdp` (about 3.2 KB of a stream hook's 3.6 KB). */
export const carriesSdp = (method: MethodName) => 'sdp' in METHODS[method].schema.entries;
