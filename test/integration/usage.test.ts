import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIntervals } from '../../infra/cli/usage/read.ts';
import { clipped, usageBy, usageOf } from '../../infra/cli/usage/sum.ts';
import { sightingOf } from '../../lib/state/sighting-of.ts';
import type { MethodName } from '../../lib/wcs/methods.ts';
import { createDynamoStore } from '../../lib/store/dynamo-store.ts';
import { startDynamo, tablesOf } from '../support/dynamo.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { testSettings } from '../support/settings.ts';

const START = Date.parse('2026-11-01T22:00:00Z');
const NOW = START + 5 * 3_600_000;
const SECOND = 1000;

let dynamo: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

interface Hook {
  readonly method: MethodName;
  readonly body: Readonly<Record<string, unknown>>;
  readonly at: number;
  readonly sub?: string;
}
interface Life {
  readonly hooks: readonly Hook[];
  /** Of a stream or call that was live: since when, until when. */
  readonly truth?: { readonly use: 'published' | 'played' | 'talked'; readonly from: number; readonly to: number };
}

const seconds = fc.integer({ min: 1, max: 2 * 3600 });

/** A stream's hooks, and how long it was live: from the first word of it to the first end. */
const streamLife = (id: string) =>
  fc
    .record({
      from: seconds,
      after: seconds,
      published: fc.boolean(),
      becomes: fc.constantFrom('ended', 'live', 'denied'),
    })
    .map(({ from, after, published, becomes }): Life => {
      const [begin, end] = [START + from * SECOND, START + (from + after) * SECOND];
      const body = { mediaSessionId: id, name: 'room', published, appKey: `app-${published}`, sessionId: id };
      const ask = {
        method: published ? 'publishStream' : 'playStream',
        body,
        at: begin - SECOND,
        sub: 'alice',
      } as const;
      const tell = (status: string, at: number) =>
        ({ method: 'StreamStatusEvent', body: { ...body, status }, at }) as const;
      if (becomes === 'denied') return { hooks: [ask, tell('FAILED', begin)] };
      const hooks = [ask, tell(published ? 'PUBLISHING' : 'PLAYING', begin)];
      const use = published ? 'published' : 'played';
      if (becomes === 'live') return { hooks, truth: { use, from: begin, to: NOW } };
      // Of two ends the first counts.
      hooks.push(tell('STOPPED', end), tell('FAILED', end + 30 * SECOND));
      return { hooks, truth: { use, from: begin, to: end } };
    });

const callLife = (callId: string) =>
  fc.record({ ring: seconds, talk: seconds, isAnswered: fc.boolean() }).map(({ ring, talk, isAnswered }): Life => {
    const [answer, end] = [START + ring * SECOND, START + (ring + talk) * SECOND];
    const body = { callId, sessionId: callId, caller: 'alice', callee: 'bob', appKey: 'phones' };
    const tell = (status: string, at: number) =>
      ({ method: 'CallStatusEvent', body: { ...body, status }, at }) as const;
    const hooks: Hook[] = [
      { method: 'call', body, at: answer - 2 * SECOND, sub: 'alice' },
      tell('RING', answer - SECOND),
    ];
    if (!isAnswered) return { hooks: [...hooks, tell('BUSY', answer)] };
    hooks.push(tell('ESTABLISHED', answer), tell('HOLD', answer + 1), tell('FINISH', end));
    return { hooks, truth: { use: 'talked', from: answer, to: end } };
  });

/** The same hook about another stream or call: rows of other runs stay. */
function ofRun(run: string, { body, ...hook }: Hook): Hook {
  const ids = Object.entries(body).map(([field, value]) => [
    field,
    /Id$/.test(field) ? `${run}-${String(value)}` : value,
  ]);
  return { ...hook, body: Object.fromEntries(ids) as Hook['body'] };
}

async function deliver(hooks: readonly Hook[], liveShards = 1): Promise<void> {
  const store = createDynamoStore(
    dynamo.client,
    testSettings({ ...tablesOf(dynamo), LIVE_SHARDS: String(liveShards) }),
  );
  for (const { method, body, at, sub } of hooks) {
    const sighting = sightingOf(method, body, at, sub === undefined ? {} : { sub, isDecided: true });
    if (sighting) await store.upsert(sighting);
  }
}

const RANGE = { from: START, to: NOW };
async function used(range = RANGE, isWithRows = true) {
  const stage = { dynamo: dynamo.client, streamsTable: dynamo.table, callsTable: dynamo.callsTable };
  const { intervals } = await readIntervals(stage, range, { now: NOW, keptSince: START }, isWithRows, () => {});
  return intervals.flatMap((one) => clipped(one, range) ?? []);
}

