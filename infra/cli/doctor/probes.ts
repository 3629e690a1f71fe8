/** The hooks that the doctor sends. With ids they create rows, which it removes; without ids they create none. */
import type { MethodName } from '../../../lib/wcs/methods.ts';
import { sign } from '../../../lib/wcs/signature.ts';

export interface Probe {
  readonly method: MethodName;
  readonly body: Buffer;
}

/** The ids of one run: no WCS uses such ids. */
export interface Ids {
  readonly mediaSessionId: string;
  readonly sessionId: string;
}

export interface Credentials {
  readonly secret?: string | undefined;
  /** The previous secret during a rotation. No probe uses it, but a WCS may. */
  readonly previousSecret?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

/** Makes the headers of a probe from its bytes. */
export type Authorize = (body: Buffer) => Record<string, string>;

export const bySignature =
  (secret: string): Authorize =>
  (body) => ({ Authorization: sign(body, secret) });

export const byBasic =
  (user: string, password: string): Authorize =>
  () => ({ Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` });

const SENDER = { nodeId: 'doctor', appKey: 'doctor' };

/** The expected row of the row probe: a stream that is not live, whose row expires by itself. */
export const EXPECTED_ROW = {
  ...SENDER,
  phase: 'starting',
  status: 'PENDING',
  name: 'doctor',
  published: true,
} as const;

const STREAM = { ...SENDER, name: 'doctor', published: true };

/** A string in `sdp` and `custom`, which are never stored. */
export const NOT_TO_BE_STORED = 'doctor-not-to-be-stored';

/** An event for the function of StreamStatusEvent that changes no row. */
const ROWLESS = 'RecordingStatusEvent';

const json = (fields: object) => Buffer.from(JSON.stringify(fields));

export const authenticationProbe = (): Probe => ({ method: ROWLESS, body: json(SENDER) });

/** JSON that no serialiser would write: this reveals anything that parses and serialises it on the way. */
export function rowProbe(ids: Ids | undefined): Probe {
  const said = JSON.stringify({ ...STREAM, ...ids, status: EXPECTED_ROW.status }).slice(1, -1);
  const custom = `{ "token":"${NOT_TO_BE_STORED}" ,"odd":"\\u00e9 é \\/ \u{1f600}","one":1.0,"one":1E0}`;
  return {
    method: ids ? 'StreamStatusEvent' : ROWLESS,
    body: Buffer.from(`{ ${said} , "fps":30.0,"sdp":"v=0 ${NOT_TO_BE_STORED}", "custom":${custom}}\n`),
  };
}

/** A note about the stream: one write that changes only the row's `lastSeenAt`. */
export const timingProbe = (ids: Ids | undefined): Probe => ({
  method: ids ? 'StreamStatusEvent' : ROWLESS,
  body: json({ ...STREAM, ...ids, status: 'RESIZE', width: 640, height: 360 }),
});

/** What the client sends for the policies. */
export interface Shown {
  readonly token?: string | undefined;
  readonly origin?: string | undefined;
}

const session = (ids: Ids | undefined) => ids && { sessionId: ids.sessionId };

export const connectProbe = (ids: Ids | undefined, { token, origin }: Shown): Probe => ({
  method: 'connect',
  body: json({
    ...{ ...SENDER, ...session(ids), mediaProviders: ['WebRTC'], clientVersion: 'doctor' },
    ...(origin === undefined ? {} : { origin }),
    custom: token === undefined ? {} : { token },
  }),
});

/** One hook for each other function, because each has its own credentials. */
export const otherProbes = (ids: Ids | undefined): readonly Probe[] => [
  ids
    ? { method: 'publishStream', body: json({ ...STREAM, ...ids }) }
    : { method: 'sendMessage', body: json({ ...SENDER, id: 'doctor', to: 'doctor', body: 'doctor' }) },
  // Without its id a call has no row.
  {
    method: 'OnCallEvent',
    body: json({ ...SENDER, ...session(ids), incoming: true, caller: 'doctor', callee: 'doctor' }),
  },
];
