/** What a hook says about its call. Here WCS's field names become ours. */
import { METHODS, type MethodName } from '../wcs/methods.ts';
import type { Call } from '../wcs/payloads.ts';
import { sipAddress } from '../wcs/phone-number.ts';
import { redactId } from '../wcs/redact-id.ts';
import { LEVEL, levelOfCallStatus, phaseOf, type Level } from './lifecycle.ts';
import type { Fields } from './row.ts';
import type { RecordedDecision, Sighting } from './sighting.ts';
import { isoTime, stored } from './storable.ts';

/** Any body whose subject is a call, without the fields that are not of their documented types. */
type CallBody = Partial<Call>;

export function callSighting(
  method: MethodName,
  body: CallBody,
  at: number,
  recorded: RecordedDecision,
): Sighting | undefined {
  if (!body.callId) return undefined;
  const id = redactId(body.callId).toWellFormed();
  const client = stored({ sessionId: body.sessionId && redactId(body.sessionId), nodeId: body.nodeId });
  // A denied `hold` or `transfer` does not deny its call.
  const decided = METHODS[method].starts ? recorded : {};
  const level = decided.denied === undefined ? levelOf(method, body) : LEVEL.denied;
  if (level === LEVEL.seen) {
    const attributes = { ...client, ...transferOf(method, { ...body, ...recorded.overwrite }, at, recorded) };
    return { kind: 'call', id, client, at, level, state: { phase: 'seen' }, attributes };
  }
  const { status, info, sipStatus } = body;
  return {
    kind: 'call',
    id,
    client,
    at,
    level,
    state:
      decided.denied === undefined
        ? { phase: phaseOf(level), ...stored({ status, info, sipStatus }) }
        : { phase: 'denied', status: 'DENIED' },
    attributes: { ...client, ...attributesOf(method, { ...body, ...decided.overwrite }, at, decided) },
  };
}

function levelOf(method: MethodName, { status }: CallBody): Level {
  if (METHODS[method].starts) return LEVEL.starting;
  return method === 'CallStatusEvent' ? levelOfCallStatus(status) : LEVEL.seen;
}

const attributesOf = (
  method: MethodName,
  call: CallBody,
  at: number,
  { isDecided, denied, sub }: RecordedDecision,
): Fields =>
  stored({
    decidedAt: isDecided || denied !== undefined ? isoTime(at) : undefined,
    denied,
    sub,
    // Where the body does not say it, the method does.
    incoming: call.incoming ?? (METHODS[method].starts ? METHODS[method].type === 'incoming' : undefined),
    caller: call.caller && sipAddress(call.caller),
    callee: call.callee && sipAddress(call.callee),
    visibleName: call.visibleName && sipAddress(call.visibleName),
    parentCallId: call.parentCallId && redactId(call.parentCallId),
    appKey: call.appKey,
    mediaProvider: call.mediaProvider,
    hasAudio: call.hasAudio,
    hasVideo: call.hasVideo,
    isMsrp: call.isMsrp,
  });

/** The target of a transfer, and how far it is, where a hook reports them. */
function transferOf(
  method: MethodName,
  { target, status }: CallBody,
  at: number,
  { denied }: RecordedDecision,
): Fields {
  if (method !== 'transfer' && method !== 'OnTransferEvent' && method !== 'TransferStatusEvent') return {};
  const time = isoTime(at);
  const to = stored({ transferTarget: target && sipAddress(target) });
  return {
    ...(to.transferTarget === undefined ? {} : { transferAt: time, ...to }),
    transferStatusAt: time,
    ...stored({ transferStatus: denied === undefined ? status : 'DENIED' }),
  };
}
