/** Turns serverless-offline into the whole stack on one machine. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../lib/settings/environment.ts';
import { readHookSettings } from '../../lib/settings/settings.ts';
import { buildIfChanged } from '../build/build.ts';
import { BASE_PATH } from '../cloudformation/routes.ts';
import { startChild, type RunningPart } from './child.ts';
import { logPath, readyFile } from './data-dir.ts';
import { explainNotFound, keepBytes, keepOriginsOut, mendFalse200s, type Gateway } from './gateway.ts';
import { keepRunning, type Keeper } from './keep-running.ts';
import { createLogFiles } from './log-files.ts';
import { pollQueue, type Replay } from './poller.ts';
import { queueDefinitions, queueUrl, withQueueUrls } from './queue-definitions.ts';
import { readyMessage } from './ready-message.ts';
import * as here from './settings.ts';
import { showLog, terminalPaint } from './show-log.ts';
import { createTables, type Resources } from './tables.ts';

interface WithEnvironment {
  environment: Record<string, unknown>;
}

interface Serverless {
  service: {
    resources: { Resources: Resources };
    provider: WithEnvironment;
    custom: { parkingQueue: string };
    functions: { connect: WithEnvironment; replay: WithEnvironment };
  };
  pluginManager: { plugins: object[] };
}

interface ServerlessOffline {
  internals(): { getApiGatewayServer(): Gateway };
}
const isServerlessOffline = (plugin: object): plugin is ServerlessOffline =>
  plugin.constructor.name === 'ServerlessOffline';

const require = createRequire(import.meta.url);

export default class LocalStack {
  readonly hooks: Record<string, () => Promise<void>>;
  readonly #serverless: Serverless;
  #sayAgain = () => {};

  constructor(serverless: Serverless) {
    this.#serverless = serverless;
    this.hooks = {
      'before:offline:start:init': () => this.#startParts(),
      'after:offline:start:init': () => this.#open(),
    };
  }

  async #startParts(): Promise<void> {
    const { functions, resources } = this.#serverless.service;
    for (const one of Object.values<WithEnvironment>(functions)) {
      one.environment = withQueueUrls(one.environment, resources.Resources);
    }
    try {
      await buildIfChanged();
      const queues = JSON.stringify(queueDefinitions(resources.Resources));
      await keepRunning('DynamoDB', () => startDynamodb(resources.Resources), keeper);
      await keepRunning('The queue', () => startChild('queue.ts', queues), keeper);
      await keepRunning('The console', () => startChild('console.ts'), keeper);
      if (here.EVENTS_URL) await keepRunning('The sender of events', () => startChild('events.ts'), keeper);
      this.#sayAgain = hush();
    } catch (error) {
      console.error(`The local stack cannot start: ${(error as Error).message}`);
      process.exit(1);
    }
  }

  #startPoller(): void {
    const { provider, custom, functions } = this.#serverless.service;
    // serverless-offline does the same for the functions that it runs in this process.
    Object.assign(process.env, provider.environment, functions.replay.environment, { IS_OFFLINE: 'true' });
    const { handler } = require('../../dist/replay.cjs') as { handler: Replay };
    void pollQueue(queueUrl(custom.parkingQueue), handler);
  }

  async #open(): Promise<void> {
    const {
      DATA_DIR,
      DYNAMODB_ENDPOINT,
      CONSOLE_ENDPOINT,
      EVENTS_URL,
      GATEWAY_ENDPOINT,
      HAS_EVENTS,
      HOST,
      IGNORED_HOST,
      PORTS,
    } = here;
    const url = `${GATEWAY_ENDPOINT}${BASE_PATH}`;
    const offline = this.#serverless.pluginManager.plugins.find(isServerlessOffline);
    if (!offline) throw new Error('serverless-offline is not among the plugins of serverless.yml');
    this.#sayAgain();
    this.#startPoller();
    showLog(process.stdout, createLogFiles(logPath(DATA_DIR), Date.now, console.error), terminalPaint);
    const gateway = offline.internals().getApiGatewayServer();
    keepBytes(gateway);
    mendFalse200s(gateway);
    keepOriginsOut(gateway);
    explainNotFound(gateway, url, CONSOLE_ENDPOINT);
    // The same settings as in the functions: #startPoller has given this process the environment of jobs, and connect has that of hooks.
    const { environment } = this.#serverless.service.functions.connect;
    const text = readyMessage(readHookSettings({ ...process.env, ...(environment as Environment) }), {
      url,
      urlForWcs: `${here.urlOf(here.reachable(HOST), PORTS.PORT)}${BASE_PATH}`,
      board: `${GATEWAY_ENDPOINT}/board`,
      console: CONSOLE_ENDPOINT,
      dynamodb: DYNAMODB_ENDPOINT,
      dataDir: DATA_DIR,
      ignoredHost: IGNORED_HOST,
      eventsUrl: EVENTS_URL,
      hasEvents: HAS_EVENTS,
    });
    writeFileSync(readyFile(DATA_DIR), JSON.stringify({ url, text }));
    console.log(text);
    return Promise.resolve();
  }
}

/** Creates its tables again if somebody has removed DATA_DIR meanwhile. */
async function startDynamodb(resources: Resources): Promise<RunningPart> {
  const part = await startChild('dynamodb.ts');
  try {
    await createTables(resources, new DynamoDBClient({}));
  } catch (error) {
    part.kill();
    throw error;
  }
  return part;
}

const keeper: Keeper = {
  say: console.error,
  giveUp(text) {
    console.error(
      `${text}\nThe local stack ends, because only half of it would work. Its data is kept in ${here.DATA_DIR}: npm start continues with it. If it ends again, see the lines above, or start with another DATA_DIR.`,
    );
    process.exit(1);
  },
  sleep,
  now: Date.now,
};

/** serverless-offline lists all routes twice, in 100 lines that would hide the ready message. Its errors are printed elsewhere. */
function hush(): () => void {
  const { log } = console;
  console.log = () => {};
  return () => {
    console.log = log;
  };
}
