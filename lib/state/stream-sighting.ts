/** What a hook says about its stream. Here WCS's field names become ours. */
import { METHODS, type MethodName } from '../wcs/methods.ts';
import type { Stream } from '../wcs/payloads.ts';
import { redactId } from '../wcs/redact-id.ts';
import { redactName } from '../wcs/redact-name.ts';
import { LEVEL, levelOfStatus, phaseOf, type Level } from './lifecycle.ts';
import type { Fields } from './row.ts';
import type { RecordedDecision, SightingState, Sighting } from './sighting.ts';
import { shortName } from './short-name.ts';
import { isoTime, stored } from './storable.ts';

/** Any body whose subject is a stream, without what is not of its documented type. */
type StreamBody = Partial<Stream>;

export function streamSighting(
  method: MethodName,
  body: StreamBody,
  at: number,
  recorded: RecordedDecision,
): Sighting | undefined {
  if (!body.mediaSessionId) return undefined;
  const id = redactId(body.mediaSessionId).toWellFormed();
  const { denied } = recorded;
  const level = denied === undefined ? levelOf(method, body) : LEVEL.denied;
  const { isByUrl = false } = METHODS[method];
  // A player by URL may come from another address with each request.
  const sessionId = body.sessionId && redactId(body.sessionId);
  const client = isByUrl ? {} : stored({ sessionId, nodeId: body.nodeId });
  if (level === LEVEL.seen) {
    const attributes = { ...client, ...resizeOf(method, body, at) };
    return { kind: 'stream', id, client, at, level, state: { phase: 'seen' }, attributes };
  }
  const stream: StreamBody = { ...body, ...recorded.overwrite };
  return {
    kind: 'stream',
    id,
    client,
    at,
    level,
    state: denied === undefined ? stateOf(stream, level, isByUrl) : { phase: 'denied', status: 'DENIED' },
    attributes: attributesOf(stream, level, at, isByUrl, recorded),
  };
}

function levelOf(method: MethodName, body: StreamBody): Level {
  if (METHODS[method].starts) return LEVEL.starting;
  if (method === 'StreamStatusEvent') return levelOfStatus(body.status, body.info);
  if (method === 'StreamKeepAliveEvent') return LEVEL.keptAlive;
  return LEVEL.seen;
}

const stateOf = (stream: StreamBody, level: Level, isByUrl: boolean): SightingState => ({
  phase: phaseOf(level),
  ...stored({
    status: stream.status || (isByUrl ? 'NEW' : undefined),
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
  }),
});

const attributesOf = (
  stream: StreamBody,
  level: Level,
  at: number,
  isByUrl: boolean,
  { isDecided, denied, sub, maxDuration }: RecordedDecision,
): Fields => ({
  ...nameOf(stream),
  ...stored({
    decidedAt: isDecided || denied !== undefined ? isoTime(at) : undefined,
    denied,
    sub,
    published: stream.published ?? (isByUrl ? false : undefined),
    nodeId: stream.nodeId,
    appKey: stream.appKey,
    sessionId: stream.sessionId && redactId(stream.sessionId),
    mediaProvider: stream.mediaProvider,
    mediaType: stream.mediaType,
    createDate: stream.createDate,
    record: stream.record,
    recordName: stream.recordName && redactName(stream.recordName),
    origin: stream.origin,
    userAgent: stream.userAgent ?? stream['User-Agent'],
    keepAlive: level === LEVEL.keptAlive || undefined,
    stopAt: maxDuration === undefined ? undefined : isoTime(at + maxDuration * 1000),
  }),
});

/** The new size of the picture; nothing else that such a hook carries counts. */
function resizeOf(method: MethodName, { status, width, height }: StreamBody, at: number): Fields {
  if (method !== 'StreamStatusEvent' || status !== 'RESIZE') return {};
  const { resizedWidth, resizedHeight } = stored({ resizedWidth: width, resizedHeight: height });
  if (resizedWidth === undefined || resizedHeight === undefined) return {};
  return { resizedAt: isoTime(at), resizedWidth, resizedHeight };
}

/** A name may be a URI of any length: what of it fits an index key, and whether that is all. */
function nameOf({ name }: StreamBody): Fields {
  const fitting = shortName(name ?? '');
  if (!fitting) return {};
  return { name: fitting, ...(fitting === redactName(name ?? '').toWellFormed() ? {} : { nameCut: true }) };
}
