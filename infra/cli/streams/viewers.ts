/** Counts live streams by their name: who watches what. */
import type { Pages, Stream } from './read.ts';

export interface Watched {
  /** Absent for streams without a name in any hook. */
  readonly name?: string;
  readonly viewers: number;
  readonly publishers: number;
}

/** The most watched first. Rows are counted, so repeated or late hooks change nothing. */
export async function countViewers(pages: Pages): Promise<Watched[]> {
  const byName = new Map<string | undefined, { viewers: number; publishers: number }>();
  for await (const page of pages) {
    for (const { name, live } of page) {
      const key = name === undefined ? undefined : String(name);
      const count = byName.get(key) ?? { viewers: 0, publishers: 0 };
      byName.set(key, count);
      if (live === 'publishing') count.publishers++;
      else count.viewers++;
    }
  }
  return [...byName]
    .map(([name, count]) => ({ ...(name === undefined ? {} : { name }), ...count }))
    .sort((a, b) => b.viewers - a.viewers || b.publishers - a.publishers || ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
}

/** `node`: a nodeId, or the part after its @. */
export const isOnNode = ({ nodeId }: Stream, node: string) =>
  nodeId === node || (typeof nodeId === 'string' && nodeId.endsWith(`@${node}`));