describe('npm run usage', () => {
  it('has the minutes of what happened, in whatever order the hooks came', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 3),
        fc.tuple(...['a', 'b', 'c', 'd', 'e'].map(streamLife), ...['x', 'y', 'z'].map(callLife)).chain((lives) => {
          const hooks = lives.flatMap((life) => life.hooks);
          const order = fc.shuffledSubarray([...hooks, ...hooks.slice(0, 3)], { minLength: hooks.length + 3 });
          return fc.record({ lives: fc.constant(lives), order });
        }),
        async (shards, { lives, order }) => {
          const name = `run-${run++}`;
          await deliver(
            order.map((hook) => ofRun(name, hook)),
            shards,
          );
          const sum = usageOf((await used()).filter(({ id }) => id.startsWith(`${name}-`))).time;
          for (const use of ['published', 'played', 'talked'] as const) {
            const truths = lives.flatMap(({ truth }) => (truth?.use === use ? [truth] : []));
            const clips = truths.flatMap((truth) => clipped(truth, RANGE) ?? []);
            expect(sum[use]).toBe(clips.reduce((total, { from, to }) => total + to - from, 0));
          }
        },
      ),
      { numRuns: propertyRuns(2), endOnFailure: true },
    );
  });

  it('moves with a late hook that moves an end', async () => {
    const body = { mediaSessionId: 'late', name: 'late', published: true, sessionId: 's' };
    const tell = (status: string, minute: number): Hook => ({
      ...{ method: 'StreamStatusEvent', body: { ...body, status }, at: START + minute * 60_000 },
    });
    const minutes = async () => usageOf((await used()).filter(({ id }) => id === 'late')).time.published / 60_000;
    await deliver([tell('PUBLISHING', 0), tell('UNPUBLISHED', 90)]);
    expect(await minutes()).toBe(90);
    await deliver([tell('FAILED', 10)]);
    expect(await minutes()).toBe(10);
    await deliver([tell('PUBLISHING', 5), tell('UNPUBLISHED', 45)]);
    expect(await minutes()).toBe(10);
  });

  it('counts what began before the range or ended behind it, and splits it at midnight', async () => {
    const body = { mediaSessionId: 'night', name: 'night', published: true, sessionId: 's', nodeId: 'n1' };
    const tell = (status: string, time: string): Hook => ({
      ...{ method: 'StreamStatusEvent', body: { ...body, status }, at: Date.parse(`2026-11-${time}Z`) },
    });
    await deliver([tell('PUBLISHING', '01T23:30'), tell('UNPUBLISHED', '02T01:00')]);
    const range = { from: Date.parse('2026-11-01T23:45Z'), to: Date.parse('2026-11-02T00:30Z') };
    const night = (await used(range, false)).filter(({ name }) => name === 'night');
    expect(usageBy(night, 'day').map(({ key, time }) => [key, time.published / 60_000])).toEqual([
      ['2026-11-01', 15],
      ['2026-11-02', 30],
    ]);
  });

  it('reads no hour of which no rows are kept, however early its range begins', async () => {
    const asked: string[] = [];
    const send = (command: {
      readonly input: { readonly ExpressionAttributeValues: Record<string, { S: string }> };
    }) => {
      asked.push(command.input.ExpressionAttributeValues[':key']?.S ?? '');
      return Promise.resolve({});
    };
    const stage = { dynamo: { send } as unknown as typeof dynamo.client, streamsTable: 's', callsTable: 'c' };
    await readIntervals(stage, { from: 0, to: NOW }, { now: NOW, keptSince: NOW - 3_600_000 }, false, () => {});
    const hours = new Set(asked.filter((key) => key.startsWith('2026')).map((key) => key.slice(0, 13)));
    expect([...hours].sort()).toEqual(['2026-11-02T02', '2026-11-02T03']);
  });

  it('knows whose a live stream is only from its row', async () => {
    const body = { mediaSessionId: 'hers', name: 'hers', published: false, sessionId: 's' };
    await deliver([
      { method: 'playStream', body, at: START, sub: 'carol' },
      { method: 'StreamStatusEvent', body: { ...body, status: 'PLAYING' }, at: START + SECOND },
    ]);
    expect((await used(RANGE, true)).filter(({ sub }) => sub === 'carol')).toMatchObject([{ id: 'hers', to: NOW }]);
    expect((await used(RANGE, false)).find(({ id }) => id === 'hers')).not.toHaveProperty('sub');
  });
});
