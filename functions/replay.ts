/** Queue: sightings that were parked while DynamoDB would not take them. */
import { createJobDeps } from '../lib/platform/effects.ts';
import { createReplay } from '../lib/jobs/replay.ts';
import { createDynamoClient } from '../lib/store/dynamo-client.ts';
import { createDynamoStore } from '../lib/store/dynamo-store.ts';
import { createDeadLetters } from '../lib/store/queues.ts';

const deps = createJobDeps();

export const handler = createReplay({
  ...deps,
  store: createDynamoStore(createDynamoClient(), deps.settings),
  deadLetters: createDeadLetters(deps.settings),
});
