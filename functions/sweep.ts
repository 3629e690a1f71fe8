/** Schedule: streams of which nothing is heard any more. */
import { createJobFunction } from '../lib/job-function.ts';
import { createSweep } from '../lib/jobs/sweep.ts';
import { createDynamoSweepStore } from '../lib/store/dynamo-sweep-store.ts';

export const handler = createJobFunction((deps, client) =>
  createSweep({ ...deps, store: createDynamoSweepStore(client, deps.settings) }),
);
