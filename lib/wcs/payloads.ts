/**
 * What WCS puts into the bodies of its hooks, a schema for each family of payloads.
 *
 * Every key may be missing or null, every body may carry more keys, and the sets of statuses and types are open: an
 * updated WCS must not lose its events here. Nor by a known key of another type, unless it keys or decides something.
 */
import * as v from 'valibot';

/** DynamoDB's limit for a partition key, in bytes of UTF-8. */
const MAX_KEY_BYTES = 2048;

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

const text = v.nullish(v.string());
const flag = v.nullish(v.boolean());
const number = v.nullish(v.number());
/** Any object: what is in it is the client's, so nothing of it is checked. */
const object = v.nullish(v.custom<Record<string, unknown>>(isObject, 'expected an object'));
const anything = v.optional(v.unknown());

const common = {
  nodeId: text,
  appKey: text,
  sessionId: text,
  mediaSessionId: text,
  custom: object,
  origin: text,
  status: text,
  info: text,
};

/** The id of a stream or a call that can be the key of a row. Without one a hook is about none, and has no row: an old playRTSP, a snapshot by name. */
const rowId = v.nullish(v.pipe(v.string(), v.maxBytes(MAX_KEY_BYTES, `expected at most ${MAX_KEY_BYTES} bytes`)));

/** `connect`, `ConnectionStatusEvent`, `RegistrationStatusEvent`. */
export const ConnectionSchema = v.looseObject({
  ...common,
  useWsTunnel: flag,
  useWsTunnelPacketization2: flag,
  useBase64BinaryEncoding: flag,
  useSelfSigned: flag,
  keepAlive: flag,
  mediaProviders: v.nullish(v.array(text)),
  msePacketizationVersion: number,
  clientVersion: text,
  clientOSVersion: text,
  clientBrowserVersion: text,
  clientInfo: object,
  login: text,
  authToken: text,
  urlServer: text,
  width: number,
  height: number,
  // The account: whatever the page sent is replaced (lib/access/sip-policy.ts), of whichever type, and never stored. The
  // vendor's phone pages send as sipPort what stands in a text field, empty or not.
  sipRegisterRequired: anything,
  sipLogin: anything,
  sipAuthenticationName: anything,
  sipPassword: anything,
  sipVisibleName: anything,
  sipDomain: anything,
  sipOutboundProxy: anything,
  sipPort: anything,
  sipContactParams: anything,
});

const muted = v.nullish(v.pipe(object, v.looseObject({ muted: flag })));

const stream = {
  ...common,
  name: text,
  published: flag,
  hasVideo: flag,
  hasAudio: flag,
  record: flag,
  history: flag,
  cvoExtension: flag,
  sdp: text,
  audioCodec: text,
  videoCodec: text,
  codecImpl: text,
  transport: text,
  mediaType: text,
  mediaProvider: text,
  recordName: text,
  rtmpUrl: text,
  width: number,
  height: number,
  bitrate: number,
  minBitrate: number,
  maxBitrate: number,
  quality: number,
  gop: number,
  fps: number,
  audioBitrate: number,
  createDate: number,
  audioState: muted,
  videoState: muted,
  constraints: object,
  localMediaInfo: object,
  token: text,
  rtspUrl: text,
  'User-Agent': text,
  userAgent: text,
};

/** The stream object of `publishStream` … `StreamKeepAliveEvent`. */
export const StreamSchema = v.looseObject({ ...stream, mediaSessionId: rowId });

/** `StreamEvent`, `sendStreamEvent`. */
export const StreamEventSchema = v.looseObject({ ...common, mediaSessionId: rowId, type: text, payload: anything });

/** The call object of `call` … `CallStatusEvent`, and of the transfers. */
export const CallSchema = v.looseObject({
  ...common,
  callId: rowId,
  parentCallId: text,
  incoming: flag,
  caller: text,
  callee: text,
  visibleName: text,
  hasAudio: flag,
  hasVideo: flag,
  sdp: text,
  sipSDP: text,
  sipStatus: anything,
  sipHeaders: anything,
  sipMessageRaw: anything,
  inviteParameters: anything,
  mediaProvider: text,
  isMsrp: flag,
  target: text,
  holdForTransfer: flag,
  rtmpUrl: text,
  rtmpStream: text,
  rtmpStreamStatus: text,
  streamName: text,
});

/** `sendDtmf`. */
export const DtmfSchema = v.looseObject({ ...common, callId: rowId, type: text, dtmf: text });

/** `sendMessage`, `sendIMDN`, `OnMessageEvent`, `MessageStatusEvent` and their kin. */
export const MessageSchema = v.looseObject({
  ...common,
  id: text,
  from: text,
  to: text,
  body: text,
  contentType: text,
  isImdnRequired: flag,
});

/** `OnDataEvent`, `DataStatusEvent`. */
export const DataSchema = v.looseObject({ ...common, operationId: text, payload: anything });

/** Events of which only the common fields are documented. */
export const EventSchema = v.looseObject(common);

/** Bug reports, logs, debug sessions. */
export const DiagnosticsSchema = v.looseObject({ ...common, text, type: text, logs: anything, command: text });

export type Connection = v.InferOutput<typeof ConnectionSchema>;
export type Stream = v.InferOutput<typeof StreamSchema>;
export type StreamEvent = v.InferOutput<typeof StreamEventSchema>;
export type Call = v.InferOutput<typeof CallSchema>;
