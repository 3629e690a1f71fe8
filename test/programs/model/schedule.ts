/**
 * Plays a world against the store, one DynamoDB request at a time: all requests that are under way wait in one list, and
 * chance picks which takes effect next, and what becomes of it. Then holds the rows to the rule.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createSweep } from '../../../lib/jobs/sweep.ts';
import type { Attribute } from '../../../lib/state/storable.ts';
import { clientIn, isSameClient, rowOfClient } from '../../../lib/state/clients.ts';
import { LEVEL } from '../../../lib/state/lifecycle.ts';
import { rankOf } from '../../../lib/state/rank.ts';
import { KINDS, type Row } from '../../../lib/state/row.ts';
import type { Sighting } from '../../../lib/state/sighting.ts';
import { createDynamoStore } from '../../../lib/store/dynamo-store.ts';
import { createDynamoSweepStore } from '../../../lib/store/dynamo-sweep-store.ts';
import { toMessage } from '../../../lib/store/parked-message.ts';
import { readMessage } from '../../../lib/store/read-parked-message.ts';
import { StoreError } from '../../../lib/store/store.ts';
import type { Random } from '../../simulator/random.ts';
import { changesOf, type Write } from '../../support/changes.ts';
import { rowOfSet } from '../../support/oracle.ts';
import { testSettings } from '../../support/settings.ts';
import { kindOf, T0, type Job, type World } from './world.ts';

/** A DynamoDB that the schedule may look into without asking for it. */
export interface ModelDynamo {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tables: Readonly<Record<'STREAMS_TABLE' | 'SESSIONS_TABLE' | 'CALLS_TABLE', string>>;
  row(id: string): Promise<Row>;
  /** What the operator does in the console: one request. */
  stop(id: string): Promise<unknown>;
}

const MAX_DURATION_SECONDS = '300';

interface Waiting {
  readonly run: () => Promise<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** How often it was sent: the SDK sends a request three times in all. */
  readonly sent: number;
}

const SENT_AT_MOST = 3;

/** What happened, for whoever wants to know whether anything did. */
export interface Played {
  readonly applied: number;
  readonly superseded: number;
  readonly fresh: number;
  readonly parked: number;
  readonly lost: number;
  readonly stopped: number;
  /** By the sweep, with their sessions. */
  readonly presumed: number;
  readonly 'denial ignored': number;
  readonly 'live after end': number;
  readonly 'id in use': number;
  /** Told to whoever subscribes. */
  readonly changes: number;
  readonly requests: number;
}

export const NOTHING_PLAYED: Played = {
  ...{
    applied: 0,
    superseded: 0,
    fresh: 0,
    parked: 0,
    lost: 0,
    stopped: 0,
    presumed: 0,
    'denial ignored': 0,
    'live after end': 0,
    'id in use': 0,
  },
  changes: 0,
  requests: 0,
};

