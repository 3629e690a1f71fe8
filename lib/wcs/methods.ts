/**
 * The REST methods of WCS 5.2 and 5.3: one row each. Routes, validation, `restClientConfig`, what policies decide and what rows
 * show follow from this table.
 */
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

/** What a client asks for, as an operator thinks of it. */
export const ACTIONS = ['connect', 'publish', 'play', 'call', 'message'] as const;
export type Action = (typeof ACTIONS)[number];

/** A schema of `payloads.ts`. */
interface Schema {
  readonly entries: object;
}
type FieldOf<S extends Schema> = keyof S['entries'] & string;

/** What the rules need to know of a method beside its type, subject and schema. */
type Facts<Field extends string> = ClientRequest<Field> & {
  /**
   * Whether a 403 stops what the hook announces (`connect`: always; others: where `restOnError` is FAIL). By default what
   * has an action; elsewhere a 403 would stop an end, or nothing.
   */
  readonly declinable?: boolean;
  /** The player opened a URL and has no connection. `status` (NEW) and `published` (false) may be missing: the method implies them. */
  readonly isByUrl?: boolean;
  /** A field of this method alone that can carry the token, beside those of `custom`. */
  readonly tokenField?: Field;
  /** Of a session's hooks: reports the connection itself. Messages, data and diagnostics do not. */
  readonly reportsState?: boolean;
};

/**
 * What the client requests with it. `action`: policies can decide it, and a 403 stops it. `starts`: the subject begins with
 * it. `asksFor`: the field that names what is requested, which the claims of a token list. A stream's action must say both,
 * or a token would not protect it.
 */
type ClientRequest<Field> =
  | { readonly action: 'publish' | 'play'; readonly starts: boolean; readonly asksFor: Field }
  | {
      readonly action?: Exclude<Action, 'publish' | 'play'>;
      readonly starts?: boolean;
      readonly asksFor?: Field;
    };

type Method<Type extends HookType, Of extends Subject, S extends Schema> = Facts<FieldOf<S>> & {
  readonly type: Type;
  readonly subject: Of;
  /** The field that names the subject. */
  readonly key: (typeof KEY_FIELD)[Of];
  readonly schema: S;
  readonly declinable: boolean;
};

const row =
  <Type extends HookType>(type: Type) =>
  <Of extends Subject, S extends Schema>(
    subject: Of,
    schema: S,
    facts: Facts<FieldOf<S>> = {},
  ): Method<Type, Of, S> => ({
    type,
    subject,
    key: KEY_FIELD[subject],
    schema,
    declinable: facts.action !== undefined,
    ...facts,
  });

const connect = row('connect');
const invocation = row('invocation');
const event = row('event');
const incoming = row('incoming');

export const METHODS = {
  connect: connect('session', ConnectionSchema, { action: 'connect', starts: true, reportsState: true }),

  publishStream: invocation('stream', StreamSchema, { action: 'publish', starts: true, asksFor: 'name' }),
  playStream: invocation('stream', StreamSchema, { action: 'play', starts: true, asksFor: 'name' }),
  playHLS: invocation('stream', StreamSchema, {
    action: 'play',
    starts: true,
    asksFor: 'name',
    isByUrl: true,
    tokenField: 'token',
  }),
  // Sent for every RTSP method but OPTIONS: repeats are normal.
  playRTSP: invocation('stream', StreamSchema, { action: 'play', starts: true, asksFor: 'name', isByUrl: true }),
  unPublishStream: invocation('stream', StreamSchema),
  stopStream: invocation('stream', StreamSchema),
  pauseStream: invocation('stream', StreamSchema),
  snapshot: invocation('stream', StreamSchema),
  availableStream: invocation('stream', StreamSchema),
  // No source says whether a 403 stops it.
  sendStreamEvent: invocation('stream', StreamEventSchema),

  call: invocation('call', CallSchema, { action: 'call', starts: true, asksFor: 'callee' }),
  answer: invocation('call', CallSchema, { action: 'call' }),
  hold: invocation('call', CallSchema, { action: 'call' }),
  unhold: invocation('call', CallSchema, { action: 'call' }),
  // A call to somebody else.
  transfer: invocation('call', CallSchema, { action: 'call', asksFor: 'target' }),
  hangup: invocation('call', CallSchema),
  sendDtmf: invocation('call', DtmfSchema, { action: 'call' }),

  sendMessage: invocation('session', MessageSchema, { action: 'message' }),
  sendIMDN: invocation('session', MessageSchema, { action: 'message' }),
  subscribe: invocation('session', MessageSchema, { action: 'message' }),
  sendXcapRequest: invocation('session', MessageSchema, { action: 'message' }),
  // Type 2 when the client sends data, type 4 when the server does: declined in the same way.
  OnDataEvent: invocation('session', DataSchema, { action: 'message' }),
  submitBugReport: invocation('session', DiagnosticsSchema),
  pushLogs: invocation('session', DiagnosticsSchema),
  sessionDebug: invocation('session', DiagnosticsSchema),

  ConnectionStatusEvent: event('session', ConnectionSchema, { reportsState: true }),
  RegistrationStatusEvent: event('session', ConnectionSchema, { reportsState: true }),
  StreamStatusEvent: event('stream', StreamSchema),
  // The one event that a 403 stops: the stream ends.
  StreamKeepAliveEvent: event('stream', StreamSchema, { declinable: true }),
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

  OnCallEvent: incoming('call', CallSchema, { action: 'call', starts: true }),
  OnMessageEvent: incoming('session', MessageSchema, { action: 'message' }),
  OnTransferEvent: incoming('call', CallSchema, { action: 'call' }),
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
