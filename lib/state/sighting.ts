/** What one hook says about its subject. */
import { METHODS, type MethodName } from '../wcs/methods.ts';
import type { JsonScalar } from '../wcs/rest-client-config.ts';
import { callSighting } from './call-sighting.ts';
import type { Client } from './clients.ts';
import type { Level, Phase } from './lifecycle.ts';
import type { Fields, KindName } from './row.ts';
import { sessionSighting } from './session-sighting.ts';
import { streamSighting } from './stream-sighting.ts';

export interface Sighting {
  readonly kind: KindName;
  /** `mediaSessionId`, `sessionId` or `callId`, well-formed. */
  readonly id: string;
  /** Whose hook it is. */
  readonly client: Client;
  /** When the gateway received the hook: milliseconds since the epoch. Never a Lambda's clock: a cold start must not reorder. */
  readonly at: number;
  readonly level: Level;
  readonly state: SightingState;
  /** Facts, registers and a `stopAt`; who may set what is the kind's (row.ts). */
  readonly attributes: Fields;
}
export type SightingState = Fields & { readonly phase: Exclude<Phase, 'lost'> };

/** What was decided about a hook, as far as rows tell it. */
export interface RecordedDecision {
  /** Whether a policy applied to it. */
  readonly isDecided?: boolean;
  /** Why it is denied; undefined: it is not. */
  readonly denied?: string;
  /** Why it was allowed although that could not be decided. */
  readonly failedOpen?: string;
  /** Whose token it was, on the hook or at its connection. */
  readonly sub?: string;
  /** The claims of a connection's token, as JSON. */
  readonly claims?: string;
  /** Fields that WCS is told to take from our answer; none of `connect`, where they can hold a password. */
  readonly overwrite?: Readonly<Record<string, JsonScalar>>;
  /** Seconds after which the stream is to be stopped. */
  readonly maxDuration?: number;
}

const NOTHING_DECIDED: RecordedDecision = {};

/** Whether hooks of the method have a row, if they name its subject. */
export const isKept = (method: MethodName): boolean =>
  METHODS[method].subject !== 'session' || METHODS[method].reportsState === true;

/** The sighting of a hook; undefined where its subject has no row, or its body names none. */
export function sightingOf(
  method: MethodName,
  body: Readonly<Record<string, unknown>>,
  at: number,
  recorded: RecordedDecision = NOTHING_DECIDED,
): Sighting | undefined {
  switch (METHODS[method].subject) {
    case 'stream':
      return streamSighting(method, body, at, recorded);
    case 'session':
      return sessionSighting(method, body, at, recorded);
    case 'call':
      return callSighting(method, body, at, recorded);
  }
}
