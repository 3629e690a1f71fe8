/** Connects the local queue to the built `replay`, as Lambda's event source mapping does on AWS, with its batches and partial failures. */
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { setTimeout as sleep } from 'node:timers/promises';

export type Replay = (event: SQSEvent) => Promise<SQSBatchResponse>;

const PAUSE_MS = 500;
/** A failed message is delivered again after 2 s, 4 s, 8 s … and then as rarely as on AWS, so that it survives an outage as long. */
const FIRST_RETRY_SECONDS = 2;
const LONGEST_RETRY_SECONDS = 120;

/** Polls until the process ends. */
export async function pollQueue(QueueUrl: string, replay: Replay): Promise<never> {
  const client = new SQSClient({});
  for (;;) {
    try {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      );
      if (Messages.length > 0) await handle(Messages, QueueUrl, replay, client);
      else await sleep(PAUSE_MS);
    } catch (error) {
      console.error(`The queue cannot be read: ${(error as Error).message}`);
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
  for (const { MessageId = '', ReceiptHandle, Attributes } of messages) {
    if (!failed.has(MessageId)) {
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      continue;
    }
    const receipts = Number(Attributes?.ApproximateReceiveCount ?? 1);
    const VisibilityTimeout = Math.min(FIRST_RETRY_SECONDS * 2 ** Math.min(receipts - 1, 10), LONGEST_RETRY_SECONDS);
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  }
  if (failed.size === messages.length) await sleep(PAUSE_MS);
}
