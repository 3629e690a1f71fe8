/** What one hook says about its stream. The only place where WCS's field names become ours. */
import { createHash } from 'node:crypto';
import type { RtspStream } from '../wcs/payloads.ts';
import type { MethodName } from '../wcs/methods.ts';
import { LEVEL, levelOfStatus, type Level } from './lifecycle.ts';
import { SAID, type FACTS } from './row.ts';
import { cut, MAX_NAME_BYTES, storable, type Attribute } from './storable.ts';

export type Said = { readonly [Field in (typeof SAID)[number]]?: Attribute };
export type Facts = { readonly [Field in (typeof FACTS)[number] | 'nameCut']?: Attribute };

export interface Sighting {
  /** `mediaSessionId`, well-formed. */
  readonly id: string;
  /** When the gateway received the hook: milliseconds since the epoch. Never a Lambda's clock: a cold start must not reorder. */
  readonly at: number;
  readonly level: Level;
  readonly said: Said;
  readonly facts: Facts;
}

/** Any body whose subject is a stream, as its schema let it pass. */
type StreamBody = RtspStream;

const STARTING: readonly MethodName[] = ['publishStream', 'playStream', 'playHLS', 'playRTSP'];
/** Their bodies may lack what the method itself says. */
const PLAYED_BY_URL: readonly MethodName[] = ['playHLS', 'playRTSP'];

/** The sighting of a hook whose subject is a stream; undefined where the body names none (an old `playRTSP`). */
export function sightingOf(method: MethodName, body: StreamBody, at: number): Sighting | undefined {
  if (!body.mediaSessionId) return undefined;
  const id = body.mediaSessionId.toWellFormed();
  const level = levelOf(method, body);
  if (level === LEVEL.seen) return { id, at, level, said: {}, facts: {} };
  const stream = PLAYED_BY_URL.includes(method)
    ? { ...body, status: body.status || 'NEW', published: body.published ?? false }
    : body;
  return { id, at, level, said: saidBy(stream), facts: factsOf(stream, level) };
}

function levelOf(method: MethodName, body: StreamBody): Level {
  if (STARTING.includes(method)) return LEVEL.starting;
  if (method === 'StreamStatusEvent') return levelOfStatus(body.status, body.info);
  if (method === 'StreamKeepAliveEvent') return LEVEL.keptAlive;
  return LEVEL.seen;
}

const saidBy = (stream: StreamBody): Said =>
  stored({
    status: stream.status,
    info: stream.info,
    hasVideo: stream.hasVideo,
    hasAudio: stream.hasAudio,
    videoCodec: stream.videoCodec,
    audioCodec: stream.audioCodec,
    codecImpl: stream.codecImpl,
    transport: stream.transport,
    width: stream.width,
    height: stream.height,
    bitrate: stream.bitrate,
    minBitrate: stream.minBitrate,
    maxBitrate: stream.maxBitrate,
    audioBitrate: stream.audioBitrate,
    quality: stream.quality,
    gop: stream.gop,
    fps: stream.fps,
    audioMuted: stream.audioState?.muted,
    videoMuted: stream.videoState?.muted,
  });

const factsOf = (stream: StreamBody, level: Level): Facts => ({
  ...nameOf(stream),
  ...stored({
    published: stream.published,
    nodeId: stream.nodeId,
    appKey: stream.appKey,
    sessionId: stream.sessionId,
    mediaProvider: stream.mediaProvider,
    mediaType: stream.mediaType,
    createDate: stream.createDate,
    record: stream.record,
    recordName: stream.recordName,
    origin: stream.origin,
    userAgent: stream.userAgent ?? stream['User-Agent'],
    keepAlive: level === LEVEL.keptAlive || undefined,
  }),
});

/** A name may be a URI of any length: what of it fits an index key, and whether that is all. */
function nameOf({ name }: StreamBody): Facts {
  if (!name) return {};
  const fitting = cut(name, MAX_NAME_BYTES);
  return { name: fitting, ...(fitting === name.toWellFormed() ? {} : { nameCut: true }) };
}

function stored<Field extends string>(fields: { readonly [F in Field]: unknown }) {
  const kept: { [F in Field]?: Attribute } = {};
  for (const field in fields) {
    const value = storable(fields[field]);
    if (value !== undefined) kept[field] = value;
  }
  return kept;
}

/**
 * One sortable string that says which sighting wins: the higher level; inside a level the first (in `live` the latest);
 * a digest breaks an exact tie. ASCII and of one length, so that JavaScript and DynamoDB sort it alike.
 */
export function rankOf({ level, at, said }: Sighting): string {
  const digits = String(at).padStart(13, '0');
  const time = level === LEVEL.live ? digits : digits.replace(/\d/g, (digit) => String(9 - Number(digit)));
  return `${level}#${time}#${digestOf(said)}`;
}

export const levelOfRank = (rank: string) => Number(rank[0]) as Level;

function digestOf(said: Said): string {
  const inFixedOrder = SAID.map((field) => said[field] ?? null);
  return createHash('sha1').update(JSON.stringify(inFixedOrder)).digest('hex').slice(0, 8);
}