/** @throws Error that says which promise was broken */
export async function playWorld(
  { sightings, jobs, writers, faults }: World,
  dynamo: ModelDynamo,
  random: Random,
): Promise<Played> {
  const settings = testSettings({
    ...dynamo.tables,
    ...{ STOP_STREAMS: 'true', MAX_DURATION_SECONDS, LIVE_SHARDS: '3' },
  });
  const leaseMs = settings.leaseSeconds * 1000;
  const ids = [...new Set(sightings.map(({ id }) => id))];
  const waiting: Waiting[] = [];
  const client = {
    send: (...args: [never]) =>
      new Promise<unknown>((resolve, reject) =>
        waiting.push({ run: () => dynamo.client.send(...args), resolve, reject, sent: 1 }),
      ),
  } as Pick<DynamoDBClient, 'send'>;
  const never = new AbortController().signal;
  const streams = createDynamoStore(client, settings, { deadline: () => never, ...NO_PAUSE });
  const sweepStore = createDynamoSweepStore(client, settings, NO_PAUSE);

  const counts: { -readonly [What in keyof Played]: number } = { ...NOTHING_PLAYED };
  const queue: string[] = [];
  const stopped = new Set<string>();
  /** The times of the sweeps so far: only they may lose a stream. */
  const sweeps: number[] = [];
  /** What the sweep itself said of a stream. */
  const presumed = new Map<string, Sighting>();
  /** After the last request. */
  let rows = new Map<string, Row>();
  /** Of each row, as a stream of its table gives them. */
  const writes = new Map<string, Write[]>(ids.map((id) => [id, []]));

  async function hook({ sighting, isKeepAlive }: { sighting: Sighting; isKeepAlive: boolean }): Promise<void> {
    const mustStop = isKeepAlive && stopped.has(sighting.id);
    try {
      const result = isKeepAlive ? await streams.keepAlive(sighting) : { outcome: await streams.upsert(sighting) };
      counts[result.outcome]++;
      const mayLag = result.outcome === 'fresh' || (isKeepAlive && result.outcome === 'live after end');
      const row = rowOfClient(await dynamo.row(sighting.id), sighting.client) ?? {};
      checkTold(sighting, row, mayLag ? leaseMs / 2 : 0);
      if ('stop' in result) counts.stopped++;
      else if (mustStop) throw new Error(`${sighting.id}: a keep-alive did not stop it`);
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

  function sweep(now: number): Promise<void> {
    sweeps.push(now);
    return createSweep({ store: sweepStore, settings, log: () => {}, now: () => now })().catch(ignoreGivenUp);
  }

  async function work(job: Job): Promise<void> {
    switch (job.kind) {
      case 'hook':
        return hook(job);
      case 'sweep':
        return sweep(job.now);
      case 'stop':
        await dynamo.stop(job.id);
        stopped.add(job.id);
    }
  }

  /** One request takes effect, or is lost, or its answer is; or its sender no longer waits for it. */
  async function step(): Promise<void> {
    const [one] = waiting.splice(random.between(0, waiting.length - 1), 1);
    if (!one) return;
    counts.requests++;
    const again = () => {
      if (one.sent < SENT_AT_MOST) waiting.push({ ...one, sent: one.sent + 1 });
      else one.reject(new GivenUp());
    };
    const chance = random() * 100;
    if (chance < faults.loseRequest) return again();
    if (chance < faults.loseRequest + faults.giveUp) {
      one.reject(new GivenUp());
      // It may take effect all the same, much later even, or never.
      if (random() < 0.7) waiting.push({ ...one, resolve: () => {}, reject: () => {}, sent: SENT_AT_MOST });
      return;
    }
    const finish = await one.run().then(
      (answer) => () => one.resolve(answer),
      (error: unknown) => () => one.reject(error),
    );
    await checkStep();
    if (chance > 100 - faults.loseAnswer) again();
    else finish();
  }

  /** What holds after every single request. */
  async function checkStep(): Promise<void> {
    const before = rows;
    rows = await rowsOf(ids, dynamo);
    for (const [id, row] of rows) {
      if (isWritten(before.get(id), row)) writes.get(id)?.push({ before: before.get(id), after: row });
      const { stopSentAt, ...shownBefore }: Row = before.get(id) ?? {};
      const kind = kindOf(id);
      if (kind === 'session') continue;
      // Whose id it is may turn out to be another's: nothing of the first is left in the row then.
      const isOfSame = isSameClient(shownBefore, clientIn(kind, row));
      const { phase, lost, lastSeenAt }: Row = isOfSame ? shownBefore : {};
      const broken = (what: string) => new Error(`${id} ${what}: ${JSON.stringify(row)}`);
      if (phase === 'ended' && row.phase !== 'ended') throw broken('lives again');
      if (String(row.rank).startsWith(`${LEVEL.presumedEnded}#`) && !presumed.has(id)) {
        counts.presumed++;
        presumed.set(id, presumption(id, row));
      }
      if ((row.live !== undefined) !== (row.phase === 'live'))
        throw broken('is in the index and not in phase live, or the other way');
      if (row.phase !== undefined && (row.expiresAt === undefined) !== (row.phase === 'live'))
        throw broken('has a wrong expiresAt');
      if ((row.lost !== undefined) !== (row.phase === 'lost')) throw broken('has lost and phase lost apart');
      checkClosed(row, kind, broken);
      if (stopped.has(id) && row.stop !== true) throw broken('is no longer to be stopped');
      if (stopSentAt !== undefined && row.stopSentAt !== stopSentAt) throw broken('was told to stop at another time');
      if (lost !== undefined && String(row.lastSeenAt) > String(lastSeenAt) && row.lost !== undefined)
        throw broken('is lost although it was heard');
      if (lost === undefined && row.lost !== undefined) {
        counts.lost++;
        const limit = (row.keepAlive ? settings.leaseSeconds : settings.maxAgeSeconds) * 1000;
        const isOver = sweeps.some((now) => now - Date.parse(String(row.lastSeenAt)) > limit);
        if (!isOver) throw broken('was lost within its lease');
      }
    }
  }

  const unstarted: (() => Promise<void>)[] = jobs.map((job) => () => work(job));
  /** Only the end of its session, as some hook told it, ends a stream that was seen before. */
  function presumption(id: string, row: Row): Sighting {
    const { phase, status, info, statusAt, firstSeenAt, sessionId } = row;
    const at = Date.parse(String(statusAt));
    const isEnd = ({ id, state, ...end }: Sighting) => id === sessionId && state.phase === 'ended' && end.at === at;
    if (phase !== 'ended' || !sightings.some(isEnd) || String(statusAt) <= String(firstSeenAt)) {
      throw new Error(`${id} was ended without its session: ${JSON.stringify({ sessionId, statusAt, firstSeenAt })}`);
    }
    return {
      ...{ kind: kindOf(id), id, client: clientIn(kindOf(id), row), at, level: LEVEL.presumedEnded, attributes: {} },
      state: { phase, ...(status === undefined ? {} : { status }), ...(info === undefined ? {} : { info }) },
    };
  }

  async function playAll(): Promise<void> {
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
      else if (running === 0 && unstarted.length + queue.length === 0) return;
      await settled();
    }
  }

  await playAll();
  for (const id of ids) {
    const told = sightings.filter((sighting) => sighting.id === id);
    const ours = presumed.get(id);
    const wanted = rowOfSet(ours ? [...told, ours] : told, settings.retentionSeconds);
    checkRow(id, kindOf(id), await dynamo.row(id), wanted, leaseMs / 2);
  }

  // Long after, nobody has heard of any stream or call: the sweep finds all that are live.
  const longAfter = T0 + 10 * settings.maxAgeSeconds * 1000;
  faults = NO_FAULTS;
  // The first may continue one that failed.
  unstarted.push(() => sweep(longAfter).then(() => sweep(longAfter)));
  await playAll();
  for (const [id, { phase }] of await rowsOf(ids, dynamo)) {
    if (phase === 'live' && kindOf(id) !== 'session') throw new Error(`${id} is live for ever`);
  }
  for (const { id, kind } of new Map(sightings.map((sighting) => [sighting.id, sighting])).values()) {
    counts.changes += changesOf(kind, id, writes.get(id) ?? []).length;
  }
  return counts;
}

/** One DynamoDB gives the same object as long as nobody writes, the other a new one each time. */
const isWritten = (before: Row | undefined, after: Row) =>
  before !== after && JSON.stringify(before ?? {}) !== JSON.stringify(after);

const NO_PAUSE = { pause: () => Promise.resolve() };
const NO_FAULTS = { loseRequest: 0, loseAnswer: 0, giveUp: 0 };

class GivenUp extends Error {}
const ignoreGivenUp = (error: unknown) => {
  if (!(error instanceof GivenUp)) throw error;
};

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const rowsOf = async (ids: readonly string[], dynamo: ModelDynamo) =>
  new Map(await Promise.all(ids.map(async (id) => [id, await dynamo.row(id)] as const)));

/** In the index of what is closed, and only then; of a call that is over it is known how long they talked. */
function checkClosed(row: Row, kind: Sighting['kind'], broken: (what: string) => Error): void {
  const isClosed = ['ended', 'denied', 'lost'].includes(String(row.phase));
  const closedAt = row.phase === 'lost' ? row.lastSeenAt : row.statusAt;
  if (row.closedAt !== (isClosed ? closedAt : undefined)) throw broken('has a wrong closedAt');
  if (row.closedIn !== (isClosed ? String(closedAt).slice(0, 'YYYY-MM-DDThh'.length) : undefined))
    throw broken('has a wrong closedIn');
  if (kind !== 'call') return;
  if ((row.talkSeconds !== undefined) !== (row.phase === 'ended'))
    throw broken('has talkSeconds and no end, or the other way');
  if ((row.answeredAt === undefined) !== (row.answeredSeconds === undefined)) throw broken('has half of an answer');
}

/** What a hook has told is in the row when the store says so: its outcome is a promise. */
function checkTold({ id, at, ...sighting }: Sighting, row: Row, lagMs: number): void {
  const time = new Date(at).toISOString();
  const isTold =
    row.rank !== undefined &&
    String(row.rank) >= rankOf({ id, at, ...sighting }) &&
    String(row.firstSeenAt) <= time &&
    Date.parse(String(row.lastSeenAt)) >= at - lagMs;
  if (!isTold) throw new Error(`${id}: what was told at ${time} is not in ${JSON.stringify(row)}`);
}

const rivalsOf = ({ rivals }: Row) => (rivals === undefined ? [] : (JSON.parse(String(rivals)) as Row[]));

/** The row is that of the rule, but for what a sweep may have marked as lost, and the lag of `lastSeenAt` in a fresh lease. */
function checkRow(id: string, kind: Sighting['kind'], row: Row, wanted: Row, lagMs: number): void {
  const problem = (field: string, is: Attribute | undefined, should: Attribute | undefined) =>
    new Error(`${id}: ${field} is ${is}, and should be ${should}`);
  const isLost = row.lost !== undefined;
  if (isLost && wanted.phase !== 'live') throw problem('lost', row.lost, undefined);
  const skipped = [
    'lastSeenAt',
    'rivals',
    ...(isLost ? ['phase', 'live', 'expiresAt', 'lost', 'closedIn', 'closedAt'] : []),
  ];
  for (const field of KINDS[kind].owned) {
    if (!skipped.includes(field) && row[field] !== wanted[field]) throw problem(field, row[field], wanted[field]);
  }
  const lag = Date.parse(String(wanted.lastSeenAt)) - Date.parse(String(row.lastSeenAt));
  if (!(lag >= 0 && lag < lagMs)) throw problem('lastSeenAt', row.lastSeenAt, wanted.lastSeenAt);
  const [rivals, wantedRivals] = [rivalsOf(row), rivalsOf(wanted)];
  if (rivals.length !== wantedRivals.length) throw problem('rivals', row.rivals, wanted.rivals);
  rivals.forEach((rival, n) => checkRow(`${id}, a rival,`, kind, rival, wantedRivals[n] ?? {}, lagMs));
}
