import type { Sighting } from '../state/sighting.ts';
import { StoreError, type Outcome, type Parking, type Store } from '../store/store.ts';
import type { Work } from '../store/budget.ts';
import { HttpError } from './errors.ts';
import type { Hook } from './hook.ts';

/** Where it is kept what hooks say. */
export interface Keeping {
  readonly store: Store;
  readonly parking: Parking;
}

export interface Kept {
  readonly outcome: Outcome | 'parked';
  /** Why it was parked. */
  readonly cause?: unknown;
  /** Why the stream is to be stopped. */
  readonly stop?: string;
}

/** Makes safe what a hook says: in the row of its subject, else parked. @throws HttpError 503 if it is not safe */
export const createKeep =
  ({ store, parking }: Keeping) =>
  async ({ method, requestId }: Hook, sighting: Sighting, work: Work): Promise<Kept> => {
    try {
      return method === 'StreamKeepAliveEvent'
        ? await store.keepAlive(sighting, work)
        : { outcome: await store.upsert(sighting, work) };
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
