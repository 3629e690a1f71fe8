/** Queue: sightings that were parked while DynamoDB would not take them. */
import { createJobDeps } from '../lib/platform/effects.ts';
import { createReplay } from '../lib/jobs/replay.ts';
import { createDynamoClient } from '../lib/store/dynamo-client.ts';
import { createDynamoStore } from '../lib/store/dynamo-store.ts';
import { createDeadLetters } from '../lib/store/queues.ts';
import { startBudget } from '../lib/store/budget.ts';
import { WARM_UP_ID, warmUp } from '../lib/warm-up.ts';

const deps = createJobDeps();
const store = createDynamoStore(createDynamoClient(), deps.settings);

export const handler = createReplay({
  ...deps,
  store,
  deadLetters: createDeadLetters(deps.settings),
});
export const ready = warmUp((signal) => store.readSession(WARM_UP_ID, startBudget(signal)));
