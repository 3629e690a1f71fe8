/** Our part of serverless: checks the settings of a deploy, builds what is packaged, and makes of serverless-offline the whole stack on one machine. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isUtf8 } from 'node:buffer';
import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { SettingsError } from '../../lib/settings.ts';
import { build, buildIfChanged, printSizes } from '../build.ts';
import { checkSettings } from '../check-settings.ts';
import { startChild } from './child.ts';
import { pollQueue, type Replay } from './poller.ts';
import { queueDefinitions, queueUrl, withQueueUrls } from './queues.ts';
import { DYNAMODB_ENDPOINT, HOST, PORTS, STAGE } from './settings.ts';
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

/** The part of hapi that the mending needs. */
interface GatewayRequest {
  readonly headers: Record<string, string>;
  readonly payload?: unknown;
  readonly rawPayload?: unknown;
  readonly response: { source?: unknown; code?(status: number): void };
}
interface Gateway {
  ext(
    point: 'onPreHandler' | 'onPreResponse',
    method: (request: GatewayRequest, h: { continue: symbol }) => symbol,
  ): void;
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

  /** Its functions would take hooks from anybody, and look for no secrets. */
  async #refuseToDeploy(): Promise<void> {
    const { processedInput, service, classes } = this.#serverless;
    if (processedInput.commands[0] !== 'deploy' || service.provider.stage !== STAGE) return Promise.resolve();
    throw new classes.Error(
      `The stage ${STAGE} is the stack that npm start runs on this machine, and cannot be deployed: choose another, such as --stage dev`,
      'STAGE_IS_LOCAL',
    );
  }

  /** Here, and not only by functions that answer every hook 503. The secrets are the stage's own affair. */
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
    // What a shell lacks, a deploy takes away: whoever reads this sees it.
    const set = SETTINGS.filter((name) => process.env[name]).map((name) => `${name}=${process.env[name]}`);
    console.log(`settings of this deploy: ${set.join(' ') || 'all by default'}`);
  }

  async #startParts(): Promise<void> {
    const { provider, resources } = this.#serverless.service;
    provider.environment = withQueueUrls(provider.environment, resources.Resources);
    try {
      await buildIfChanged();
      announceEnd(await startChild('dynamodb.ts'), 'DynamoDB');
      await createTables(resources.Resources, new DynamoDBClient({}));
      announceEnd(await startChild('queue.ts', JSON.stringify(queueDefinitions(resources.Resources))), 'The queue');
      announceEnd(await startChild('console.ts'), 'The console');
      this.#sayAgain = hush();
    } catch (error) {
      console.error(`The local stack cannot start: ${(error as Error).message}`);
      process.exit(1);
    }
  }

  #startPoller(): void {
    const { provider, custom } = this.#serverless.service;
    // As serverless-offline does for the functions that it runs in this process.
    Object.assign(process.env, provider.environment, { IS_OFFLINE: 'true' });
    const { handler } = require('../../dist/replay.cjs') as { handler: Replay };
    void pollQueue(queueUrl(custom.parkingQueue), handler);
  }

  async #open(): Promise<void> {
    const offline = this.#serverless.pluginManager.plugins.find(isServerlessOffline);
    if (!offline) throw new Error('serverless-offline is not among the plugins of serverless.yml');
    this.#sayAgain();
    this.#startPoller();
    const gateway = offline.internals().getApiGatewayServer();
    keepBytes(gateway);
    mendFalse200s(gateway);
    console.log(readyMessage());
    return Promise.resolve();
  }
}

/** serverless-offline answers 200 when a handler throws; API Gateway answers 500. An echo may look the same. */
export function mendFalse200s(gateway: Gateway): void {
  gateway.ext('onPreResponse', ({ response, rawPayload }, h) => {
    const { source } = response;
    const isError =
      typeof source === 'string' && source.startsWith('{"errorMessage"') && source.includes('"stackTrace"');
    if (isError && source !== rawPayload) {
      response.source = '{"message":"Internal Server Error"}';
      response.code?.(500);
    }
    return h.continue;
  });
}

/** serverless-offline takes each body for text, which would change bytes that are none: such a body goes on in base64. */
export function keepBytes(gateway: Gateway): void {
  gateway.ext('onPreHandler', ({ payload, headers }, h) => {
    if (Buffer.isBuffer(payload) && !isUtf8(payload)) headers['content-type'] = 'application/octet-stream';
    return h.continue;
  });
}

/** serverless-offline lists all routes twice, in 100 lines that would bury the one that says ready. Its errors go another way. */
function hush(): () => void {
  const { log } = console;
  console.log = () => {};
  return () => {
    console.log = log;
  };
}

function announceEnd(child: ChildProcess, name: string): void {
  child.once('exit', (code, signal) => console.error(`${name} ended (${signal ?? code}).`));
}

function readyMessage(): string {
  const { HOOK_SECRET, HOOK_USER } = process.env;
  const url = `http://${HOST}:${PORTS.PORT}${BASE_PATH}`;
  const basic = HOOK_USER ? `-u ${HOOK_USER} -p <HOOK_PASSWORD> ` : '';
  return [
    ...(HOOK_SECRET || HOOK_USER
      ? []
      : ['WARNING: no HOOK_SECRET and no HOOK_USER/HOOK_PASSWORD: hooks are taken from anybody, unsigned.']),
    `ready ${url}`,
    `  rows      http://${HOST}:${PORTS.CONSOLE_PORT}  (DynamoDB API: ${DYNAMODB_ENDPOINT})`,
    `  in WCS    add app ${basic}myApp myAppKey "${url}"`,
    '            add app-rest-method -a myAppKey',
    ...(HOOK_SECRET
      ? ['  and in flashphoner.properties  rest_hook_send_hash=true, rest_hook_secret_key=<HOOK_SECRET>']
      : []),
  ].join('\n');
}
