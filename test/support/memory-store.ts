import { merge } from '../../lib/state/merge.ts';
import type { Row } from '../../lib/state/row.ts';
import type { Sighting } from '../../lib/state/sighting.ts';
import { StoreError, type StreamStore } from '../../lib/store/store.ts';

/** A store that is the rule itself, and can be taken away. */
export function createMemoryStore(): StreamStore & { rows: Map<string, Row>; sightings: Sighting[]; isDown: boolean } {
  const rows = new Map<string, Row>();
  const sightings: Sighting[] = [];
  return {
    rows,
    sightings,
    isDown: false,
    upsert(sighting) {
      if (this.isDown) {
        const cause = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:443'), { code: 'ECONNREFUSED' });
        return Promise.reject(new StoreError('the store did not take a sighting', { cause }));
      }
      sightings.push(sighting);
      rows.set(sighting.id, merge(rows.get(sighting.id) ?? {}, sighting, { retentionSeconds: 1000 }));
      return Promise.resolve('applied');
    },
  };
}
