/** Schedule: streams of which nothing is heard any more. */
import { createJobDeps } from '../lib/platform/effects.ts';
import { createSweep } from '../lib/jobs/sweep.ts';
import { createDynamoClient } from '../lib/store/dynamo-client.ts';
import { createDynamoSweepStore } from '../lib/store/dynamo-sweep-store.ts';
import { WARM_UP_ID, warmUp } from '../lib/warm-up.ts';

const deps = createJobDeps();

const store = createDynamoSweepStore(createDynamoClient(), deps.settings);

export const handler = createSweep({ ...deps, store });
export const ready = warmUp((signal) => store.read([WARM_UP_ID], signal));
