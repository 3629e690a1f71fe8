/** Tells the bus what each write to a table changed, in the order of the writes. */
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

/** After this time no request is sent (the function's timeout is 60 s): what is left comes again. */
const DEADLINE_MS = 40_000;
/**
 * A change that fails after so long is given up. Half an hour later Lambda would do it, with a message that names no row; and
 * an hour later the stream forgets the change.
 */
const GIVE_UP_AFTER_MS = 23 * 3_600_000;

/** A write that is news. */
interface News {
  readonly record: DynamoDBRecord;
  readonly id: string;
  readonly event: ChangeEnvelope;
}

/** A write of which nothing can ever be told: it goes to the dead letters, and stands in nobody's way. */
interface Unreadable {
  readonly record: DynamoDBRecord;
  readonly problem: string;
}

/** The first write that was not told, and why. */
interface Failure {
  readonly record: DynamoDBRecord;
  readonly cause: string;
}

/**
 * Reports the first record that was not told: Lambda delivers it again, and all after it. So the events of a subject keep
 * their order, and some come twice.
 */
export const createChanges =
  (deps: ChangesDeps) =>
  async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const teller = createTeller(deps);
    const deadline = startDeadline(DEADLINE_MS);
    let failure: Failure | undefined;
    for (const step of stepsOf(Records)) {
      failure = await teller.tell(step, deadline.signal);
      if (failure) break;
    }
    deadline.end();
    teller.logOutcome(Records, failure);
    return { batchItemFailures: failure ? [{ itemIdentifier: failure.record.dynamodb?.SequenceNumber ?? '' }] : [] };
  };

function createTeller({ bus, deadLetters, log, now }: ChangesDeps) {
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

  async function publish(batch: readonly News[], signal: AbortSignal): Promise<Failure | undefined> {
    const events = batch.map(({ event }) => event);
    const refusals = await bus.put(events, signal).catch((error: unknown) => {
      const refusal: Refusal = { cause: describe(error), isFinal: false };
      return events.map(() => refusal);
    });
    for (const [n, { record, event }] of batch.entries()) {
      const refusal = refusals[n];
      if (refusal) {
        const isGivenUp = refusal.isFinal || (isOld(record) && !signal.aborted);
        const failure = isGivenUp
          ? await giveUp({ record, problem: refusal.cause })
          : { record, cause: refusal.cause };
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
    /** @returns the first write that is to come again, if there is one */
    tell: (step: readonly News[] | Unreadable, signal: AbortSignal) =>
      'problem' in step ? giveUp(step) : publish(step, signal),

    /** Renewals are most of what comes, and no line. */
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
 * What is told in one request. No two events of a subject are in it: the bus may take the second and not the first, and the
 * order would be lost.
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

/** Undefined for a write that is no news. */
function readRecord(record: DynamoDBRecord): News | Unreadable | undefined {
  const subject = subjectOf(record);
  if (!subject) return { record, problem: 'the record is of none of our tables' };
  const { kind, id } = subject;
  try {
    const detail = changeOf(kind, id, rowIn(record.dynamodb?.OldImage), rowIn(record.dynamodb?.NewImage));
    if (!detail) return undefined;
    const event = envelopeOf(kind, detail, writtenAt(record));
    const bytes = sizeOf(event);
    if (bytes > MOST_BYTES) return { record, problem: `the event has ${bytes} bytes: EventBridge takes ${MOST_BYTES}` };
    return { record, id: `${kind} ${id}`, event };
  } catch (error) {
    return { record, problem: describe(error) };
  }
}

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];
// Binary attributes differ in what Lambda makes of them; rows have none.
const rowIn = (image: Image) => (image === undefined ? undefined : toRow(image as Item));

/** Each table has a key of its own. */
function subjectOf({ dynamodb }: DynamoDBRecord): { readonly kind: KindName; readonly id: string } | undefined {
  const kinds = Object.keys(KINDS) as KindName[];
  const kind = kinds.find((name) => dynamodb?.Keys?.[KINDS[name].key] !== undefined);
  return kind && { kind, id: dynamodb?.Keys?.[KINDS[kind].key]?.S ?? '' };
}

/** In milliseconds since the epoch; DynamoDB tells seconds. */
const writtenAt = ({ dynamodb }: DynamoDBRecord) => (dynamodb?.ApproximateCreationDateTime ?? 0) * 1000;

/** Where the record was, for whoever wants to look at its row. */
const letterOf = ({ eventID, eventSourceARN, dynamodb }: DynamoDBRecord): string =>
  JSON.stringify({
    eventID,
    eventSourceARN,
    key: dynamodb?.Keys,
    sequenceNumber: dynamodb?.SequenceNumber,
    writtenAt: dynamodb?.ApproximateCreationDateTime,
  });
