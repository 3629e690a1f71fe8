/** The time for which a row's stream or call was live. */
import { KINDS, type Row } from '../../../lib/state/row.ts';
import type { Interval } from './sum.ts';

/** A row, or what an index holds of it, with its key. */
export type Subject = Row & { readonly mediaSessionId?: string; readonly callId?: string };
export type UsedKind = 'stream' | 'call';

/**
 * Undefined for what was never live: denied, failed or not answered. What is live counts until `now` (milliseconds since the
 * epoch), what is lost until its last hook.
 */
export function intervalOf(kind: UsedKind, row: Subject, now: number): Interval | undefined {
  const began = kind === 'stream' ? row.startedAt : row.answeredAt;
  if (began === undefined) return undefined;
  const from = Date.parse(String(began));
  const to = row.live === undefined ? Date.parse(String(row.closedAt)) : now;
  if (Number.isNaN(from) || Number.isNaN(to)) return undefined;
  return {
    id: String(row[KINDS[kind].key]),
    use: kind === 'call' ? 'talked' : isPublisher(row) ? 'published' : 'played',
    from,
    // Hooks overtake each other: the end may be earlier than the start.
    to: Math.max(to, from),
    ...textOf('app', row.appKey),
    ...textOf('sub', row.sub),
    ...textOf('name', kind === 'stream' ? row.name : row.callee),
    ...textOf('node', row.nodeId),
  };
}

const isPublisher = ({ live, published }: Row) => (live === undefined ? published === true : live === 'publishing');

const textOf = (key: 'app' | 'sub' | 'name' | 'node', value: Row[keyof Row]) =>
  value === undefined ? {} : { [key]: String(value) };
