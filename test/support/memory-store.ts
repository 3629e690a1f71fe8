import { userByConnection } from '../../lib/state/bans.ts';
import { rowOfClient } from '../../lib/state/clients.ts';
import { differences, merge } from '../../lib/state/merge.ts';
import { anomalyOf } from '../../lib/state/anomaly.ts';
import { KINDS, type Row } from '../../lib/state/row.ts';
import type { Sighting } from '../../lib/state/sighting.ts';
import { whyStop, type StopRules } from '../../lib/state/stop.ts';
import { StoreError, type Parking, type Store } from '../../lib/store/store.ts';

/** A store that is the rule itself, and a queue; both can be taken away. */
export function createMemoryStore(rules: StopRules) {
  const rows = new Map<string, Row>();
  const sessions = new Map<string, Row>();
  const calls = new Map<string, Row>();
  const tables = { stream: rows, session: sessions, call: calls };
  const parked: { sighting: Sighting; requestId: string }[] = [];
  const down = { store: false, queue: false };
  const counts = { reads: 0, upserts: 0 };

  const failing = () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:443'), { code: 'ECONNREFUSED' });
    return Promise.reject<never>(new StoreError('the store did not take a sighting', { cause }));
  };
  const upsert = (sighting: Sighting) => {
    counts.upserts++;
    if (down.store) return failing();
    const table = tables[sighting.kind];
    const row = table.get(sighting.id) ?? {};
    const merged = merge(row, sighting, { retentionSeconds: 1000 });
    // What merge left out, such as the operator's words, stays.
    const kept = Object.entries(row).filter(
      ([field]) => !(KINDS[sighting.kind].owned as readonly string[]).includes(field),
    );
    table.set(sighting.id, { ...Object.fromEntries(kept), ...merged });
    const anomaly = anomalyOf(row, merged, sighting);
    if (anomaly) return Promise.resolve(anomaly);
    return Promise.resolve(
      differences(row, merged, KINDS[sighting.kind]) ? ('applied' as const) : ('superseded' as const),
    );
  };
  const store: Store = {
    upsert,
    async keepAlive(sighting, _budget, bans) {
      const outcome = await upsert(sighting);
      const row = rows.get(sighting.id) ?? {};
      const own = rowOfClient(row, sighting.client) ?? row;
      const word = row.stop === undefined ? {} : { stop: row.stop };
      const sub =
        own.sub ?? (bans?.hasUsers ? userByConnection(own, sessions.get(String(own.sessionId)) ?? {}) : undefined);
      const stop = whyStop({ ...own, ...word, ...(sub === undefined ? {} : { sub }) }, sighting.at, rules, bans);
      return { outcome, ...(stop === undefined ? {} : { stop }) };
    },
    readSession(id) {
      counts.reads++;
      return down.store ? failing() : Promise.resolve(sessions.get(id) ?? {});
    },
  };
  const parking: Parking = {
    park(sighting, requestId) {
      if (down.queue) return Promise.reject(new Error('no queue at sqs.internal'));
      parked.push({ sighting, requestId });
      return Promise.resolve();
    },
  };
  return { store, parking, rows, sessions, calls, parked, down, counts };
}
