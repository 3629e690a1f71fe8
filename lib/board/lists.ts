/** The board's lists, each read whole from an index and shared by all requests within 2 s. */
import type { Row } from '../state/row.ts';
import { isoTime } from '../state/storable.ts';
import type { BoardStore, IndexedRow } from '../store/board-store.ts';
import { MOST_MINUTES, type LISTS } from './parameters.ts';
import { pageOf, type Placed } from './page-of.ts';
import { createShared } from './shared.ts';
import { shownOf } from './shown.ts';

type ListName = (typeof LISTS)[number];

interface Wanted {
  readonly kind: ListName;
  readonly limit: number;
  readonly after?: string | undefined;
}
export interface LiveWanted extends Wanted {
  readonly name?: string | undefined;
  /** A nodeId, or the part behind its @. */
  readonly node?: string | undefined;
  readonly app?: string | undefined;
}

export interface ClosedWanted extends Wanted {
  readonly minutes: number;
}

type Shown = ReturnType<typeof shownOf>;
interface List {
  readonly at: string;
  readonly isComplete: boolean;
  readonly items: readonly Placed<Shown>[];
}

const SHARED_MS = 2000;
const WINDOWS = [15, MOST_MINUTES];

/** What items show, which role comes first, and which time orders the items of a role. */
const LISTED = {
  streams: {
    kind: 'stream',
    key: 'mediaSessionId',
    roles: ['publishing', 'playing'],
    time: 'startedAt',
    fields: ['name', 'published', 'nodeId', 'appKey', 'sessionId', 'startedAt'],
    closed: ['phase', 'status', 'info', 'denied', 'lost', 'name', 'published', 'startedAt'],
  },
  calls: {
    kind: 'call',
    key: 'callId',
    roles: ['ringing', 'talking'],
    time: 'firstSeenAt',
    fields: ['caller', 'callee', 'incoming', 'nodeId', 'appKey', 'sessionId', 'sub', 'firstSeenAt', 'answeredAt'],
    closed: [
      ...['phase', 'status', 'sipStatus', 'info', 'denied', 'lost', 'caller', 'callee', 'incoming'],
      ...['startedAt', 'answeredAt', 'talkSeconds'],
    ],
  },
} as const;
/** What every closed item shows. */
const CLOSED = ['nodeId', 'appKey', 'sessionId', 'sub', 'firstSeenAt', 'closedAt'] as const;

export function createLists(store: BoardStore, now: () => number) {
  const shared = createShared<List>(SHARED_MS, now);

  async function readLive(name: ListName, signal: AbortSignal): Promise<List> {
    const { kind, key, roles, time, fields } = LISTED[name];
    const at = isoTime(now());
    const { rows, isComplete } = await store.live(kind, signal);
    const placed = (row: IndexedRow): Placed<Shown> => ({
      place: `${roles.findIndex((role) => role === row.live)} ${row[time]} ${row.id}`,
      item: { [key]: row.id, role: String(row.live), ...shownOf(fields, row) },
    });
    return { at, isComplete, items: rows.map(placed).sort(byPlace) };
  }

  async function readClosed(name: ListName, minutes: number, signal: AbortSignal): Promise<List> {
    const { kind, key, closed } = LISTED[name];
    const at = now();
    const { rows, isComplete } = await store.closed(kind, at - minutes * 60_000, at, signal);
    const placed = (row: IndexedRow): Placed<Shown> => ({
      place: `${backwards(String(row.closedAt))} ${row.id}`,
      item: { [key]: row.id, ...shownOf([...closed, ...CLOSED], row) },
    });
    return { at: isoTime(at), isComplete, items: rows.map(placed).sort(byPlace) };
  }

  return {
    async closed({ kind, minutes, limit, after }: ClosedWanted, signal: AbortSignal) {
      // Each container keeps two lists at most, not one for every number of minutes.
      const window = WINDOWS.find((most) => minutes <= most) ?? MOST_MINUTES;
      const { at, isComplete, items } = await shared(`closed ${kind} ${window}`, () =>
        readClosed(kind, window, signal),
      );
      const since = isoTime(Date.parse(at) - minutes * 60_000);
      const wanted = items.filter(({ item }) => String(item['closedAt']) >= since);
      return { kind, at, ...(isComplete ? {} : { isComplete }), ...pageOf(wanted, limit, after) };
    },

    async live({ kind, limit, after, ...filter }: LiveWanted, signal: AbortSignal) {
      const { at, isComplete, items } = await shared(`live ${kind}`, () => readLive(kind, signal));
      const count = (role: string) => items.filter(({ item }) => item['role'] === role).length;
      return {
        kind,
        at,
        totals: Object.fromEntries(LISTED[kind].roles.map((role) => [role, count(role)])),
        ...(isComplete ? {} : { isComplete }),
        ...pageOf(
          items.filter(({ item }) => isWanted(item, filter)),
          limit,
          after,
        ),
      };
    },
  };
}

/** The latest first: with every digit d as 9−d. */
const backwards = (time: string) => time.replace(/\d/g, (digit) => String(9 - Number(digit)));

const byPlace = (a: Placed<unknown>, b: Placed<unknown>) => (a.place < b.place ? -1 : 1);

const isWanted = (item: Row & Shown, { name, node, app }: Omit<LiveWanted, keyof Wanted>) =>
  (name === undefined || item['name'] === name) &&
  (app === undefined || item['appKey'] === app) &&
  (node === undefined || isOnNode(item['nodeId'], node));

const isOnNode = (nodeId: unknown, node: string) =>
  nodeId === node || (typeof nodeId === 'string' && nodeId.endsWith(`@${node}`));
