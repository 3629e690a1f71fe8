import type { Bans } from '../state/bans.ts';
import type { Sighting } from '../state/sighting.ts';
import { StoreError, type Parking, type Store } from '../store/store.ts';
import type { Budget } from '../store/budget.ts';
import { HttpError } from './errors.ts';
import type { Hook, Saved } from './hook.ts';

/** Where the sightings of hooks are saved. */
export interface Persistence {
  readonly store: Store;
  readonly parking: Parking;
}

/** Saves what a hook reports in the row of its subject, or else parks it. @throws HttpError 503 if neither worked */
export const createSave =
  ({ store, parking }: Persistence) =>
  async ({ method, requestId }: Hook, sighting: Sighting, budget: Budget, bans?: Bans): Promise<Saved> => {
    try {
      return method === 'StreamKeepAliveEvent'
        ? await store.keepAlive(sighting, budget, bans)
        : { outcome: await store.upsert(sighting, budget) };
    } catch (cause) {
      if (!(cause instanceof StoreError)) throw cause;
      try {
        await parking.park(sighting, requestId);
      } catch (parkingError) {
        throw new HttpError(503, 'neither the store nor the queue takes it', {
          cause: new AggregateError([cause, parkingError]),
        });
      }
      return { outcome: 'parked', cause };
    }
  };
