/** The local DynamoDB, a process of its own: dynalite, its data in DATA_DIR. */
import dynalite from 'dynalite';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { listening, runAsChild } from './child.ts';
import { DATA_DIR, HOST, PORTS } from './settings.ts';

await runAsChild(async () => {
  const path = join(DATA_DIR, 'dynamodb');
  mkdirSync(path, { recursive: true });
  const server = dynalite({ path, createTableMs: 0 });
  server.listen(PORTS.DYNAMODB_PORT, HOST);
  await listening(server);
});
