import { merge } from '../../lib/state/merge.ts';
import type { Row } from '../../lib/state/row.ts';
import type { Sighting } from '../../lib/state/sighting.ts';
import { whyStop, type StopRules } from '../../lib/state/stop.ts';
import { StoreError, type Parking, type StreamStore } from '../../lib/store/store.ts';

/** A store that is the rule itself, and a queue; both can be taken away. */
export function createMemoryStore(rules: StopRules) {
  const rows = new Map<string, Row>();
  const parked: { sighting: Sighting; requestId: string }[] = [];
  const down = { store: false, queue: false };

  const upsert = (sighting: Sighting) => {
    if (down.store) {
      const cause = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:443'), { code: 'ECONNREFUSED' });
      return Promise.reject(new StoreError('the store did not take a sighting', { cause }));
    }
    const row = rows.get(sighting.id) ?? {};
    rows.set(sighting.id, { ...row, ...merge(row, sighting, { retentionSeconds: 1000 }) });
    return Promise.resolve('applied' as const);
  };
  const streams: StreamStore = {
    upsert,
    async keepAlive(sighting) {
      const outcome = await upsert(sighting);
      const stop = whyStop(rows.get(sighting.id) ?? {}, sighting.at, rules);
      return { outcome, ...(stop === undefined ? {} : { stop }) };
    },
  };
  const parking: Parking = {
    park(sighting, requestId) {
      if (down.queue) return Promise.reject(new Error('no queue at sqs.internal'));
      parked.push({ sighting, requestId });
      return Promise.resolve();
    },
  };
  return { streams, parking, rows, parked, down };
}
