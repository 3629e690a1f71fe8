/** Saves parked sightings in their rows by the same call that a hook makes: the merge gives the same row in any order. */
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, type Log } from '../platform/log.ts';
import { readMessage } from '../store/read-parked-message.ts';
import type { DeadLetters } from '../store/queues.ts';
import { StoreError, type Outcome, type Store } from '../store/store.ts';

/** Every outcome of a parked message, the dimension of the metric `replays`. */
export type ReplayOutcome = Outcome | 'failed' | 'dead letter';

export interface ReplayDeps {
  readonly store: Store;
  readonly deadLetters: DeadLetters;
  readonly log: Log;
}

/** Reports the messages that failed: they are delivered again after the queue's visibility timeout. */
export const createReplay =
  (deps: ReplayDeps) =>
  async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const failed = await Promise.all(Records.map(async (record) => ((await replay(record, deps)) ? [] : [record])));
    return { batchItemFailures: failed.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };

/** @returns whether the message can be deleted */
async function replay({ messageId, body }: SQSRecord, { store, deadLetters, log }: ReplayDeps): Promise<boolean> {
  const message = readMessage(body);
  const fields = 'problem' in message ? {} : { id: message.sighting.id, requestId: message.requestId };
  const finish = (outcome: ReplayOutcome, cause?: unknown) => {
    log({
      level: outcome === 'failed' ? 'WARN' : outcome === 'dead letter' ? 'ERROR' : 'INFO',
      message: 'replay',
      fields: { messageId, ...fields, outcome, cause: cause === undefined ? undefined : describe(cause) },
      metrics: { replays: 1 },
      dimension: 'outcome',
    });
    return outcome !== 'failed';
  };
  try {
    if ('problem' in message) {
      await deadLetters(body, message.problem);
      return finish('dead letter', message.problem);
    }
    return finish(await store.upsert(message.sighting));
  } catch (error) {
    if (!(error instanceof StoreError && error.isFinal)) return finish('failed', error);
    // DynamoDB will reject it every time.
    const reason = describe(error);
    return deadLetters(body, reason).then(
      () => finish('dead letter', reason),
      (cause: unknown) => finish('failed', cause),
    );
  }
}
