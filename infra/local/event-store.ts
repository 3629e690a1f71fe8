/** The events of the local stack, in SQLite: those that `npm run events` prints and those that wait to be sent to EVENTS_URL. */
import { DatabaseSync } from 'node:sqlite';

export interface CapturedEvent {
  /** The id in the envelope. An event that is added again with the same id is the same event. */
  readonly id: string;
  /** Events of a subject are in order: `stream <mediaSessionId>`. */
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** In EventBridge's envelope. */
  readonly event: Envelope;
}

/** An event as a target of EventBridge receives it. */
export interface Envelope {
  readonly id: string;
  readonly 'detail-type': string;
  readonly time: string;
  readonly detail: object;
}

/** `position` grows in the order in which events were added; those of a subject are in the order of its writes. */
export interface KeptEvent extends CapturedEvent {
  readonly position: number;
}

/** As long as EventBridge retries. */
export const KEPT_MS = 24 * 3_600_000;
/** Some 100 MB; waiting events are not counted. */
export const MOST_KEPT = 100_000;

export type EventStore = ReturnType<typeof openEvents>;

/** Opens the file, which the processes of the stack share. A reader changes nothing in it. */
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
  const removeOld = database.prepare('DELETE FROM events WHERE at < ? RETURNING waits');
  const removeMany = database.prepare('DELETE FROM events WHERE waits = 0 AND position <= ?');

  const keptOf = (row: unknown): KeptEvent => {
    const { event, ...rest } = row as Omit<KeptEvent, 'event'> & { event: string };
    return { ...rest, event: JSON.parse(event) as Envelope };
  };
  const lastPosition = () => (last.get() as { position: number | null }).position ?? 0;

  return {
    /** Adds all or none. `waits`: whether they are to be sent. */
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
    /** `from`: milliseconds since the epoch. */
    after: (position: number, limit: number, from = 0): KeptEvent[] => after.all(position, from, limit).map(keptOf),
    at(position: number): KeptEvent | undefined {
      const row = one.get(position);
      return row && keptOf(row);
    },
    /** Marks an event as no longer waiting. */
    settle: (position: number): void => void settle.run(position),
    lastPosition,
    /** Removes events that are older than a day, and those beyond `most`. @returns how many of them were still waiting */
    prune(now: number, most = MOST_KEPT): number {
      const old = removeOld.all(now - KEPT_MS);
      removeMany.run(lastPosition() - most);
      return old.filter(({ waits }) => waits === 1).length;
    },
    close: (): void => database.close(),
  };
}
