/** Type 2: a client asks for something (publish, play, call …). */
import { createDeps } from '../lib/deps.ts';
import { createHookHandler } from '../lib/http/hook-handler.ts';
import { storeStream } from '../lib/http/store-stream.ts';
import { createDynamoClient } from '../lib/store/dynamo-client.ts';
import { createDynamoStore } from '../lib/store/dynamo-store.ts';
import { createParking } from '../lib/store/queues.ts';

const deps = createDeps();

export const handler = createHookHandler(
  deps,
  storeStream({
    streams: createDynamoStore(createDynamoClient(), deps.settings),
    parking: createParking(deps.settings),
  }),
);
