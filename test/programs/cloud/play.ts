/** Plays all that the deployed functions can be asked for, each in its own environment and role, and tells what each asked AWS for. */
import type { Context, SQSEvent } from 'aws-lambda';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from '../../../infra/build/build.ts';
import { METHOD_NAMES, METHODS, type HookType } from '../../../lib/wcs/methods.ts';
import { sign } from '../../../lib/wcs/signature.ts';
import { gatewayEvent } from '../../support/gateway-event.ts';
import { operationsOf, readBundle } from './code.ts';
import { startRecorder, type Recorder, type Trouble } from './recorder.ts';
import { rightsOf, told, type Right } from './rights.ts';
import { SECRETS } from './rules.ts';
import type { Statement } from './template.ts';
import { ROOT, type Moto } from './tools.ts';

const require = createRequire(import.meta.url);
const BUNDLES = '.cloud/bundles';
export const HOOK_SECRET = 'the secret of the stage ci';
const HOOK_FUNCTIONS: readonly HookType[] = ['connect', 'invocation', 'event', 'incoming'];

export interface Played {
  readonly name: string;
  readonly allowed: readonly Right[];
  readonly needed: readonly Right[];
  /** Taken away, and missed when all was played once more. */
  readonly missed: Right;
}

interface Deployed {
  readonly name: string;
  readonly environment: Record<string, string>;
  readonly allowed: readonly Right[];
}

