/**
 * Plays a world against the store, one DynamoDB request at a time: all requests that are under way wait in one list, and
 * chance picks which takes effect next, and what becomes of it. Then holds the rows to the rule.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createSweep } from '../../lib/jobs/sweep.ts';
import type { Attribute } from '../../lib/state/storable.ts';
import { OWNED, type Row } from '../../lib/state/row.ts';
import type { Sighting } from '../../lib/state/sighting.ts';
import { createDynamoStore } from '../../lib/store/dynamo-store.ts';
import { createDynamoSweepStore } from '../../lib/store/dynamo-sweep-store.ts';
import { readMessage, toMessage } from '../../lib/store/parked-message.ts';
import { StoreError } from '../../lib/store/store.ts';
import type { Random } from '../simulator/random.ts';
import { rowOfSet } from '../support/oracle.ts';
import { testSettings } from '../support/settings.ts';
import type { Job, World } from './world.ts';

/** A DynamoDB that the schedule may look into without asking for it. */
export interface ModelDynamo {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly table: string;
  row(id: string): Promise<Row>;
  /** What the operator does in the console: one request. */
  stop(id: string): Promise<unknown>;
}

const MAX_DURATION_SECONDS = '300';

interface Waiting {
  readonly run: () => Promise<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export interface Played {
  readonly applied: number;
  readonly superseded: number;
  readonly parked: number;
  readonly requests: number;
}

/** @throws Error that says which promise was broken */
export async function playWorld(
  { sightings, jobs, writers, faults }: World,
  dynamo: ModelDynamo,
  random: Random,
): Promise<Played> {
  const settings = testSettings({ STREAMS_TABLE: dynamo.table, STOP_STREAMS: 'true', MAX_DURATION_SECONDS });
  const ids = [...new Set(sightings.map(({ id }) => id))];
  const waiting: Waiting[] = [];
  const client = {
    send: (...args: [never]) =>
      new Promise<unknown>((resolve, reject) =>
        waiting.push({ run: () => dynamo.client.send(...args), resolve, reject }),
      ),
  } as Pick<DynamoDBClient, 'send'>;
  const never = new AbortController().signal;
  const streams = createDynamoStore(client, settings, { deadline: () => never, pause: () => Promise.resolve() });
  const sweepStore = createDynamoSweepStore(client, settings);

  const counts = { applied: 0, superseded: 0, parked: 0, requests: 0 };
  const queue: string[] = [];
  const stopped = new Set<string>();

  async function hook({ sighting, isKeepAlive }: { sighting: Sighting; isKeepAlive: boolean }): Promise<void> {
    try {
      const outcome = isKeepAlive ? (await streams.keepAlive(sighting)).outcome : await streams.upsert(sighting);
      counts[outcome === 'applied' ? 'applied' : 'superseded']++;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      queue.push(toMessage(sighting, 'r'));
      counts.parked++;
    }
  }

  async function replay(body: string): Promise<void> {
    const message = readMessage(body);
    if ('problem' in message) throw new Error(`a parked message cannot be read: ${message.problem}`);
    await streams.upsert(message.sighting).catch((error: unknown) => {
      if (!(error instanceof StoreError)) throw error;
      queue.push(body);
    });
  }

  async function work(job: Job): Promise<void> {
    switch (job.kind) {
      case 'hook':
        return hook(job);
      case 'sweep':
        return createSweep({ store: sweepStore, settings, log: () => {}, now: () => job.now })().catch(ignoreGivenUp);
      case 'stop':
        await dynamo.stop(job.id);
        stopped.add(job.id);
    }
  }

  /** One request takes effect, or is lost, or its answer is: the SDK sends it again then, three times in all. */
  async function step(): Promise<void> {
    const [one] = waiting.splice(random.between(0, waiting.length - 1), 1);
    if (!one) return;
    counts.requests++;
    const chance = random() * 100;
    if (chance < faults.loseRequest) return void waiting.push(one);
    if (chance < faults.loseRequest + faults.giveUp) {
      // The deadline is over; the request may have taken effect all the same.
      if (random() < 0.5) await one.run().catch(() => {});
      return one.reject(new GivenUp());
    }
    const before = await rowsOf(ids, dynamo);
    const outcome = await one.run().then(
      (answer) => () => one.resolve(answer),
      (error: unknown) => () => one.reject(error),
    );
    await checkStep(before);
    if (chance > 100 - faults.loseAnswer) waiting.push(one);
    else outcome();
  }

  /** What holds after every single request. */
  async function checkStep(before: Map<string, Row>): Promise<void> {
    for (const [id, row] of await rowsOf(ids, dynamo)) {
      if (before.get(id)?.phase === 'ended' && row.phase !== 'ended') throw new Error(`${id} lives again`);
      if ((row.live !== undefined) !== (row.phase === 'live'))
        throw new Error(`${id}: live ${row.live} in phase ${row.phase}`);
      if (row.phase !== undefined && (row.expiresAt === undefined) !== (row.phase === 'live'))
        throw new Error(`${id}: expiresAt`);
      if (stopped.has(id) && row.stop !== true) throw new Error(`${id}: stop was overwritten`);
    }
  }

  const unstarted: (() => Promise<void>)[] = jobs.map((job) => () => work(job));
  let running = 0;
  let failure: unknown;
  for (;;) {
    while (running < writers && unstarted.length + queue.length > 0 && failure === undefined) {
      // What is parked comes back late, or in the middle of everything else.
      const parked = unstarted.length === 0 || random() < 0.1 ? queue.shift() : undefined;
      const start = parked === undefined ? unstarted.shift() : () => replay(parked);
      if (!start) break;
      running++;
      start()
        .catch((error: unknown) => (failure ??= error))
        .finally(() => running--);
    }
    await settled();
    if (failure !== undefined) throw failure as Error;
    if (waiting.length > 0) await step();
    else if (running === 0 && unstarted.length + queue.length === 0) break;
    await settled();
  }

  if (counts.applied + counts.superseded + counts.parked !== jobs.filter(({ kind }) => kind === 'hook').length) {
    throw new Error('a hook is none or more of applied, superseded, parked');
  }
  for (const id of ids) {
    const wanted = rowOfSet(
      sightings.filter((sighting) => sighting.id === id),
      settings.retentionSeconds,
    );
    checkRow(id, await dynamo.row(id), wanted, settings.leaseSeconds);
  }
  return counts;
}

class GivenUp extends Error {}
const ignoreGivenUp = (error: unknown) => {
  if (!(error instanceof GivenUp)) throw error;
};

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const rowsOf = async (ids: readonly string[], dynamo: ModelDynamo) =>
  new Map(await Promise.all(ids.map(async (id) => [id, await dynamo.row(id)] as const)));

/** The row is that of the rule, but for what a sweep may have laid over it, and the lag of `lastSeenAt` in a fresh lease. */
function checkRow(id: string, row: Row, wanted: Row, leaseSeconds: number): void {
  const problem = (field: string, is: Attribute | undefined, should: Attribute | undefined) =>
    new Error(`${id}: ${field} is ${is}, and should be ${should}`);
  const isLost = row.lost !== undefined;
  if (isLost && (wanted.phase !== 'live' || row.phase !== 'lost')) throw problem('lost', row.lost, undefined);
  const skipped = ['lastSeenAt', ...(isLost ? ['phase', 'live', 'expiresAt', 'lost'] : [])];
  for (const field of OWNED) {
    if (!skipped.includes(field) && row[field] !== wanted[field]) throw problem(field, row[field], wanted[field]);
  }
  const lag = Date.parse(String(wanted.lastSeenAt)) - Date.parse(String(row.lastSeenAt));
  if (!(lag >= 0 && lag < leaseSeconds * 500)) throw problem('lastSeenAt', row.lastSeenAt, wanted.lastSeenAt);
}
