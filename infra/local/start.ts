/** `npm start`, the whole product on this machine: checks what can be checked, then becomes serverless-offline (see plugin.ts). */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { readHookSettings } from '../../lib/settings.ts';
import { DATA_DIR, HOST, PORTS, STAGE, useLocalAws } from './settings.ts';

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });

for (const [name, port] of Object.entries(PORTS)) {
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    fail(`${name}=${process.env[name]} is no port: expected a number from 1 to 65535.`);
  }
  if (new Set(Object.values(PORTS)).size < Object.keys(PORTS).length) {
    fail(`${Object.keys(PORTS).join(', ')} must differ: ${Object.values(PORTS).join(', ')}.`);
  }
  if (!(await isFree(port).catch((error: Error) => fail(`Port ${port} (${name}) cannot be used: ${error.message}.`)))) {
    fail(`Port ${port} is taken: stop what listens there, or choose another with ${name}=<port> npm start.`);
  }
}

try {
  // What the functions will read; told here once instead of by each hook.
  readHookSettings({
    ...process.env,
    STREAMS_TABLE: 'streams',
    SESSIONS_TABLE: 'sessions',
    PARKING_QUEUE_URL: 'queue',
    DEAD_LETTER_QUEUE_URL: 'queue',
    IS_OFFLINE: 'true',
  });
} catch (error) {
  fail((error as Error).message);
}

try {
  mkdirSync(DATA_DIR, { recursive: true });
} catch (error) {
  fail(`DATA_DIR=${DATA_DIR} cannot be used: ${(error as Error).message}.`);
}

// serverless reports each request; our functions write one line per hook, which says more.
process.env['SLS_LOG_LEVEL'] ??= 'warning';
process.env['PORT'] = String(PORTS.PORT);
useLocalAws();

// In this very process: a signal to npm, or its death, reaches the server and not a process in between.
process.chdir(join(import.meta.dirname, '../..'));
process.argv = [...process.argv.slice(0, 2), 'offline', 'start', '--stage', STAGE];
createRequire(import.meta.url)('serverless/bin/serverless.js');
