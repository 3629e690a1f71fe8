/** Every minute: marks silent streams and calls as lost. */
import { createJobFunction } from '../lib/composition/job-function.ts';
import { createSweep } from '../lib/jobs/sweep.ts';
import { createDynamoSweepStore } from '../lib/store/dynamo-sweep-store.ts';
import { WARM_UP_ID } from '../lib/composition/warm-up.ts';

export const { handler, ready } = createJobFunction((deps, client) => {
  const store = createDynamoSweepStore(client, deps.settings);
  return { handler: createSweep({ ...deps, store }), connect: (signal) => store.read('stream', [WARM_UP_ID], signal) };
});
