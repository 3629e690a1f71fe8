import { sightingOf, type Sighting } from '../state/sighting.ts';
import { StoreError, type Parking, type StreamStore } from '../store/store.ts';
import { METHODS } from '../wcs/methods.ts';
import { HttpError } from './errors.ts';
import type { Act, Hook, Result } from './hook.ts';

/** Where a stream's hooks are kept. */
export interface Keeping {
  readonly streams: StreamStore;
  readonly parking: Parking;
}

/** Makes safe what a hook says about a stream before it is answered: in the stream's row, else parked. Other hooks are echoed. */
export const storeStream = (keeping: Keeping): Act => {
  const keep = keepIn(keeping);
  return async (hook) => {
    if (METHODS[hook.method].subject !== 'stream') return { outcome: 'echoed' };
    if (hook.method !== 'StreamKeepAliveEvent') return keep(hook);

    let stop: string | undefined;
    let result: Result;
    try {
      ({ stop, ...result } = await keep(hook));
    } catch (cause) {
      // With FAIL on keep-alives any other answer would end the stream for a trouble of ours; the next one tells it again.
      return { outcome: 'failed', cause };
    }
    if (stop !== undefined) throw new HttpError(403, `the stream is stopped: ${stop}`);
    return result;
  };
};

function keepIn({ streams, parking }: Keeping): (hook: Hook) => Promise<Result & { stop?: string }> {
  const store = async (hook: Hook, sighting: Sighting) =>
    hook.method === 'StreamKeepAliveEvent' ? streams.keepAlive(sighting) : { outcome: await streams.upsert(sighting) };

  async function park(hook: Hook, sighting: Sighting, cause: StoreError): Promise<Result> {
    try {
      await parking.park(sighting, hook.requestId);
    } catch (parkingError) {
      throw new HttpError(503, 'neither the store nor the queue takes it', {
        cause: new AggregateError([cause, parkingError]),
      });
    }
    return { outcome: 'parked', cause };
  }

  return async (hook) => {
    const sighting = sightingOf(hook.method, hook.body, hook.at);
    // An old playRTSP names no stream.
    if (!sighting) return { outcome: 'echoed' };
    try {
      return await store(hook, sighting);
    } catch (cause) {
      if (cause instanceof StoreError) return park(hook, sighting, cause);
      throw cause;
    }
  };
}
