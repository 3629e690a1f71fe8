/** The rows in DynamoDB: flat, readable in the console, about 1 KB at most. */
import { LEVEL, type Level } from './lifecycle.ts';
import { CALL_ROLES, STREAM_ROLES, type Roles } from './roles.ts';
import type { Attribute } from './storable.ts';

/** What a row is about, and how the rule (merge.ts) treats its fields. */
export interface Kind {
  /** The table's partition key: WCS's name for the id. */
  readonly key: 'mediaSessionId' | 'sessionId' | 'callId';
  /** Ours to write, in the order in which a person reads a row. `expiresAt` is epoch seconds, other times are ISO 8601 UTC. */
  readonly owned: readonly OwnedField[];
  /** Levels in which the latest word wins; in all others the first does. */
  readonly latestIn: readonly Level[];
  /** Fields that change over a stream's life. The winning sighting's values replace the row's as a whole. */
  readonly state: readonly OwnedField[];
  /** What it is. Never removed: the winner overwrites, others only fill gaps. */
  readonly attributes: readonly OwnedField[];
  /** Fields that stand as a whole too, whoever wins. */
  readonly registers: readonly Register[];
  /** What tells one client from another that gives the same id (clients.ts). */
  readonly client: readonly OwnedField[];
  /** Whose the id is: the client's that had it first, or last. */
  readonly idGoesTo: 'first' | 'latest';
  /** Live rows are in the index `live`, each in its role, and stay until the sweep finds them silent; without roles they expire in any phase. */
  readonly roles?: Roles;
}

/** Of all sightings that have `time` the latest counts, or the first where it is `keptFirst`. */
export interface Register {
  readonly time: OwnedField;
  readonly fields: readonly OwnedField[];
  /** For ids that WCS never gives again: what comes later can only be a repetition. */
  readonly keptFirst?: boolean;
}

const MEDIA = [
  'hasVideo',
  'hasAudio',
  'videoCodec',
  'audioCodec',
  'codecImpl',
  'transport',
  'width',
  'height',
  'bitrate',
  'minBitrate',
  'maxBitrate',
  'audioBitrate',
  'quality',
  'gop',
  'fps',
  'audioMuted',
  'videoMuted',
] as const;

const DETAILS = ['mediaType', 'createDate', 'record', 'recordName', 'origin', 'userAgent'] as const;

const STREAM_STATE = ['phase', 'status', 'info', ...MEDIA] as const;

/** What the policies decided on it, if they did: a player by RTSP asks again and again. */
const STREAM_REGISTERS = [
  { time: 'decidedAt', fields: ['denied', 'sub'] },
  // Of the row's width and height, whichever is newer (merge.ts): these, or the winner's.
  { time: 'resizedAt', fields: ['resizedWidth', 'resizedHeight'] },
] as const satisfies Register[];

const STREAM_ATTRIBUTES = [
  'name',
  'published',
  'nodeId',
  'appKey',
  'sessionId',
  'mediaProvider',
  ...DETAILS,
  'keepAlive',
] as const;

const STREAM_OWNED = [
  'phase',
  'status',
  'statusAt',
  'info',
  'denied',
  'sub',
  'name',
  'nameCut',
  'published',
  'nodeId',
  'appKey',
  'sessionId',
  'mediaProvider',
  'decidedAt',
  'firstSeenAt',
  'startedAt',
  'endedAt',
  'lastSeenAt',
  'live',
  'keepAlive',
  'lost',
  'stopAt',
  ...DETAILS,
  ...MEDIA,
  'resizedAt',
  'resizedWidth',
  'resizedHeight',
  'expiresAt',
  'closedIn',
  'closedAt',
  'rivals',
  'rank',
] as const;

const SESSION_STATE = ['phase', 'status', 'info'] as const;

const SESSION_ATTRIBUTES = ['appKey', 'nodeId'] as const;

/**
 * What `connect` said and what was decided on it: an address-shaped id can be another client's by the next `connect`,
 * which must not inherit anything. And SIP's registration, which is not the connection's status.
 */
