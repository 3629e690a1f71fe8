import { sightingOf } from '../state/sighting.ts';
import { StoreError, type StreamStore } from '../store/store.ts';
import { METHODS } from '../wcs/methods.ts';
import { HttpError } from './errors.ts';
import type { Act, Hook } from './hook.ts';

/** Brings what a hook says about a stream into its row before the hook is answered; other hooks are echoed. */
export const storeStream =
  (store: StreamStore): Act =>
  async ({ method, body, at }: Hook) => {
    if (METHODS[method].subject !== 'stream') return { outcome: 'echoed' };
    try {
      const sighting = sightingOf(method, body, at);
      return { outcome: sighting ? await store.upsert(sighting) : 'echoed' };
    } catch (cause) {
      // With FAIL on keep-alives any other answer would end the stream for a trouble of ours; the next one tells it again.
      if (method === 'StreamKeepAliveEvent') return { outcome: 'failed', cause };
      if (cause instanceof StoreError) throw new HttpError(503, 'the store is not available', { cause });
      throw cause;
    }
  };
