/** What the hooks and the jobs need of a database and a queue, in our words. */
import type { Differences } from '../state/merge.ts';
import type { Anomaly } from '../state/anomaly.ts';
import type { KindName, Row } from '../state/row.ts';
import type { Sighting } from '../state/sighting.ts';
import type { Bans } from '../state/bans.ts';
import type { Budget } from './budget.ts';

/**
 * applied: the row changed. superseded: what the sighting says was in the row already, or lost to something that ranks
 * higher. fresh: a keep-alive that needed no write, as less than half of the lease is used. Or what is odd about it,
 * whether the row changed or not.
 */
export type Outcome = 'applied' | 'superseded' | 'fresh' | Anomaly;

/** `budget` ends all requests of a call, and counts them; without it they have 2 s together. */
export interface Store {
  /**
   * Brings a sighting into the row of its stream, session or call, whatever came before or comes at the same time.
   * @throws StoreError when that did not happen for sure: nothing is known then of the row.
   */
  upsert(sighting: Sighting, budget?: Budget): Promise<Outcome>;

  /**
   * The same for a keep-alive, which costs one read while its lease is fresh; `stop` is why its stream is to be stopped: by
   * its row, or by one of `bans`. While these name users, a stream whose row names none costs a second read.
   * @throws StoreError as above
   */
  keepAlive(
    sighting: Sighting,
    budget?: Budget,
    bans?: Bans,
  ): Promise<{ readonly outcome: Outcome; readonly stop?: string }>;

  /** The row of a session as it is now; an empty one where there is none. @throws StoreError where it cannot be read */
  readSession(id: string, budget?: Budget): Promise<Row>;
}

/** The store did not accept a sighting, or could not read a session. `cause` is the database's own error: for logs only. */
export class StoreError extends Error {
  override name = 'StoreError';
  /** The database will never take it: trying again is of no use. */
  readonly isFinal: boolean;

  constructor(message: string, { cause, isFinal = false }: { cause: unknown; isFinal?: boolean }) {
    super(message, { cause });
    this.isFinal = isFinal;
  }
}

/** Where sightings wait that the store did not accept. */
export interface Parking {
  /** @throws whatever the queue throws: the sighting is not safe then */
  park(sighting: Sighting, requestId: string): Promise<void>;
}

/** A live stream or call as its index `live` shows it; `since` in milliseconds since the epoch. */
export interface LiveEntry {
  readonly id: string;
  readonly since: number;
  readonly role: string;
  readonly nodeId: string;
  readonly sessionId: string | undefined;
}

/** A page of an index, where it begins, and where the next one does: that of another index, perhaps. */
export interface LivePage {
  readonly kind: KindName;
  readonly entries: readonly LiveEntry[];
  readonly from: string;
  readonly next?: string;
}

/** All of them throw when `signal` is aborted; `saveCursor`, which comes after all others, has 5 s of its own. */
export interface SweepStore {
  livePages(from: string | undefined, signal: AbortSignal): AsyncIterable<LivePage>;
  /** Rows that are gone are left out. */
  read(kind: KindName, ids: readonly string[], signal: AbortSignal): Promise<Map<string, Row>>;
  /** @returns the row as it is now, if somebody wrote since it was read */
  update(kind: KindName, id: string, changes: Differences, row: Row, signal: AbortSignal): Promise<Row | undefined>;
  /** Where an earlier sweep stopped. */
  loadCursor(signal: AbortSignal): Promise<string | undefined>;
  saveCursor(cursor: string | undefined): Promise<void>;
}
