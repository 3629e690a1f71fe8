/** What one hook says about its subject. */
import type { JsonScalar } from '../wcs/rest-client-config.ts';
import type { Client } from './clients.ts';
import type { Level, Phase } from './lifecycle.ts';
import type { Fields, KindName } from './row.ts';

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
  /** Attributes, registers and a `stopAt`; which of them there are is the kind's affair (row.ts). */
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
