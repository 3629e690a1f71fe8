/** The local SQS, a process of its own: its messages are kept in DATA_DIR. */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { listening, runAsChild } from './child.ts';
import { createQueueServer, type QueueDefinition } from './queue-server.ts';
import { DATA_DIR, HOST, PORTS } from './settings.ts';

const { SETTINGS } = createRequire(import.meta.url)('../environment.cjs') as { SETTINGS: string[] };

runAsChild(async () => {
  mkdirSync(DATA_DIR, { recursive: true });
  const queues = JSON.parse(process.argv[2] ?? '[]') as QueueDefinition[];
  const settings = Object.fromEntries(SETTINGS.map((name) => [name, process.env[name] ?? '']));
  const server = createQueueServer(join(DATA_DIR, 'queue.sqlite'), queues, { settings });
  server.listen(PORTS.QUEUE_PORT, HOST);
  await listening(server);
});
