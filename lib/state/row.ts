/** The row of a stream in DynamoDB: flat, readable in the console, about 1 KB at most. */
import type { Attribute } from './storable.ts';

/** Ours to write, in the order in which a person reads a row. `expiresAt` is epoch seconds, the other times are ISO 8601 UTC. */
export const OWNED = [
  'phase',
  'status',
  'statusAt',
  'info',
  'denied',
  'name',
  'nameCut',
  'published',
  'nodeId',
  'appKey',
  'sessionId',
  'mediaProvider',
  'firstSeenAt',
  'startedAt',
  'endedAt',
  'lastSeenAt',
  'live',
  'keepAlive',
  'lost',
  'mediaType',
  'createDate',
  'record',
  'recordName',
  'origin',
  'userAgent',
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
  'expiresAt',
  'rank',
] as const;
export type OwnedField = (typeof OWNED)[number];

/** What changes while a stream lives. The winning sighting's stand in the row as a whole. */
export const SAID = [
  'status',
  'info',
  'denied',
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
] as const satisfies OwnedField[];

/** What a stream is. Never removed: the winner's replace, anyone else's fill gaps. */
export const FACTS = [
  'name',
  'published',
  'nodeId',
  'appKey',
  'sessionId',
  'mediaProvider',
  'mediaType',
  'createDate',
  'record',
  'recordName',
  'origin',
  'userAgent',
  'keepAlive',
] as const satisfies OwnedField[];

/** What only the operator writes, and when we first obeyed. */
export type OperatorField = 'stop' | 'stopAt' | 'stopSentAt';

/** A row without its key. `revision` counts the writes. */
export type Row = { readonly [Field in OwnedField | OperatorField | 'revision']?: Attribute };
