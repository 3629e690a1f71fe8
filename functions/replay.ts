/** Queue: applies sightings that were parked while DynamoDB was unavailable. */
import { createJobFunction } from '../lib/composition/job-function.ts';
import { createReplay } from '../lib/jobs/replay.ts';
import { startBudget } from '../lib/store/budget.ts';
import { createDynamoStore } from '../lib/store/dynamo-store.ts';
import { createDeadLetters } from '../lib/store/queues.ts';
import { WARM_UP_ID } from '../lib/composition/warm-up.ts';

export const { handler, ready } = createJobFunction((deps, client) => {
  const store = createDynamoStore(client, deps.settings);
  return {
    handler: createReplay({ ...deps, store, deadLetters: createDeadLetters(deps.settings) }),
    connect: (signal) => store.readSession(WARM_UP_ID, startBudget(signal)),
  };
});