/** @throws Error when a function does not do what it is there for */
export async function playAll(moto: Moto, stage: string): Promise<Played[]> {
  await build(BUNDLES, [
    {
      name: 'own-policy-of-everything',
      setup(bundling) {
        const path = join(import.meta.dirname, 'own-policy.ts');
        bundling.onResolve({ filter: /\/own-policy\.ts$/ }, () => ({ path }));
      },
    },
  ]);
  const recorder = await startRecorder(moto.url);
  const environment = { ...process.env };
  const output = hush();
  const played: Played[] = [];
  try {
    for (const name of [...HOOK_FUNCTIONS, 'sweep', 'replay'] as const) {
      const deployed = await askFor(moto, stage, name);
      const records = name === 'replay' ? await receiveParked(moto, deployed.environment) : [];
      const play = async (one: Deployed) => {
        const handler = await load(one, recorder);
        if (name === 'sweep') await (handler as () => Promise<void>)();
        else if (name === 'replay') await playReplay(handler as Replay, recorder, records);
        else await playHooks(name, handler as Handler, recorder);
      };
      recorder.asked.length = 0;
      await play(deployed);
      const needed = [...recorder.asked, ...platformRights(name, deployed, stage)];
      const missed = await playWithout(deployed, play, recorder);
      played.push({ name, allowed: deployed.allowed, needed, missed });
    }
    await checkRow(moto, stage);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${output.last()}`, { cause: error });
  } finally {
    output.sayAgain();
    process.env = environment;
    await recorder.close();
  }
  return played;
}

/** @throws Error where a function that may do less is not refused anything: then nobody would see what its role lacks */
async function playWithout(deployed: Deployed, play: (one: Deployed) => Promise<void>, { refused }: Recorder) {
  const taken = deployed.allowed.find(({ action }) => action.startsWith('dynamodb:'));
  if (!taken) throw new Error(`${deployed.name} has no right to DynamoDB`);
  refused.length = 0;
  // What it makes of it is not asked here: it parks, or fails.
  await play({ ...deployed, allowed: deployed.allowed.filter((right) => right !== taken) }).catch(() => {});
  if (!refused.some((right) => told(right) === told(taken)))
    throw new Error(`${deployed.name} does not miss ${told(taken)}`);
  return taken;
}

/** The lines of the functions are hundreds; the last tells why one failed. */
function hush() {
  const { stdout } = process;
  const write = stdout.write.bind(stdout);
  let last = '';
  stdout.write = (text) => (last = String(text)) !== '';
  return { last: () => last, sayAgain: () => void (stdout.write = write) };
}

/** What was parked is in its row, once it is replayed. */
async function checkRow({ ask }: Moto, stage: string): Promise<void> {
  const key = { TableName: `wcs-hooks-${stage}-streams`, Key: { mediaSessionId: { S: 'of-event' } } };
  const [{ Item } = {}] = (await ask(['dynamodb', 'get_item', key])) as { Item?: { lastSeenAt?: { S: string } } }[];
  const last = new Date(AT + 1000).toISOString();
  if (Item?.lastSeenAt?.S !== last) throw new Error(`the row of of-event is not of ${last}: ${JSON.stringify(Item)}`);
}

async function askFor({ ask }: Moto, stage: string, name: string): Promise<Deployed> {
  const [configuration] = (await ask([
    'lambda',
    'get_function_configuration',
    { FunctionName: `wcs-hooks-${stage}-${name}` },
  ])) as [{ Role: string; Environment: { Variables: Record<string, string> } }];
  const RoleName = configuration.Role.split('/').at(-1);
  const [policy] = (await ask(['iam', 'get_role_policy', { RoleName, PolicyName: 'function' }])) as [
    { PolicyDocument: string | { Statement: Statement[] } },
  ];
  const { PolicyDocument: document } = policy;
  // moto gives it as Python writes it.
  const { Statement } = (typeof document === 'string' ? JSON.parse(document.replaceAll("'", '"')) : document) as {
    Statement: Statement[];
  };
  return { name, environment: configuration.Environment.Variables, allowed: rightsOf(Statement) };
}

type Handler = (event: unknown, context: Context) => Promise<{ statusCode: number; body?: string }>;
type Replay = (event: Pick<SQSEvent, 'Records'>) => Promise<{ batchItemFailures: unknown[] }>;

/** The function as Lambda starts it: in its environment, allowed what its role allows. */
async function load({ name, environment, allowed }: Deployed, { endpoint, control, asked, refused }: Recorder) {
  const queueHere = (url = '') => new URL(new URL(url).pathname, endpoint).href;
  for (const secret of [...SECRETS, 'IS_OFFLINE']) delete process.env[secret];
  Object.assign(process.env, environment, {
    PARKING_QUEUE_URL: queueHere(environment['PARKING_QUEUE_URL']),
    DEAD_LETTER_QUEUE_URL: queueHere(environment['DEAD_LETTER_QUEUE_URL']),
    ...{ AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    ...Object.fromEntries(
      ['', '_DYNAMODB', '_SQS', '_SSM'].map((service) => [`AWS_ENDPOINT_URL${service}`, endpoint] as const),
    ),
  });
  control.allowed = allowed;
  control.trouble = undefined;
  const file = join(ROOT, BUNDLES, `${name}.cjs`);
  delete require.cache[file];
  const { handler, ready } = require(file) as { handler: unknown; ready: Promise<void> };
  await ready;
  // What the warm-up asks DynamoDB for is no proof that a hook or a job needs it.
  for (const rights of [asked, refused]) {
    rights.splice(0, Infinity, ...rights.filter(({ action }) => !action.startsWith('dynamodb:')));
  }
  return handler;
}

/** Long ago, so that the sweep finds streams that are lost. */
const AT = Date.now() - 2 * 24 * 3600 * 1000;
/** It is older than the one before, so that the row decides; with the row, and without. Then DynamoDB is away. */
const ROUNDS: readonly (readonly [at: number, trouble: Trouble])[] = [
  [AT, undefined],
  [AT - 1000, undefined],
  [AT - 2000, 'omit items'],
  [AT + 1000, 'lose dynamodb'],
];
const STATUS: Record<string, string> = { ConnectionStatusEvent: 'ESTABLISHED', RegistrationStatusEvent: 'REGISTERED' };

async function playHooks(type: HookType, handler: Handler, { control }: Recorder): Promise<void> {
  const methods = METHOD_NAMES.filter((name) => METHODS[name].type === type);
  for (const [at, trouble] of ROUNDS) {
    for (const method of [...methods, ...(type === 'event' ? ['NovelEvent'] : [])]) {
      control.trouble = trouble;
      const status = STATUS[method] ?? 'PUBLISHING';
      const body = JSON.stringify({
        ...{ mediaSessionId: `of-${type}`, sessionId: `session-of-${type}`, callId: 'call' },
        ...{ nodeId: 'node', appKey: 'app', name: 'name', published: true, status },
      });
      const headers = { authorization: sign(Buffer.from(body), HOOK_SECRET) };
      const { statusCode } = await handler(gatewayEvent({ method, body, headers, at }), {
        awsRequestId: 'r',
      } as Context);
      // Where DynamoDB cannot be asked, what a policy decides is refused.
      const isGood = statusCode === 200 || (trouble === 'lose dynamodb' && statusCode === 503);
      if (!isGood) throw new Error(`${method} was answered ${statusCode} (${trouble ?? 'no trouble'})`);
    }
  }
  control.trouble = undefined;
}

/** What the hooks parked, and a message that is none. */
async function receiveParked({ ask }: Moto, environment: Record<string, string>): Promise<SQSEvent['Records']> {
  const records: SQSEvent['Records'] = [];
  for (let more = true; more;) {
    const [{ Messages = [] } = {}] = (await ask([
      'sqs',
      'receive_message',
      { QueueUrl: environment['PARKING_QUEUE_URL'], MaxNumberOfMessages: 10 },
    ])) as { Messages?: { MessageId: string; Body: string }[] }[];
    records.push(
      ...Messages.map(({ MessageId, Body }) => ({ messageId: MessageId, body: Body }) as SQSEvent['Records'][0]),
    );
    more = Messages.length > 0;
  }
  if (records.length === 0) throw new Error('no hook was parked while DynamoDB was away');
  return [...records, { messageId: 'none', body: 'no sighting' } as SQSEvent['Records'][0]];
}

/** Twice: with the row, and without. */
async function playReplay(replay: Replay, { control }: Recorder, records: SQSEvent['Records']): Promise<void> {
  for (const trouble of [undefined, 'omit items'] as const) {
    control.trouble = trouble;
    const { batchItemFailures } = await replay({ Records: records });
    if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} parked hooks could not be replayed`);
  }
}