const SESSION_REGISTERS = [
  { time: 'connectAt', fields: ['denied', 'sub', 'origin', 'clientVersion', 'claims', 'failedOpen'], keptFirst: true },
  { time: 'registrationAt', fields: ['registration'] },
] as const satisfies Register[];

const SESSION_OWNED = [
  'phase',
  'status',
  'statusAt',
  'info',
  'denied',
  'sub',
  'origin',
  'appKey',
  'nodeId',
  'clientVersion',
  'connectAt',
  'firstSeenAt',
  'endedAt',
  'lastSeenAt',
  'registration',
  'registrationAt',
  'claims',
  'failedOpen',
  'expiresAt',
  'rivals',
  'rank',
] as const;

const CALL_STATE = ['phase', 'status', 'info', 'sipStatus'] as const;

const CALL_PARTIES = [
  'incoming',
  'caller',
  'callee',
  'visibleName',
  'parentCallId',
  'nodeId',
  'appKey',
  'sessionId',
  'mediaProvider',
] as const;

const CALL_MEDIA = ['hasAudio', 'hasVideo', 'isMsrp'] as const;

const CALL_ATTRIBUTES = [...CALL_PARTIES, ...CALL_MEDIA] as const;

const CALL_REGISTERS = [
  { time: 'decidedAt', fields: ['denied', 'sub'] },
  // Apart, as events about a transfer need not repeat to whom.
  { time: 'transferAt', fields: ['transferTarget'] },
  { time: 'transferStatusAt', fields: ['transferStatus'] },
] as const satisfies Register[];

const CALL_OWNED = [
  'phase',
  'status',
  'statusAt',
  'info',
  'sipStatus',
  'denied',
  'sub',
  ...CALL_PARTIES,
  'decidedAt',
  'firstSeenAt',
  'startedAt',
  'answeredAt',
  'endedAt',
  'talkSeconds',
  'lastSeenAt',
  'live',
  'lost',
  'transferAt',
  'transferTarget',
  'transferStatusAt',
  'transferStatus',
  ...CALL_MEDIA,
  'expiresAt',
  'closedIn',
  'closedAt',
  'answeredSeconds',
  'rivals',
  'rank',
] as const;

export type OwnedField = (typeof STREAM_OWNED)[number] | (typeof SESSION_OWNED)[number] | (typeof CALL_OWNED)[number];

export const KINDS = {
  stream: {
    key: 'mediaSessionId',
    owned: STREAM_OWNED,
    latestIn: [LEVEL.live],
    state: STREAM_STATE,
    attributes: STREAM_ATTRIBUTES,
    registers: STREAM_REGISTERS,
    client: ['sessionId', 'nodeId'],
    idGoesTo: 'first',
    roles: STREAM_ROLES,
  },
  session: {
    key: 'sessionId',
    owned: SESSION_OWNED,
    latestIn: [LEVEL.live],
    state: SESSION_STATE,
    attributes: SESSION_ATTRIBUTES,
    registers: SESSION_REGISTERS,
    // Two servers behind proxies may give the same address.
    client: ['appKey', 'nodeId'],
    idGoesTo: 'latest',
  },
  call: {
    key: 'callId',
    owned: CALL_OWNED,
    latestIn: [LEVEL.ringing, LEVEL.live],
    state: CALL_STATE,
    attributes: CALL_ATTRIBUTES,
    registers: CALL_REGISTERS,
    client: ['sessionId', 'nodeId'],
    idGoesTo: 'first',
    roles: CALL_ROLES,
  },
} as const satisfies Record<string, Kind>;

/** The subjects that have rows. */
export type KindName = keyof typeof KINDS;

/** Written by the operator, and when we first obeyed; `stopAt` is both's: the operator's, or a token's. */
export type OperatorField = 'stop' | 'stopBy' | 'stopSentAt';

export type Fields = { readonly [Field in OwnedField]?: Attribute | undefined };

/** A row without its key. `revision` counts the writes. */
export type Row = { readonly [Field in OwnedField | OperatorField | 'revision']?: Attribute };
