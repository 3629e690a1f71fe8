/** The board's lists, each read whole from an index and shared by all that ask within 2 s. */
import type { Row } from '../state/row.ts';
import { isoTime } from '../state/storable.ts';
import type { BoardStore, IndexedRow } from '../store/board-store.ts';
import type { LISTS } from './parameters.ts';
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

type Shown = ReturnType<typeof shownOf>;
interface List {
  readonly at: string;
  readonly isComplete: boolean;
  readonly items: readonly Placed<Shown>[];
}

const SHARED_MS = 2000;

/** What a live item shows, who comes first, and by which time the rest is ordered. */
const LIVE = {
  streams: {
    kind: 'stream',
    key: 'mediaSessionId',
    roles: ['publishing', 'playing'],
    time: 'startedAt',
    fields: ['name', 'published', 'nodeId', 'appKey', 'sessionId', 'startedAt'],
  },
} as const;

export function createLists(store: BoardStore, now: () => number) {
  const shared = createShared<List>(SHARED_MS, now);

  async function readLive(name: 'streams', signal: AbortSignal): Promise<List> {
    const { kind, key, roles, time, fields } = LIVE[name];
    const at = isoTime(now());
    const { rows, isComplete } = await store.live(kind, signal);
    const placed = (row: IndexedRow): Placed<Shown> => ({
      place: `${roles.findIndex((role) => role === row.live)} ${row[time]} ${row.id}`,
      item: { [key]: row.id, role: String(row.live), ...shownOf(fields, row) },
    });
    return { at, isComplete, items: rows.map(placed).sort(byPlace) };
  }

  return {
    async live({ kind, limit, after, ...filter }: LiveWanted, signal: AbortSignal) {
      const { at, isComplete, items } = await shared(`live ${kind}`, () => readLive(kind, signal));
      const count = (role: string) => items.filter(({ item }) => item['role'] === role).length;
      return {
        kind,
        at,
        totals: Object.fromEntries(LIVE[kind].roles.map((role) => [role, count(role)])),
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

const byPlace = (a: Placed<unknown>, b: Placed<unknown>) => (a.place < b.place ? -1 : 1);

const isWanted = (item: Row & Shown, { name, node, app }: Omit<LiveWanted, keyof Wanted>) =>
  (name === undefined || item['name'] === name) &&
  (app === undefined || item['appKey'] === app) &&
  (node === undefined || isOnNode(item['nodeId'], node));

const isOnNode = (nodeId: unknown, node: string) =>
  nodeId === node || (typeof nodeId === 'string' && nodeId.endsWith(`@${node}`));
