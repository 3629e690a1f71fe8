/** What is live, put together as the views show it. */
import type { CallItem, StreamItem } from './answers.ts';

export interface Live {
  readonly streams: readonly StreamItem[];
  readonly calls: readonly CallItem[];
}

/** The streams and calls of one name, node or app. */
export interface Group {
  readonly key: string;
  readonly publishers: readonly StreamItem[];
  readonly viewers: readonly StreamItem[];
  readonly calls: readonly CallItem[];
}

export const isPublisher = ({ role }: StreamItem) => role === 'publishing';

type KeyOf = (item: { readonly name?: string; readonly nodeId?: string; readonly appKey?: string }) => string;
export const KEYS = {
  names: ({ name = '' }) => name,
  nodes: ({ nodeId = '' }) => nodeId,
  apps: ({ appKey = '' }) => appKey,
} as const satisfies Record<string, KeyOf>;
export type Grouping = keyof typeof KEYS;

/** Calls have no name, so they are in no group of names. */
export function groupsOf({ streams, calls }: Live, grouping: Grouping): Group[] {
  const keyOf: KeyOf = KEYS[grouping];
  const groups = new Map<string, { key: string; publishers: StreamItem[]; viewers: StreamItem[]; calls: CallItem[] }>();
  const groupAt = (key: string) => {
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { key, publishers: [], viewers: [], calls: [] }));
    return group;
  };
  for (const stream of streams) groupAt(keyOf(stream))[isPublisher(stream) ? 'publishers' : 'viewers'].push(stream);
  if (grouping !== 'names') for (const call of calls) groupAt(keyOf(call)).calls.push(call);
  return [...groups.values()];
}

/** @returns when the first of a group's publishers started, or of its viewers where nobody publishes */
export function sinceOf({ publishers, viewers }: Group): string | undefined {
  const streams = publishers.length > 0 ? publishers : viewers;
  return streams.reduce<string | undefined>(
    (first, { startedAt }) => (startedAt && (first === undefined || startedAt < first) ? startedAt : first),
    undefined,
  );
}

/** What is live on one node, or in one app. */
export function within(
  { streams, calls }: Live,
  { node, app }: { node?: string | undefined; app?: string | undefined },
): Live {
  const isWithin = ({ nodeId = '', appKey = '' }: StreamItem | CallItem) =>
    (node === undefined || nodeId === node) && (app === undefined || appKey === app);
  if (node === undefined && app === undefined) return { streams, calls };
  return { streams: streams.filter(isWithin), calls: calls.filter(isWithin) };
}
