/** Schedule: streams of which nothing is heard any more. */
import { createJobDeps } from '../lib/platform/effects.ts';
import { createSweep } from '../lib/jobs/sweep.ts';
import { createDynamoClient } from '../lib/store/dynamo-client.ts';
import { createDynamoSweepStore } from '../lib/store/dynamo-sweep-store.ts';

const deps = createJobDeps();

export const handler = createSweep({ ...deps, store: createDynamoSweepStore(createDynamoClient(), deps.settings) });
