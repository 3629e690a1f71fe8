/** What a hook says about its session, the connection of one client. */
import { METHODS, type MethodName } from '../wcs/methods.ts';
import type { Connection } from '../wcs/payloads.ts';
import { redactId } from '../wcs/redact-id.ts';
import { LEVEL, phaseOf, type Level } from './lifecycle.ts';
import { isReusable } from '../wcs/reusable-id.ts';
import type { Fields } from './row.ts';
import type { RecordedDecision, Sighting } from './sighting.ts';
import { isoTime, MAX_KEY_BYTES, stored } from './storable.ts';

export function sessionSighting(
  method: MethodName,
  body: Partial<Connection>,
  at: number,
  recorded: RecordedDecision,
): Sighting | undefined {
  const { sessionId } = body;
  if (!METHODS[method].reportsState || !sessionId) return undefined;
  if (Buffer.byteLength(sessionId) > MAX_KEY_BYTES) return undefined;
  const id = redactId(sessionId).toWellFormed();
  const { denied } = recorded;
  const level = denied === undefined ? levelOf(method, body) : LEVEL.denied;
  const status = denied === undefined ? body.status : 'DENIED';
  const client = stored({ appKey: body.appKey, nodeId: body.nodeId });
  const attributes = {
    ...client,
    ...(method === 'connect' ? connectOf(body, at, recorded) : {}),
  };
  if (level === LEVEL.seen) {
    // With a status it is RegistrationStatusEvent's: that of the others has a level.
    const state = body.status ? stored({ registrationAt: isoTime(at), registration: body.status }) : {};
    return { kind: 'session', id, client, at, level, state: { phase: 'seen' }, attributes: { ...client, ...state } };
  }
  return {
    kind: 'session',
    id,
    client,
    at,
    // Of a reusable id the latest hook wins, whatever it says: an earlier connection's end is not this one's.
    level: isReusable(id) ? LEVEL.live : level,
    state: { phase: phaseOf(level), ...stored({ status, info: body.info }) },
    attributes,
  };
}

function levelOf(method: MethodName, { status }: Partial<Connection>): Level {
  if (METHODS[method].starts) return LEVEL.starting;
  // A registration is SIP's: WCS may tell its end after that of the connection.
  if (method === 'RegistrationStatusEvent' || !status) return LEVEL.seen;
  return status === 'FAILED' || status === 'DISCONNECTED' ? LEVEL.ended : LEVEL.live;
}

/** Without a token there are no claims, and the register of an earlier connection must not show through. */
const connectOf = (
  body: Partial<Connection>,
  at: number,
  { denied, failedOpen, sub, claims }: RecordedDecision,
): Fields => ({
  ...stored({
    connectAt: isoTime(at),
    denied,
    failedOpen,
    sub,
    origin: body.origin,
    clientVersion: body.clientVersion,
  }),
  ...(claims === undefined ? {} : { claims }),
});
