/** The local SQS, a process of its own: its messages are kept in DATA_DIR. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { listening, runAsChild } from './child.ts';
import { createQueueServer, type QueueDefinition } from './queue-server.ts';
import { DATA_DIR, HOST, PORTS } from './settings.ts';

runAsChild(async () => {
  mkdirSync(DATA_DIR, { recursive: true });
  const queues = JSON.parse(process.argv[2] ?? '[]') as QueueDefinition[];
  const server = createQueueServer(join(DATA_DIR, 'queue.sqlite'), queues);
  server.listen(PORTS.QUEUE_PORT, HOST);
  await listening(server);
});
