/** Our part of serverless: builds what is packaged, and makes of serverless-offline the whole stack on one machine. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { build, printSizes } from '../build.ts';
import { startChild } from './child.ts';
import { DYNAMODB_ENDPOINT, HOST, PORTS } from './settings.ts';
import { createTables, type Resources } from './tables.ts';

interface Serverless {
  service: { resources: { Resources: Resources } };
  pluginManager: { plugins: object[] };
}

/** The part of hapi's response that the mending needs. */
interface GatewayResponse {
  source?: unknown;
  code?(status: number): void;
}
interface Gateway {
  ext(
    point: 'onPreResponse',
    method: (request: { response: GatewayResponse }, h: { continue: symbol }) => symbol,
  ): void;
}

interface ServerlessOffline {
  internals(): { getApiGatewayServer(): Gateway };
}
const isServerlessOffline = (plugin: object): plugin is ServerlessOffline =>
  plugin.constructor.name === 'ServerlessOffline';

const { BASE_PATH } = createRequire(import.meta.url)('../routes.cjs') as { BASE_PATH: string };

export default class LocalStack {
  readonly hooks: Record<string, () => Promise<void>>;
  readonly #serverless: Serverless;
  #sayAgain = () => {};

  constructor(serverless: Serverless) {
    this.#serverless = serverless;
    this.hooks = {
      'before:package:initialize': async () => printSizes(await build()),
      'before:offline:start:init': () => this.#startParts(),
      'after:offline:start:init': () => this.#open(),
    };
  }

  async #startParts(): Promise<void> {
    endWithParent();
    try {
      await build();
      announceEnd(await startChild('dynamodb.ts'), 'DynamoDB');
      await createTables(this.#serverless.service.resources.Resources, new DynamoDBClient({}));
      announceEnd(await startChild('console.ts'), 'The console');
      this.#sayAgain = hush();
    } catch (error) {
      console.error(`The local stack cannot start: ${(error as Error).message}`);
      process.exit(1);
    }
  }

  async #open(): Promise<void> {
    const offline = this.#serverless.pluginManager.plugins.find(isServerlessOffline);
    if (!offline) throw new Error('serverless-offline is not among the plugins of serverless.yml');
    this.#sayAgain();
    mendFalse200s(offline.internals().getApiGatewayServer());
    console.log(readyMessage());
    return Promise.resolve();
  }
}

/** serverless-offline answers 200 when a handler throws; API Gateway answers 500. */
export function mendFalse200s(gateway: Gateway): void {
  gateway.ext('onPreResponse', ({ response }, h) => {
    const { source } = response;
    if (typeof source === 'string' && source.startsWith('{"errorMessage"') && source.includes('"stackTrace"')) {
      response.source = '{"message":"Internal Server Error"}';
      response.code?.(500);
    }
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

/** Killed with -9, npm or a shell cannot tell us: we see that we have another parent. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 500).unref();
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
