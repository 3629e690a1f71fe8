/** Between the local queue and the built `replay`, as Lambda's event source mapping is in AWS: its batches, its partial failures. */
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient, type Message } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { setTimeout as sleep } from 'node:timers/promises';

export type Replay = (event: SQSEvent) => Promise<SQSBatchResponse>;

const PAUSE_MS = 500;

/** Polls until the process ends. What fails comes again soon, not after the minutes that a cloud waits. */
export async function pollQueue(QueueUrl: string, replay: Replay, retryAfterSeconds: number): Promise<never> {
  const client = new SQSClient({});
  for (;;) {
    try {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: retryAfterSeconds }),
      );
      if (Messages.length > 0) await handle(Messages, QueueUrl, replay, client);
      else await sleep(PAUSE_MS);
    } catch (error) {
      console.error(`The queue is not read: ${(error as Error).message}`);
      await sleep(PAUSE_MS * 4);
    }
  }
}

async function handle(
  messages: readonly Message[],
  QueueUrl: string,
  replay: Replay,
  client: SQSClient,
): Promise<void> {
  const Records = messages.map(({ MessageId = '', Body = '' }) => ({ messageId: MessageId, body: Body }));
  const { batchItemFailures } = await replay({ Records } as SQSEvent);
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  for (const { MessageId = '', ReceiptHandle } of messages) {
    if (!failed.has(MessageId)) await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  if (failed.size === messages.length) await sleep(PAUSE_MS);
}
