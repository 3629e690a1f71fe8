/** `npm start`, the whole product on this machine: checks what can be checked, then becomes serverless-offline (see offline-plugin.ts). */
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { propertiesWarnings } from '../../lib/wcs/properties-value.ts';
import { checkSettings } from '../build/check-settings.ts';
import { isLoopback } from '../cli/loopback.ts';
import { DataDirError, prepareDataDir } from './data-dir.ts';
import { problemOfEventsUrl } from './events-url.ts';
import {
  DATA_DIR,
  EVENTS_URL,
  HAS_EVENTS,
  HOST,
  LOOPBACK,
  PORTS,
  SIP_ACCOUNTS_FILE,
  STAGE,
  urlOf,
  useLocalAws,
} from './settings.ts';

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

const isFree = (port: number, host: string) =>
  new Promise<boolean>((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(port, host, () => server.close(() => resolve(true)));
  });

for (const [name, port] of Object.entries(PORTS)) {
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    fail(`${name}=${process.env[name]} is not a port: expected a number from 1 to 65535.`);
  }
  if (new Set(Object.values(PORTS)).size < Object.keys(PORTS).length) {
    fail(`${Object.keys(PORTS).join(', ')} must differ: ${Object.values(PORTS).join(', ')}.`);
  }
  const host = name === 'PORT' ? HOST : LOOPBACK;
  const free = await isFree(port, host).catch((error: NodeJS.ErrnoException) =>
    fail(
      error.code === 'EADDRNOTAVAIL'
        ? `HOST=${host} is not an address of this machine: HOST=0.0.0.0 stands for all of them.`
        : `Port ${port} (${name}) cannot be used: ${error.message}.`,
    ),
  );
  if (!free) {
    fail(`Port ${port} is taken: stop what listens there, or choose another with ${name}=<port> npm start.`);
  }
}

try {
  // The functions will read the same settings: problems are reported once here, instead of by each hook.
  const { takesUnsigned } = checkSettings({
    ...process.env,
    STREAMS_TABLE: 'streams',
    SESSIONS_TABLE: 'sessions',
    CALLS_TABLE: 'calls',
    BANS_TABLE: 'bans',
    PARKING_QUEUE_URL: 'queue',
    DEAD_LETTER_QUEUE_URL: 'queue',
    IS_OFFLINE: 'true',
  });
  if (takesUnsigned && !isLoopback(urlOf(HOST, PORTS.PORT))) {
    fail(
      `HOST=${HOST} lets other machines send hooks, which need credentials: set HOOK_SECRET (rest_hook_secret_key of WCS), or HOOK_USER and HOOK_PASSWORD.`,
    );
  }
} catch (error) {
  fail((error as Error).message);
}

const problem = problemOfEventsUrl(EVENTS_URL, HAS_EVENTS);
if (problem !== undefined) fail(problem);

const { HOOK_SECRET, HOOK_SECRET_PREVIOUS } = process.env;
for (const warning of propertiesWarnings({ HOOK_SECRET, HOOK_SECRET_PREVIOUS })) console.error(`WARNING: ${warning}`);

try {
  await prepareDataDir(DATA_DIR);
} catch (error) {
  if (!(error instanceof DataDirError)) throw error;
  fail(error.message);
}

// serverless would log each request; our functions write one line per hook, which has more.
process.env['SLS_LOG_LEVEL'] ??= 'warning';
Object.assign(process.env, { PORT: String(PORTS.PORT), HOST, SIP_ACCOUNTS_FILE });
useLocalAws();

// In the same process: a signal to npm, or its end, must reach the server and not a process in between.
process.chdir(join(import.meta.dirname, '../..'));
process.argv = [...process.argv.slice(0, 2), 'offline', 'start', '--stage', STAGE];
createRequire(import.meta.url)('serverless/bin/serverless.js');
