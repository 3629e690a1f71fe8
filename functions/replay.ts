/** Queue: sightings that were parked while DynamoDB would not take them. */
import { createJobFunction } from '../lib/job-function.ts';
import { createReplay } from '../lib/jobs/replay.ts';
import { createDynamoStore } from '../lib/store/dynamo-store.ts';
import { createDeadLetters } from '../lib/store/queues.ts';

export const handler = createJobFunction((deps, client) =>
  createReplay({
    ...deps,
    store: createDynamoStore(client, deps.settings),
    deadLetters: createDeadLetters(deps.settings),
  }),
);
