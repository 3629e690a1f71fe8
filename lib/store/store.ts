/** What the hooks need of a database, in our words. */
import type { Sighting } from '../state/sighting.ts';

/** applied: the row changed. superseded: what the sighting says was in the row already, or lost to something that ranks higher. */
export type Outcome = 'applied' | 'superseded';

export interface StreamStore {
  /**
   * Brings a sighting into its stream's row, whatever came before or comes at the same time.
   * @throws StoreError when that did not happen for sure: nothing is known then of the row.
   */
  upsert(sighting: Sighting): Promise<Outcome>;
}

/** The store would not take a sighting; `cause` is the database's own error. For logs, never for an answer. */
export class StoreError extends Error {
  override name = 'StoreError';
}
