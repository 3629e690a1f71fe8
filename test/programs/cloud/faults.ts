/** What goes wrong around a deployed stage, and what must not come of it. */
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownersClient } from '../../../infra/local/ministack.ts';
import type { Hook } from '../../simulator/wcs.ts';
import type { Aws } from './aws.ts';
import type { Asked, Spoil } from './front.ts';
import { hookOf, problemsOfEchoes } from './hooks.ts';
import { notAcknowledged, sendDuring, sendLives, type Load } from './load.ts';
import { linesOf } from './logs.ts';
import { deadLetters, park, until, waitingIn } from './queues.ts';
import type { Stage } from './stage.ts';

const POISON = 'no sighting';
/** A message that could not be replayed comes again after 120 s. */
const REPLAY_SECONDS = 180;

/** DynamoDB answers nothing, and the queue at the second try: nearly all the time that a hook may take, and no function may end before. */
export function slowest(): (asked: Asked) => Spoil {
  const tried = new Set<string>();
  return ({ service, operation, body: { MessageBody = '' } }) => {
    if (service === 'dynamodb') return 'hang';
    if (operation !== 'SendMessage') return undefined;
    const isFirst = !tried.has(MessageBody);
    tried.add(MessageBody);
    return isFirst ? 'hang' : 400;
  };
}
/** DynamoDB is not to be reached. */
export const AWAY = ({ service }: Asked): Spoil => (service === 'dynamodb' ? 'lose' : undefined);

export interface Outage {
  readonly load: Load;
  readonly parked: number;
  /** What went into the queue. */
  readonly messages: readonly string[];
  readonly problems: readonly string[];
}

/** Hooks while DynamoDB is away: all are acknowledged, and wait in the queue, also those that were tried in vain. */
export async function outage(
  aws: Aws,
  stage: Stage,
  spoil: (asked: Asked) => Spoil,
  lives: Parameters<typeof sendLives>[1],
  others: readonly Hook[] = [],
): Promise<Outage> {
  const { front } = aws;
  const before = await countLines(aws, stage);
  const messages: string[] = [];
  front.spoils.set(stage.prefix, (asked) => {
    if (asked.body.MessageBody !== undefined) messages.push(asked.body.MessageBody);
    return spoil(asked);
  });
  const load = await sendLives(stage, lives);
  const problems = await problemsOfEchoes(stage, others);
  const tried = await until(30, async () => (await countLines(aws, stage)).failed > before.failed);
  const parked = (await countLines(aws, stage)).parked - before.parked;
  // What is tried just now comes back, or is gone; what waited since an earlier outage may have been replayed before this one.
  let kept = { waiting: 0, expected: 0 };
  const isKept = await until(20, async () => {
    const [waiting, lines] = [await waitingIn(aws, stage, 'parking'), await countLines(aws, stage)];
    kept = { waiting, expected: lines.notReplayed };
    // At least: what was sent twice, as the first answer was late, waits twice.
    return waiting >= kept.expected;
  });
  front.spoils.delete(stage.prefix);
  return {
    ...{ load, parked, messages },
    problems: [
      ...notAcknowledged(load, 'while DynamoDB was away'),
      ...problems,
      ...(tried ? [] : ['no parked hook was tried in vain: does the queue call replay?']),
      ...(parked > 0 ? [] : ['no hook was parked']),
      ...(isKept ? [] : [`${kept.expected} parked hooks are not replayed yet, ${kept.waiting} wait in the queue`]),
    ],
  };
}

/**
 * What the functions of a stage wrote of hooks and replays. A queue delivers some messages twice, and one whose sending was
 * given up may have arrived all the same: more may be replayed than was parked, and never less.
 */
async function countLines(aws: Aws, { prefix }: Stage) {
  const names = ['connect', 'invocation', 'event', 'incoming', 'replay'];
  const lines = (await Promise.all(names.map((name) => linesOf(aws, prefix, name)))).flat();
  const idsOf = (message: string, hasOutcome: (outcome: unknown) => boolean) =>
    lines
      .filter((line) => line['message'] === message && hasOutcome(line['outcome']))
      .map(({ requestId }) => requestId);
  const replayed = new Set(idsOf('replay', (outcome) => outcome !== 'failed' && outcome !== 'dead letter'));
  const parked = idsOf('hook', (outcome) => outcome === 'parked');
  return {
    parked: parked.length,
    failed: idsOf('replay', (outcome) => outcome === 'failed').length,
    replayed: replayed.size,
    notReplayed: parked.filter((id) => !replayed.has(id)).length,
  };
}

