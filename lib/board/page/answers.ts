/** What the read API answers (docs/board.md), as far as the page needs it. Everything in it may come from a client: it is text. */
export interface StreamItem {
  readonly mediaSessionId: string;
  readonly name?: string;
  readonly role: string;
  readonly nodeId?: string;
  readonly appKey?: string;
  readonly sessionId?: string;
  readonly startedAt?: string;
}

export interface CallItem {
  readonly callId: string;
  readonly role: string;
  readonly caller?: string;
  readonly callee?: string;
  readonly incoming?: boolean;
  readonly nodeId?: string;
  readonly appKey?: string;
  readonly sessionId?: string;
  readonly firstSeenAt?: string;
}

export interface Totals {
  readonly publishing?: number;
  readonly playing?: number;
  readonly ringing?: number;
  readonly talking?: number;
}

/** A stream or a call that ended, was denied or got lost. */
export interface ClosedItem {
  readonly mediaSessionId?: string;
  readonly callId?: string;
  readonly phase: string;
  readonly status?: string;
  readonly info?: string;
  readonly denied?: string;
  readonly name?: string;
  readonly caller?: string;
  readonly callee?: string;
  readonly published?: boolean;
  readonly appKey?: string;
  readonly nodeId?: string;
  readonly sub?: string;
  readonly startedAt?: string;
  readonly closedAt: string;
}

export interface Ban {
  readonly key: string;
  readonly until?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly at?: string;
}

/** A row, with the fields that may be shown. */
export type Row = Readonly<Record<string, unknown>>;

export interface Page<Item> {
  readonly at: string;
  readonly totals?: Totals;
  readonly items: readonly Item[];
  readonly next?: string;
}
