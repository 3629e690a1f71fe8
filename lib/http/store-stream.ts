import { sightingOf } from '../state/sighting.ts';
import type { StreamStore } from '../store/store.ts';
import { METHODS } from '../wcs/methods.ts';
import { HttpError } from './errors.ts';
import type { Act, Hook } from './hook.ts';

/** Brings what a hook says about a stream into its row before the hook is answered; other hooks are echoed. */
export const storeStream =
  (store: StreamStore): Act =>
  async ({ method, body, at }: Hook) => {
    if (METHODS[method].subject !== 'stream') return { outcome: 'echoed' };
    const sighting = sightingOf(method, body, at);
    if (!sighting) return { outcome: 'echoed' };
    try {
      return { outcome: await store.upsert(sighting) };
    } catch (cause) {
      // With FAIL on keep-alives any other answer would end the stream for a trouble of ours; the next one tells it again.
      if (method === 'StreamKeepAliveEvent') return { outcome: 'failed', cause };
      throw new HttpError(503, 'the store is not available', { cause });
    }
  };