/** A message that can never be applied is given up, and those beside it are not. */
export async function problemsOfPoison(aws: Aws, stage: Stage): Promise<string[]> {
  await park(aws, stage, POISON);
  const isThere = await until(30, async () => (await waitingIn(aws, stage, 'dead-letters')) > 0);
  const letters = isThere ? await deadLetters(aws, stage) : [];
  const [letter] = letters;
  return letters.length === 1 && letter?.body === POISON && letter.reason
    ? []
    : [`among the dead letters: ${JSON.stringify(letters)}`];
}

/** Everything that waits is replayed. */
export async function drain(aws: Aws, stage: Stage) {
  const isEmpty = await until(REPLAY_SECONDS, async () => (await waitingIn(aws, stage, 'parking')) === 0);
  const { parked, replayed, notReplayed } = await countLines(aws, stage);
  return {
    ...{ parked, replayed },
    problems: [
      ...(isEmpty ? [] : ['the parking queue is not empty after three minutes']),
      ...(notReplayed === 0 ? [] : [`of ${parked} parked hooks ${notReplayed} were not replayed`]),
    ],
  };
}

/** SQS delivers at least once: what was replayed comes again, also when the row is not given with a failed condition. */
export async function problemsOfSecondDelivery(aws: Aws, stage: Stage, { messages }: Outage): Promise<string[]> {
  aws.front.spoils.set(`${stage.prefix}-replay`, () => 'omit item');
  for (const message of messages) await park(aws, stage, message);
  const isEmpty = await until(60, async () => (await waitingIn(aws, stage, 'parking')) === 0);
  aws.front.spoils.delete(`${stage.prefix}-replay`);
  const lines = await linesOf(aws, stage.prefix, 'replay');
  const superseded = lines.filter(({ outcome }) => outcome === 'superseded').length;
  return [
    ...(isEmpty ? [] : ['they wait still']),
    ...(superseded >= messages.length ? [] : [`${messages.length} came again, ${superseded} were superseded`]),
  ];
}

const COLD_MS = 2500;

/** The first hook of each function, while Parameter Store does not answer yet. */
export async function problemsOfColdStart(aws: Aws, stage: Stage): Promise<string[]> {
  const asked: string[] = [];
  const back = Date.now() + COLD_MS;
  aws.front.spoils.set(stage.prefix, ({ service, by }) => {
    if (service !== 'ssm') return undefined;
    asked.push(by);
    return Date.now() < back ? 'lose' : undefined;
  });
  const methods = ['connect', 'publishStream', 'StreamEvent', 'OnCallEvent'];
  const problems = await Promise.all(methods.map((method) => problemsOfEchoes(stage, [hookOf(method, 'cold')])));
  aws.front.spoils.delete(stage.prefix);
  // Each asked in vain at least once, or nothing was away.
  return [
    ...problems.flat(),
    ...(asked.length > methods.length ? [] : [`Parameter Store was asked ${asked.length} times`]),
  ];
}

/** As the operator is told to: both secrets are taken, wait a minute, change WCS, end the rotation. */
export async function rotation(stage: Stage): Promise<{ loads: Load[]; problems: string[] }> {
  let useNew = () => {};
  const before = await sendDuring(
    stage,
    stage.rotate().then(async (use) => {
      useNew = use;
      await sleep(61_000);
    }),
  );
  useNew();
  const after = await sendDuring(
    stage,
    sleep(3000).then(() => stage.finishRotation()),
  );
  const last = await sendDuring(stage, sleep(2000));
  const loads = [before, after, last];
  return { loads, problems: loads.flatMap((load) => notAcknowledged(load, 'during a rotation')) };
}

/** While the sweep looks at a row a hook changes it: the sweep must look again. */
export function raceSweep({ front, endpoint }: Aws, { prefix }: Stage): void {
  const client = ownersClient(endpoint);
  const raced = new Set<string>();
  front.spoils.set(`${prefix}-sweep`, async ({ operation, body: { TableName, Key } }) => {
    const id = JSON.stringify(Key);
    if (operation !== 'UpdateItem' || !Key || raced.has(id)) return undefined;
    raced.add(id);
    const change = {
      UpdateExpression: 'SET revision = revision + :one',
      ConditionExpression: 'attribute_exists(revision)',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    };
    // What has no revision is no row of a stream.
    await client.send(new UpdateItemCommand({ TableName, Key, ...change })).catch(() => {});
    return 'omit item';
  });
}
