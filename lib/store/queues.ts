/** The queue of parked sightings and its dead letters, in SQS. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { loggable } from '../platform/log.ts';
import { toMessage } from './parked-message.ts';
import { createRequestHandler } from '../platform/request-handler.ts';
import type { Parking } from './store.ts';

const PARKING_DEADLINE_MS = 1500;

/** One client per container, made when the first message is sent: almost no container ever does. */
function createSender() {
  let client: SQSClient | undefined;
  return async (QueueUrl: string, MessageBody: string, reason?: string) => {
    client ??= new SQSClient({
      maxAttempts: 3,
      requestHandler: createRequestHandler({ connectionTimeout: 400, requestTimeout: 700 }),
    });
    const MessageAttributes =
      reason === undefined ? undefined : { reason: { DataType: 'String', StringValue: reason } };
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }), {
      abortSignal: AbortSignal.timeout(PARKING_DEADLINE_MS),
    });
  };
}

export function createParking({ parkingQueueUrl }: { readonly parkingQueueUrl: string }): Parking {
  const send = createSender();
  return { park: (sighting, requestId) => send(parkingQueueUrl, toMessage(sighting, requestId)) };
}

/** Where messages go that can never be applied, each with its reason as an attribute. */
export type DeadLetters = (body: string, reason: string) => Promise<void>;

export function createDeadLetters({ deadLetterQueueUrl }: { readonly deadLetterQueueUrl: string }): DeadLetters {
  const send = createSender();
  return (body, reason) => send(deadLetterQueueUrl, body, loggable(reason));
}
