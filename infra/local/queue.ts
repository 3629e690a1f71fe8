/** The local SQS, a process of its own, with its messages in DATA_DIR. */
import { SETTINGS } from '../cloudformation/environment.ts';
import { listening, runAsChild } from './child.ts';
import { queueFile } from './data-dir.ts';
import type { QueueDefinition } from './queue-definitions.ts';
import { createQueueServer } from './queue-server.ts';
import { DATA_DIR, LOOPBACK, PORTS } from './settings.ts';

runAsChild(async () => {
  const queues = JSON.parse(process.argv[2] ?? '[]') as QueueDefinition[];
  const settings = Object.fromEntries(SETTINGS.map((name) => [name, process.env[name] ?? '']));
  const server = createQueueServer(queueFile(DATA_DIR), queues, { settings });
  server.listen(PORTS.QUEUE_PORT, LOOPBACK);
  await listening(server);
});
