/** What subscribers of the bus are told by the deployed function: out of a queue behind it, as docs/events.md says. */
import { DeleteItemCommand, PutItemCommand, ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { ownersClient } from '../../../infra/local/ministack.ts';
import type { Change, ChangeEnvelope } from '../../../lib/state/change.ts';
import { KINDS, type KindName, type Row } from '../../../lib/state/row.ts';
import { toRow } from '../../../lib/store/items.ts';
import { folded, isTold, schemaProblem } from '../../support/changes.ts';
import { recipes } from '../../support/recipes.ts';
import type { Aws } from './aws.ts';
import { sendLives } from './load.ts';
import { linesOf } from './logs.ts';
import { deadLetters, until, waitingIn } from './queues.ts';
import type { Stage } from './stage.ts';

const KIND_NAMES = Object.keys(KINDS) as KindName[];
/** A batch comes a second after its first write; one that failed comes again a second later. */
const TOLD_SECONDS = 60;

export interface Subscriber {
  /** All that came so far, of each subject (`stream <id>`) in the order in which it came. */
  receive(): Promise<ReadonlyMap<string, readonly Change[]>>;
  /** The rows, by subject, that were first seen since it subscribed. */
  rows(): Promise<ReadonlyMap<string, Row>>;
  unsubscribe(): Promise<void>;
}

/** By the recipe of a queue. */
export async function subscribe({ ask }: Aws, { prefix, endpoint }: Stage): Promise<Subscriber> {
  const StackName = `${prefix}-subscriber`;
  const Parameters = [{ ParameterKey: 'Bus', ParameterValue: prefix }];
  const stack = { StackName, TemplateBody: recipes().queue.text, Parameters };
  const [created] = await ask(['cloudformation', 'create_stack', stack]);
  if (created?.['error']) throw new Error(`the recipe of a queue is not taken: ${JSON.stringify(created)}`);
  let QueueUrl: string | undefined;
  const isThere = await until(30, async () => {
    const [answer] = await ask(['cloudformation', 'describe_stacks', { StackName }]);
    const [is] = (answer?.['Stacks'] ?? []) as { StackStatus: string; Outputs?: { OutputValue: string }[] }[];
    QueueUrl = is?.Outputs?.[0]?.OutputValue;
    return is?.StackStatus === 'CREATE_COMPLETE' && QueueUrl !== undefined;
  });
  if (!isThere) throw new Error('the recipe of a queue is not deployed within 30 s');
  const since = new Date().toISOString();
  const told = new Map<string, Change[]>();
  const client = ownersClient(endpoint);

  function take(body: string): void {
    const event = JSON.parse(body) as ChangeEnvelope;
    const problem = schemaProblem(event);
    if (problem !== undefined) throw new Error(`what came out of the queue is no event: ${problem}: ${body}`);
    const kind = KIND_NAMES.find((name) => event['detail-type'].toLowerCase().startsWith(name)) ?? 'stream';
    const subject = `${kind} ${event.detail[KINDS[kind].key]}`;
    told.set(subject, [...(told.get(subject) ?? []), event.detail]);
  }

  async function rowsOf(kind: KindName): Promise<[string, Row][]> {
    const found: [string, Row][] = [];
    for (let page: ScanCommandOutput | undefined; !page || page.LastEvaluatedKey;) {
      const ExclusiveStartKey = page?.LastEvaluatedKey;
      page = await client.send(new ScanCommand({ TableName: `${prefix}-${kind}s`, ExclusiveStartKey }));
      for (const item of page.Items ?? []) found.push([`${kind} ${item[KINDS[kind].key]?.S}`, toRow(item)]);
    }
    return found.filter(([, { firstSeenAt }]) => firstSeenAt !== undefined && String(firstSeenAt) >= since);
  }

  return {
    async receive() {
      for (;;) {
        const [answer] = await ask(['sqs', 'receive_message', { QueueUrl, MaxNumberOfMessages: 10 }]);
        const messages = (answer?.['Messages'] ?? []) as { Body: string; ReceiptHandle: string }[];
        if (messages.length === 0) return told;
        for (const { Body } of messages) take(Body);
        const Entries = messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
        await ask(['sqs', 'delete_message_batch', { QueueUrl, Entries }]);
      }
    },
    rows: async () => new Map((await Promise.all(KIND_NAMES.map(rowsOf))).flat()),
    async unsubscribe() {
      client.destroy();
      await ask(['cloudformation', 'delete_stack', { StackName }]);
    },
  };
}

/** Waits until all rows are told of. @returns what is missing, wrong, or out of order */
export async function problemsOfTold(subscriber: Subscriber): Promise<string[]> {
  let problems: string[] = [];
  await until(TOLD_SECONDS, async () => {
    const [rows, told] = [await subscriber.rows(), await subscriber.receive()];
    problems = [...rows].flatMap(([subject, row]) => {
      const last = folded(told.get(subject) ?? []);
      return isTold(row, last) ? [] : [`${subject} is ${JSON.stringify(row)}; told last: ${JSON.stringify(last)}`];
    });
    if (rows.size === 0) problems.push('there are no rows');
    return problems.length === 0;
  });
  const late = [...(await subscriber.receive())].flatMap(([subject, changes]) => outOfOrder(subject, changes));
  return [...problems, ...late].slice(0, 10);
}

/** What comes again is no news; anything else is newer than all before. */
function outOfOrder(subject: string, changes: readonly Change[]): string[] {
  const known = new Set<number>();
  return changes.flatMap(({ revision }) => {
    const isLate = !known.has(revision) && Math.max(0, ...known) > revision;
    known.add(revision);
    return isLate ? [`${subject}: revision ${revision} came after ${Math.max(...known)}`] : [];
  });
}

const AWAY_MS = 8000;

/** EventBridge takes nothing for a while, in which streams live and end. */
export async function problemsOfAwayBus(aws: Aws, stage: Stage, subscriber: Subscriber): Promise<string[]> {
  const name = `${stage.prefix}-changes`;
  const failed = async () =>
    (await linesOf(aws, stage.prefix, 'changes')).filter((line) => line['changesFailed'] !== undefined).length;
  const before = await failed();
  const back = Date.now() + AWAY_MS;
  aws.front.spoils.set(name, ({ service }) => (service === 'events' && Date.now() < back ? 'lose' : undefined));
  await sendLives(stage, { streams: 10, pause: 100 });
  const problems = await problemsOfTold(subscriber);
  aws.front.spoils.delete(name);
  return [...problems, ...((await failed()) > before ? [] : ['no batch failed: was the bus away?'])];
}

/** A row that somebody spoilt by hand is one dead letter; what comes before and after it is told. */
export async function problemsOfSpoiltRow(aws: Aws, stage: Stage, subscriber: Subscriber): Promise<string[]> {
  const client = ownersClient(stage.endpoint);
  const [TableName, Key] = [stage.streamsTable, { mediaSessionId: { S: 'spoilt' } }];
  const Item = { ...Key, phase: { S: 'on air' }, revision: { N: '1' } };
  await sendLives(stage, { streams: 2 });
  await client.send(new PutItemCommand({ TableName, Item }));
  await sendLives(stage, { streams: 2 });
  const isThere = await until(TOLD_SECONDS, async () => (await waitingIn(aws, stage, 'changes-dead-letters')) > 0);
  const problems = await problemsOfTold(subscriber);
  await client.send(new DeleteItemCommand({ TableName, Key }));
  client.destroy();
  const letters = isThere ? await deadLetters(aws, stage, 'changes-dead-letters') : [];
  const [letter] = letters;
  const isRight = letters.length === 1 && letter?.body.includes('"spoilt"') && letter.reason?.includes('"on air"');
  return [...problems, ...(isRight ? [] : [`among the dead letters of changes: ${JSON.stringify(letters)}`])];
}

const MANY = 1000;

/** Many streams by the simulator: as many were told live, and ended. */
export async function problemsOfMany(stage: Stage, subscriber: Subscriber): Promise<string[]> {
  async function count(event: Change['event']) {
    const told = [...(await subscriber.receive())].filter(([subject]) => subject.startsWith('stream '));
    return told.filter(([, changes]) => changes.some((change) => change.event === event)).length;
  }
  const before = { live: await count('live'), ended: await count('ended') };
  const size = ['--streams', String(MANY), '--players', '0', '--keep-alives', '0', '--concurrency', '16'];
  const wrong = await stage.simulate('lifecycle', ...size);
  const problems = await problemsOfTold(subscriber);
  const [live, ended] = [(await count('live')) - before.live, (await count('ended')) - before.ended];
  return [
    ...wrong,
    ...problems,
    ...(live === MANY && ended === MANY ? [] : [`of ${MANY} streams ${live} were told live, and ${ended} ended`]),
  ];
}
