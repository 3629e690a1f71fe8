/**
 * Captures the event of each write of a row inside the local DynamoDB, whoever writes: the functions, the operator's commands, the
 * console. dynalite has no streams. All of its writes of rows pass `put` and `del` of its LevelDB, in the lock of the row, so
 * these are wrapped: the event goes into the same LevelDB batch as the row. Whenever the process ends, both are there, or neither.
 */
import type { Database, Write } from 'dynalite/db/index.js';
import type { Item } from '../../lib/store/items.ts';
import type { CapturedEvent } from './event-store.ts';

/** Undefined where the write is no news; `before` and `after` are undefined where there is no row. */
export type EventOf = (table: string, before: Item | undefined, after: Item | undefined) => CapturedEvent | undefined;

/** Takes over events, in the order of each subject. It throws where it cannot: they are given to it again. */
export type Keep = (events: readonly CapturedEvent[]) => void;

/** No key of dynalite begins with it. */
const CAPTURED = 'event~';
const END_OF_CAPTURED = 'event\u007f';
const ROW = /^item-(.*?)~/;
/** Events are taken over together: many hooks, one transaction. */
const GATHER_MS = 20;
const RETRY_MS = 1000;
const MOST_AT_ONCE = 1000;

const keyOf = (count: number) => CAPTURED + String(count).padStart(16, '0');

/** Wraps `db`, and resolves when it may be used: what an earlier process captured and did not hand over comes first. */
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
      if (!isComplaining) complain(`Events wait to be kept: ${(error as Error).message}`);
      isComplaining = true;
    }
    timer = undefined;
    if (captured.length > 0) gather();
  }
  const gather = () => (timer ??= setTimeout(() => void takeOver(), isComplaining ? RETRY_MS : GATHER_MS));

  /** A row of which no event can be made, such as one that somebody mistyped in the console, is written all the same. */
  function eventIn(table: string, before: Item | undefined, after: Item | undefined): CapturedEvent | undefined {
    try {
      return eventOf(table, before, after);
    } catch (error) {
      complain(`A write to ${table} is no event: ${(error as Error).message}`);
      return undefined;
    }
  }

  async function write(table: string, row: Write): Promise<void> {
    const before = (await db.get(row.key)) as Item | undefined;
    const event = eventIn(table, before, row.value as Item | undefined);
    if (!event) return db.batch([row]);
    const key = keyOf(count++);
    await db.batch([row, { type: 'put', key, value: event }]);
    // Before dynalite unlocks the row: the events of a subject stay in their order.
    captured.push([key, event]);
    gather();
  }

  const tableOf = (key: string) => ROW.exec(key)?.[1];
  const call = (written: Promise<void>, callback: (error?: Error | null) => void = () => {}) =>
    // Outside of the promise, as dynalite calls it: an error of its own must not become ours.
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
