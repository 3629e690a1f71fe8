/** Publishes what each write to a table changed, in the order of the writes. */
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { startDeadline } from '../platform/deadline.ts';
import { describe, type Log } from '../platform/log.ts';
import { changeOf, envelopeOf, type ChangeEnvelope } from '../state/change.ts';
import { KINDS, type KindName } from '../state/row.ts';
import { MOST_BYTES, MOST_EVENTS, sizeOf, type EventBus, type Refusal } from '../store/event-bus.ts';
import { toRow, type Item } from '../store/items.ts';
import type { DeadLetters } from '../store/queues.ts';
import { added, callMetricsOf, type CallMetrics } from './call-metrics.ts';

export interface ChangesDeps {
  readonly bus: EventBus;
  readonly deadLetters: DeadLetters;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** No request is sent after this time (the function times out after 60 s): the rest of the batch is delivered again. */
const DEADLINE_MS = 40_000;
/**
 * A change that is older than this is given up when publishing it fails. Half an hour later Lambda would do so, with a message
 * that names no row, and after 24 hours the record is gone.
 */
const GIVE_UP_AFTER_MS = 23 * 3_600_000;

/** A write with an event. */
interface News {
  readonly record: DynamoDBRecord;
  readonly id: string;
  readonly event: ChangeEnvelope;
}

/** A write that can never be published. It goes to the dead-letter queue, so that it blocks nothing. */
interface Unreadable {
  readonly record: DynamoDBRecord;
  readonly problem: string;
}

/** The first write that was not published, and why. */
interface Failure {
  readonly record: DynamoDBRecord;
  readonly cause: string;
}

/**
 * Returns the first record that was not published. Lambda delivers it and all records after it again, so the events of a
 * subject keep their order, and some are published twice.
 */
export const createChanges =
  (deps: ChangesDeps) =>
  async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const publisher = createPublisher(deps);
    const deadline = startDeadline(DEADLINE_MS);
    let failure: Failure | undefined;
    for (const step of stepsOf(Records)) {
      failure = await publisher.publish(step, deadline.signal);
      if (failure) break;
    }
    deadline.end();
    publisher.logOutcome(Records, failure);
    return { batchItemFailures: failure ? [{ itemIdentifier: failure.record.dynamodb?.SequenceNumber ?? '' }] : [] };
  };

function createPublisher({ bus, deadLetters, log, now }: ChangesDeps) {
  let published = 0;
  let calls: CallMetrics = {};

  async function giveUp({ record, problem }: Unreadable): Promise<Failure | undefined> {
    try {
      await deadLetters(letterOf(record), problem);
    } catch (error) {
      return { record, cause: describe(error) };
    }
    const fields = { id: subjectOf(record)?.id, cause: problem };
    log({ level: 'ERROR', message: 'change given up', fields, metrics: { changesGivenUp: 1 } });
    return undefined;
  }

  async function publishBatch(batch: readonly News[], signal: AbortSignal): Promise<Failure | undefined> {
    const events = batch.map(({ event }) => event);
    const refusals = await bus.put(events, signal).catch((error: unknown) => {
      const refusal: Refusal = { cause: describe(error), isFinal: false };
      return events.map(() => refusal);
    });
    for (const [n, { record, event }] of batch.entries()) {
      const refusal = refusals[n];
      if (refusal) {
        const isGivenUp = refusal.isFinal || (isOld(record) && !signal.aborted);
        const failure = isGivenUp ? await giveUp({ record, problem: refusal.cause }) : { record, cause: refusal.cause };
        if (failure) return failure;
      } else {
        published++;
        calls = added(calls, callMetricsOf(event));
      }
    }
    return undefined;
  }

  const isOld = (record: DynamoDBRecord) => now() - writtenAt(record) > GIVE_UP_AFTER_MS;

  return {
    /** @returns the first write that must be delivered again, if any */
    publish: (step: readonly News[] | Unreadable, signal: AbortSignal) =>
      'problem' in step ? giveUp(step) : publishBatch(step, signal),

    /** Most batches only hold renewals: they write no line. */
    logOutcome(records: readonly DynamoDBRecord[], failure: Failure | undefined): void {
      if (published === 0 && !failure) return;
      log({
        level: failure ? 'WARN' : 'INFO',
        message: 'changes',
        fields: {
          records: records.length,
          lagSeconds: records[0] && Math.max(0, Math.round((now() - writtenAt(records[0])) / 1000)),
          id: failure && subjectOf(failure.record)?.id,
          cause: failure?.cause,
        },
        metrics: { changesPublished: published, ...calls, ...(failure ? { changesFailed: 1 } : {}) },
      });
    },
  };
}

/**
 * Splits records into requests to the bus. A request never holds two events of one subject: the bus may accept the second
 * and not the first, and their order would be lost.
 */
function* stepsOf(records: readonly DynamoDBRecord[]): Generator<readonly News[] | Unreadable> {
  let batch: News[] = [];
  for (const record of records) {
    const read = readRecord(record);
    if (!read) continue;
    const isUnreadable = 'problem' in read;
    if (batch.length > 0 && (isUnreadable || !fits(read, batch))) {
      yield batch;
      batch = [];
    }
    if (isUnreadable) yield read;
    else batch.push(read);
  }
  if (batch.length > 0) yield batch;
}

function fits({ id, event }: News, batch: readonly News[]): boolean {
  const bytes = batch.reduce((sum, one) => sum + sizeOf(one.event), sizeOf(event));
  return batch.length < MOST_EVENTS && bytes <= MOST_BYTES && batch.every((one) => one.id !== id);
}

/** Undefined for a write without an event. */
function readRecord(record: DynamoDBRecord): News | Unreadable | undefined {
  const subject = subjectOf(record);
  if (!subject) return { record, problem: 'the record is from none of our tables' };
  const { kind, id } = subject;
  try {
    const detail = changeOf(kind, id, rowIn(record.dynamodb?.OldImage), rowIn(record.dynamodb?.NewImage));
    if (!detail) return undefined;
    const event = envelopeOf(kind, detail, writtenAt(record));
    const bytes = sizeOf(event);
    if (bytes > MOST_BYTES)
      return { record, problem: `the event has ${bytes} bytes, EventBridge accepts ${MOST_BYTES}` };
    return { record, id: `${kind} ${id}`, event };
  } catch (error) {
    return { record, problem: describe(error) };
  }
}

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];
// Lambda's type for binary attributes is another; rows have none.
const rowIn = (image: Image) => (image === undefined ? undefined : toRow(image as Item));

/** Each table has its own key attribute. */
function subjectOf({ dynamodb }: DynamoDBRecord): { readonly kind: KindName; readonly id: string } | undefined {
  const kinds = Object.keys(KINDS) as KindName[];
  const kind = kinds.find((name) => dynamodb?.Keys?.[KINDS[name].key] !== undefined);
  return kind && { kind, id: dynamodb?.Keys?.[KINDS[kind].key]?.S ?? '' };
}

/** In milliseconds since the epoch; DynamoDB gives seconds. */
const writtenAt = ({ dynamodb }: DynamoDBRecord) => (dynamodb?.ApproximateCreationDateTime ?? 0) * 1000;

/** Where the record was, so that an operator can find its row. */
const letterOf = ({ eventID, eventSourceARN, dynamodb }: DynamoDBRecord): string =>
  JSON.stringify({
    eventID,
    eventSourceARN,
    key: dynamodb?.Keys,
    sequenceNumber: dynamodb?.SequenceNumber,
    writtenAt: dynamodb?.ApproximateCreationDateTime,
  });