/** What Lambda itself does in the role's name. */
function platformRights(name: string, { environment }: Deployed, stage: string): Right[] {
  const account = 'eu-central-1:123456789012';
  const logs = `arn:aws:logs:${account}:log-group:/aws/lambda/wcs-hooks-${stage}-${name}`;
  const queue = `arn:aws:sqs:${account}:${environment['PARKING_QUEUE_URL']?.split('/').at(-1)}`;
  return [
    ...['CreateLogStream', 'PutLogEvents'].map((action) => ({ action: `logs:${action}`, resource: logs })),
    ...(name === 'replay' ? ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'] : []).map((action) => ({
      action: `sqs:${action}`,
      resource: queue,
    })),
  ];
}

/** What is in a bundle, and its function never asks for. */
const UNUSED: Record<string, readonly string[]> = {
  // It shares its code with the others, but no row is made of a call or a message: nothing to write, nothing to park.
  incoming: ['dynamodb:UpdateItem', 'sqs:SendMessage'],
};
/** A part of the SDK's client, which no setting of ours switches on. */
const NEVER = 'dynamodb:DescribeEndpoints';

/** A command in the code that was not played might need a right that nobody saw. */
export function problemsOfPlay({ name, needed }: Played): string[] {
  const asked = new Set(needed.map(({ action }) => action));
  const unplayed = [...operationsOf(readBundle(name, BUNDLES))].filter((operation) => !asked.has(operation));
  const known = [...(UNUSED[name] ?? []), NEVER];
  return [
    ...unplayed
      .filter((one) => !known.includes(one))
      .map((one) => `the code of ${name} has ${one}, which was not played`),
    ...known.filter((one) => !unplayed.includes(one)).map((one) => `${one} is no longer unused by ${name}`),
  ];
}
