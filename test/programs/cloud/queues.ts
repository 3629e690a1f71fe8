/** What waits in the queues of a stage. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Aws } from './aws.ts';
import type { Stage } from './stage.ts';

const urlOf = async ({ ask }: Aws, { prefix }: Stage, queue: string) =>
  (await ask(['sqs', 'get_queue_url', { QueueName: `${prefix}-${queue}` }]))[0]?.['QueueUrl'];

/** Those that are being tried are among them. */
export async function waitingIn(
  aws: Aws,
  stage: Stage,
  queue: 'parking' | 'dead-letters' | 'changes-dead-letters',
): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
  const QueueUrl = await urlOf(aws, stage, queue);
  const [{ Attributes = {} } = {}] = (await aws.ask(['sqs', 'get_queue_attributes', { QueueUrl, AttributeNames }])) as {
    Attributes?: Record<string, string>;
  }[];
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

export async function park(aws: Aws, stage: Stage, MessageBody: string): Promise<void> {
  await aws.ask(['sqs', 'send_message', { QueueUrl: await urlOf(aws, stage, 'parking'), MessageBody }]);
}

/** Takes what was given up. */
export async function deadLetters(
  aws: Aws,
  stage: Stage,
  queue: 'dead-letters' | 'changes-dead-letters' = 'dead-letters',
): Promise<{ body: string; reason: string | undefined }[]> {
  const QueueUrl = await urlOf(aws, stage, queue);
  const options = { MaxNumberOfMessages: 10, MessageAttributeNames: ['All'], VisibilityTimeout: 0 };
  const [{ Messages = [] } = {}] = (await aws.ask(['sqs', 'receive_message', { QueueUrl, ...options }])) as {
    Messages?: { Body: string; MessageAttributes?: Record<string, { StringValue: string }> }[];
  }[];
  return Messages.map(({ Body, MessageAttributes }) => ({
    body: Body,
    reason: MessageAttributes?.['reason']?.StringValue,
  }));
}

/** Polls until something holds. @returns whether it did in time */
export async function until(seconds: number, holds: () => Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(300)) if (await holds()) return true;
  return false;
}
