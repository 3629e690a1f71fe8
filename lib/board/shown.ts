/** What the board shows of a row: an attribute that is not in these lists is shown to nobody. */
import type { OperatorField, OwnedField, Row } from '../state/row.ts';

type Shown = OwnedField | OperatorField;

const STREAM = [
  ...['phase', 'status', 'statusAt', 'info', 'denied', 'sub', 'name', 'nameCut', 'published'],
  ...['nodeId', 'appKey', 'sessionId', 'mediaProvider'],
  ...['decidedAt', 'firstSeenAt', 'startedAt', 'endedAt', 'lastSeenAt', 'keepAlive', 'lost'],
  ...['stop', 'stopBy', 'stopAt', 'stopSentAt'],
  ...['mediaType', 'createDate', 'record', 'recordName', 'origin', 'userAgent'],
  ...['hasVideo', 'hasAudio', 'videoCodec', 'audioCodec', 'codecImpl', 'transport', 'width', 'height'],
  ...['bitrate', 'minBitrate', 'maxBitrate', 'audioBitrate', 'quality', 'gop', 'fps', 'audioMuted', 'videoMuted'],
] as const satisfies Shown[];

const SESSION = [
  ...['phase', 'status', 'statusAt', 'info', 'denied', 'sub', 'origin', 'appKey', 'nodeId', 'clientVersion'],
  ...['connectAt', 'firstSeenAt', 'endedAt', 'lastSeenAt', 'registration', 'registrationAt', 'failedOpen'],
] as const satisfies Shown[];

const CALL = [
  ...['phase', 'status', 'statusAt', 'info', 'sipStatus', 'denied', 'sub', 'incoming', 'caller', 'callee'],
  ...['visibleName', 'parentCallId', 'nodeId', 'appKey', 'sessionId', 'mediaProvider', 'decidedAt', 'firstSeenAt'],
  ...['startedAt', 'answeredAt', 'endedAt', 'talkSeconds', 'lastSeenAt', 'lost', 'transferAt', 'transferTarget'],
  ...['transferStatusAt', 'transferStatus', 'hasAudio', 'hasVideo', 'isMsrp'],
] as const satisfies Shown[];

export const SHOWN = { stream: STREAM, session: SESSION, call: CALL } as const;

/** What is internal: claims are a bearer's rights, rivals are other clients' rows, the rest is bookkeeping. */
export const NEVER_SHOWN = [
  ...['claims', 'rivals', 'rank', 'live', 'expiresAt', 'resizedAt', 'resizedWidth', 'resizedHeight'],
  ...['closedIn', 'closedAt', 'answeredSeconds'],
] as const satisfies OwnedField[];

/** The attributes of a row that may be shown, in the order in which a person reads them. */
export const shownOf = (fields: readonly string[], row: Row): Readonly<Record<string, string | number | boolean>> =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const value = row[field as keyof Row];
      return value === undefined ? [] : [[field, value]];
    }),
  );
