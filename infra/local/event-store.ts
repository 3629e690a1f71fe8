/** The events of the local stack, in SQLite: what `npm run events` shows, and what waits to be sent to EVENTS_URL. */
import { DatabaseSync } from 'node:sqlite';

export interface CapturedEvent {
  /** EventBridge's. What comes again with the same id is the same event. */
  readonly id: string;
  /** Whose events have an order: `stream <mediaSessionId>`. */
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** In EventBridge's envelope. */
  readonly event: Envelope;
}

/** As a target of EventBridge gets it. */
export interface Envelope {
  readonly id: string;
  readonly 'detail-type': string;
  readonly time: string;
  readonly detail: object;
}

/** `position` grows in the order in which the events were kept; those of a subject are in the order of its writes. */
export interface KeptEvent extends CapturedEvent {
  readonly position: number;
}

/** As long as EventBridge tries to deliver one. */
export const KEPT_MS = 24 * 3_600_000;
/** Some 100 MB; events that wait are not counted. */
export const MOST_KEPT = 100_000;

export type EventStore = ReturnType<typeof openEvents>;

/** The stack's processes share the file; a reader of it changes nothing. */
export function openEvents(file: string, { readOnly = false } = {}) {
  const database = new DatabaseSync(file, { readOnly, timeout: 5000 });
  if (!readOnly) {
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS events (
        position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, subject TEXT NOT NULL, at INTEGER NOT NULL,
        event TEXT NOT NULL, waits INTEGER NOT NULL
      );
      CREATE INDEX IF NOT EXISTS waiting ON events (position) WHERE waits = 1;
      CREATE INDEX IF NOT EXISTS old ON events (at);`);
  }
  const insert = database.prepare(
    'INSERT OR IGNORE INTO events (id, subject, at, event, waits) VALUES (?, ?, ?, ?, ?)',
  );
  const waiting = database.prepare(
    'SELECT position, subject FROM events WHERE waits = 1 AND position > ? ORDER BY position LIMIT ?',
  );
  const after = database.prepare('SELECT * FROM events WHERE position > ? AND at >= ? ORDER BY position LIMIT ?');
  const one = database.prepare('SELECT * FROM events WHERE position = ?');
  const settle = database.prepare('UPDATE events SET waits = 0 WHERE position = ?');
  const last = database.prepare('SELECT max(position) AS position FROM events');
  const removeOld = database.prepare('DELETE FROM events WHERE at < ?');
  const removeMany = database.prepare('DELETE FROM events WHERE waits = 0 AND position <= ?');

  const keptOf = (row: unknown): KeptEvent => {
    const { event, ...rest } = row as Omit<KeptEvent, 'event'> & { event: string };
    return { ...rest, event: JSON.parse(event) as Envelope };
  };
  const lastPosition = () => (last.get() as { position: number | null }).position ?? 0;

  return {
    /** All or none. `waits`: whether they are to be sent. */
    add(events: readonly CapturedEvent[], waits: boolean): void {
      database.exec('BEGIN IMMEDIATE');
      try {
        for (const { id, subject, at, event } of events)
          insert.run(id, subject, at, JSON.stringify(event), Number(waits));
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    waiting: (position: number, limit: number) =>
      waiting.all(position, limit) as unknown as Pick<KeptEvent, 'position' | 'subject'>[],
    /** From a time on, in milliseconds since the epoch. */
    after: (position: number, limit: number, from = 0): KeptEvent[] => after.all(position, from, limit).map(keptOf),
    at(position: number): KeptEvent | undefined {
      const row = one.get(position);
      return row && keptOf(row);
    },
    /** It does not wait any more. */
    settle: (position: number): void => void settle.run(position),
    lastPosition,
    /** Removes what is older than a day, waiting or not, and what is too much. */
    prune(now: number, most = MOST_KEPT): void {
      removeOld.run(now - KEPT_MS);
      removeMany.run(lastPosition() - most);
    },
    close: (): void => database.close(),
  };
}
