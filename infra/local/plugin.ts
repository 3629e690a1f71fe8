/** Our plugin for serverless: checks the settings of a deploy, builds what is packaged, and makes serverless-offline the whole stack on one machine. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { readHookSettings, SettingsError } from '../../lib/settings/settings.ts';
import { build, buildIfChanged, printSizes } from '../build/build.ts';
import { checkSettings } from '../build/check-settings.ts';
import { startChild, type RunningPart } from './child.ts';
import { logPath, readyFile } from './data-dir.ts';
import { explainNotFound, keepBytes, mendFalse200s, type Gateway } from './gateway.ts';
import { keepRunning, type Keeper } from './keep-running.ts';
import { createLogFiles } from './log-files.ts';
import { pollQueue, type Replay } from './poller.ts';
import { queueDefinitions, queueUrl, withQueueUrls } from './queues.ts';
import { readyMessage } from './ready-message.ts';
import * as here from './settings.ts';
import { showLog, terminalPaint } from './show-log.ts';
import { createTables, type Resources } from './tables.ts';

interface Serverless {
  processedInput: { commands: string[] };
  classes: { Error: new (message: string, code: string) => Error };
  service: {
    resources: { Resources: Resources };
    provider: { stage: string; environment: Record<string, unknown> };
    functions: Record<string, { environment?: Record<string, unknown> }>;
    custom: { parkingQueue: string };
  };
  pluginManager: { plugins: object[] };
}

interface ServerlessOffline {
  internals(): { getApiGatewayServer(): Gateway };
}
const isServerlessOffline = (plugin: object): plugin is ServerlessOffline =>
  plugin.constructor.name === 'ServerlessOffline';

const require = createRequire(import.meta.url);
const { BASE_PATH } = require('../routes.cjs') as { BASE_PATH: string };
const { SETTINGS } = require('../environment.cjs') as { SETTINGS: string[] };

export default class LocalStack {
  readonly hooks: Record<string, () => Promise<void>>;
  readonly #serverless: Serverless;
  #sayAgain = () => {};

  constructor(serverless: Serverless) {
    this.#serverless = serverless;
    this.hooks = {
      initialize: () => this.#refuseToDeploy(),
      'before:package:initialize': async () => {
        this.#checkSettings();
        printSizes(await build());
      },
      'before:offline:start:init': () => this.#startParts(),
      'after:offline:start:init': () => this.#open(),
    };
  }

  /** The functions of a deployed stage `local` would accept hooks from anybody, and read no secrets. */
  async #refuseToDeploy(): Promise<void> {
    const { processedInput, service, classes } = this.#serverless;
    if (processedInput.commands[0] !== 'deploy' || service.provider.stage !== here.STAGE) return Promise.resolve();
    throw new classes.Error(
      `The stage ${here.STAGE} is the stack that npm start runs on this machine, and cannot be deployed: choose another, such as --stage dev`,
      'STAGE_IS_LOCAL',
    );
  }

  /** Reports unusable settings here, before functions would answer every hook 503. The stage's secrets are not checked. */
  #checkSettings(): void {
    const { service, classes } = this.#serverless;
    const given: Record<string, unknown> = {
      ...service.provider.environment,
      ...service.functions['connect']?.environment,
    };
    const environment = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, typeof value === 'string' ? value : `(${name})`]),
    );
    const usesTokens = Object.keys(environment).some((name) => name.startsWith('TOKEN_') && environment[name]);
    const needsTokenSecret = usesTokens && !environment['TOKEN_JWKS_URL'];
    const secret = 'x'.repeat(32);
    try {
      checkSettings({ ...environment, HOOK_SECRET: secret, ...(needsTokenSecret ? { TOKEN_SECRET: secret } : {}) });
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      throw new classes.Error(error.message, 'SETTINGS_UNUSABLE');
    }
    // A deploy removes every setting that the shell lacks: this line shows it.
    const set = SETTINGS.filter((name) => process.env[name]).map((name) => `${name}=${process.env[name]}`);
    console.log(`settings of this deploy: ${set.join(' ') || 'all by default'}`);
  }

  async #startParts(): Promise<void> {
    const { provider, resources } = this.#serverless.service;
    provider.environment = withQueueUrls(provider.environment, resources.Resources);
    try {
      await buildIfChanged();
      const queues = JSON.stringify(queueDefinitions(resources.Resources));
      await keepRunning('DynamoDB', () => startDynamodb(resources.Resources), keeper);
      await keepRunning('The queue', () => startChild('queue.ts', queues), keeper);
      await keepRunning('The console', () => startChild('console.ts'), keeper);
      this.#sayAgain = hush();
    } catch (error) {
      console.error(`The local stack cannot start: ${(error as Error).message}`);
      process.exit(1);
    }
  }

  #startPoller(): void {
    const { provider, custom } = this.#serverless.service;
    // serverless-offline does the same for the functions that it runs in this process.
    Object.assign(process.env, provider.environment, { IS_OFFLINE: 'true' });
    const { handler } = require('../../dist/replay.cjs') as { handler: Replay };
    void pollQueue(queueUrl(custom.parkingQueue), handler);
  }

  async #open(): Promise<void> {
    const { DATA_DIR, DYNAMODB_ENDPOINT, CONSOLE_ENDPOINT, GATEWAY_ENDPOINT, HOST, IGNORED_HOST, PORTS } = here;
    const url = `${GATEWAY_ENDPOINT}${BASE_PATH}`;
    const offline = this.#serverless.pluginManager.plugins.find(isServerlessOffline);
    if (!offline) throw new Error('serverless-offline is not among the plugins of serverless.yml');
    this.#sayAgain();
    this.#startPoller();
    showLog(process.stdout, createLogFiles(logPath(DATA_DIR), Date.now, console.error), terminalPaint);
    const gateway = offline.internals().getApiGatewayServer();
    keepBytes(gateway);
    mendFalse200s(gateway);
    explainNotFound(gateway, url, CONSOLE_ENDPOINT);
    // As the functions read them: #startPoller has given this process their environment.
    const text = readyMessage(readHookSettings(process.env), {
      url,
      urlForWcs: `${here.urlOf(here.reachable(HOST), PORTS.PORT)}${BASE_PATH}`,
      console: CONSOLE_ENDPOINT,
      dynamodb: DYNAMODB_ENDPOINT,
      dataDir: DATA_DIR,
      ignoredHost: IGNORED_HOST,
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
      `${text}\nThe local stack ends, as only half of it would work. Its data is kept in ${here.DATA_DIR}: npm start continues with it. If it ends again, see the lines above, or start with another DATA_DIR.`,
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
