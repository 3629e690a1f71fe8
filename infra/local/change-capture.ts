/**
 * Captures the event of each write inside the local DynamoDB, whoever writes: a function, an operator's command, the console.
 * dynalite has no streams. It writes each row by `put` or `del` of its LevelDB, holding the row's lock, so these two are wrapped:
 * the event goes into the same LevelDB batch as the row. Whenever the process is killed, either both are there or neither.
 */
import type { Database, Write } from 'dynalite/db/index.js';
import type { Item } from '../../lib/store/items.ts';
import type { CapturedEvent } from './event-store.ts';

/** Undefined for a write without an event; `before` and `after` are undefined where there is no row. */
export type EventOf = (table: string, before: Item | undefined, after: Item | undefined) => CapturedEvent | undefined;

/** Stores events, those of a subject in order. If it throws, it is given them again. */
export type Keep = (events: readonly CapturedEvent[]) => void;

/** No key of dynalite begins like this. */
const CAPTURED = 'event~';
const END_OF_CAPTURED = 'event\u007f';
const ROW = /^item-(.*?)~/;
/** Events are stored together, so that many hooks share a transaction. */
const GATHER_MS = 20;
const RETRY_MS = 1000;
const MOST_AT_ONCE = 1000;

const keyOf = (count: number) => CAPTURED + String(count).padStart(16, '0');

/** Wraps `db`, and resolves once it can be used. Events that an earlier process captured but did not store come first. */
export async function captureChanges(
  db: Database,
  eventOf: EventOf,
  keep: Keep,
  complain: (text: string) => void,
): Promise<void> {
  const [put, del] = [db.put.bind(db), db.del.bind(db)];
  const captured: (readonly [key: string, event: CapturedEvent])[] = [];
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  let isComplaining = false;

  async function takeOver(): Promise<void> {
    const taken = captured.slice(0, MOST_AT_ONCE);
    try {
      keep(taken.map(([, event]) => event));
      await db.batch(taken.map(([key]) => ({ type: 'del', key })));
      captured.splice(0, taken.length);
      isComplaining = false;
    } catch (error) {
      if (!isComplaining) complain(`Events cannot be stored, and are retried: ${(error as Error).message}`);
      isComplaining = true;
    }
    timer = undefined;
    if (captured.length > 0) gather();
  }
  const gather = () => (timer ??= setTimeout(() => void takeOver(), isComplaining ? RETRY_MS : GATHER_MS));

  /** A row without a valid phase, such as one that was mistyped in the console, is written all the same. */
  function eventIn(table: string, before: Item | undefined, after: Item | undefined): CapturedEvent | undefined {
    try {
      return eventOf(table, before, after);
    } catch (error) {
      complain(`A write to ${table} has no event: ${(error as Error).message}`);
      return undefined;
    }
  }

  async function write(table: string, row: Write): Promise<void> {
    const before = (await db.get(row.key)) as Item | undefined;
    const event = eventIn(table, before, row.value as Item | undefined);
    if (!event) return db.batch([row]);
    const key = keyOf(count++);
    await db.batch([row, { type: 'put', key, value: event }]);
    // dynalite still holds the row's lock, so the events of a subject stay in order.
    captured.push([key, event]);
    gather();
  }

  const tableOf = (key: string) => ROW.exec(key)?.[1];
  const call = (written: Promise<void>, callback: (error?: Error | null) => void = () => {}) =>
    // Outside of the promise: an error that dynalite's callback throws must not become ours.
    written.then(
      () => setImmediate(callback, null),
      (error: Error) => setImmediate(callback, error),
    );
  db.put = (key, value, callback) => {
    const table = tableOf(key);
    return table === undefined ? put(key, value, callback) : call(write(table, { type: 'put', key, value }), callback);
  };
  db.del = (key, callback) => {
    const table = tableOf(key);
    return table === undefined ? del(key, callback) : call(write(table, { type: 'del', key }), callback);
  };

  for await (const [key, event] of db.iterator({ gte: CAPTURED, lt: END_OF_CAPTURED })) {
    captured.push([key, event as CapturedEvent]);
    count = Number(key.slice(CAPTURED.length)) + 1;
  }
  if (captured.length > 0) gather();
}
