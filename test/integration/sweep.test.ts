import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSweep } from '../../lib/jobs/sweep.ts';
import type { Line } from '../../lib/platform/log.ts';
import { sightingOf } from '../../lib/state/sighting-of.ts';
import { createDynamoStore } from '../../lib/store/dynamo-store.ts';
import { createDynamoSweepStore } from '../../lib/store/dynamo-sweep-store.ts';
import { liveKeysOf } from '../../lib/store/index-keys.ts';
import type { Store } from '../../lib/store/store.ts';
import { startDynamo, tablesOf, type TestDynamo } from '../support/dynamo.ts';
import { startFakeDynamo } from '../support/fake-dynamo.ts';
import { testSettings } from '../support/settings.ts';

/** Of both indexes. */
const LIVE_KEYS = [...liveKeysOf('stream'), ...liveKeysOf('call')];

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const seconds = (time: number) => T0 + time * 1000;

describe.each([
  ['dynalite', startDynamo],
  ['the fake DynamoDB', startFakeDynamo],
] as const)('the sweep on %s', (_, start) => {
  let dynamo: TestDynamo;
  let streams: Store;
  let now = 0;
  let lines: Line[] = [];
  let sweep: () => Promise<void>;

  beforeAll(async () => {
    dynamo = await start();
  });
  afterAll(() => dynamo.close());
  beforeEach(async () => {
    dynamo.control.fault = () => undefined;
    // What an earlier test left live is swept away.
    await createTestSweep(() => T0 + 1e10)();
    lines = [];
    dynamo.requests.length = 0;
    sweep = createTestSweep(() => now);
  });

  function createTestSweep(clock: () => number, env: Record<string, string> = {}) {
    const settings = testSettings({ ...tablesOf(dynamo), MAX_AGE_SECONDS: '1000', ...env });
    streams = createDynamoStore(dynamo.client, settings);
    const store = createDynamoSweepStore(dynamo.client, settings);
    return createSweep({ store, settings, log: (line) => lines.push(line), now: clock });
  }
  const tell = async (
    method: 'StreamStatusEvent' | 'StreamKeepAliveEvent',
    id: string,
    time: number,
    fields: object = {},
  ) => {
    const body = { mediaSessionId: id, status: 'PUBLISHING', nodeId: 'node-1', ...fields };
    const sighting = sightingOf(method, body, seconds(time)) ?? expect.fail();
    await (method === 'StreamKeepAliveEvent' ? streams.keepAlive(sighting) : streams.upsert(sighting));
  };
  const summary = () => lines.find(({ message }) => message === 'sweep');
  const others = (): Record<string, unknown>[] =>
    lines
      .filter(({ message }) => message !== 'sweep')
      .map(({ message, fields, metrics }) => ({ message, ...fields, ...metrics }));

  it('marks a stream without keep-alives for its lease as lost, until a newer hook comes', async () => {
    await tell('StreamStatusEvent', 'a', 0);
    await tell('StreamKeepAliveEvent', 'a', 10);
    now = seconds(130);
    await sweep();
    expect(await dynamo.row('a')).toMatchObject({ phase: 'live' });
    now = seconds(130.001);
    await sweep();
    const lost = await dynamo.row('a');
    expect(lost).toMatchObject({
      phase: 'lost',
      lost: 'no keep-alive for 120 s',
      status: 'PUBLISHING',
      lastSeenAt: '2026-01-01T00:00:10.000Z',
      expiresAt: T0 / 1000 + 10 + 30 * 86_400,
    });
    expect(lost).not.toHaveProperty('live');
    await tell('StreamKeepAliveEvent', 'a', 140);
    const back = await dynamo.row('a');
    expect(back).toMatchObject({ phase: 'live', live: 'publishing' });
    expect(back).not.toHaveProperty('lost');
    expect(back).not.toHaveProperty('expiresAt');
  });

  it('marks a stream that sends none as lost after the maximum age', async () => {
    await tell('StreamStatusEvent', 'b', 0);
    now = seconds(1000);
    await sweep();
    expect(await dynamo.row('b')).toMatchObject({ phase: 'live' });
    now = seconds(1001);
    await sweep();
    expect(await dynamo.row('b')).toMatchObject({ phase: 'lost', lost: 'no hook for 1000 s' });
  });

  it('leaves alone what is young, without reading it, and what has ended', async () => {
    await tell('StreamStatusEvent', 'young', 100);
    await tell('StreamStatusEvent', 'ended', 0);
    await tell('StreamStatusEvent', 'ended', 1, { status: 'UNPUBLISHED' });
    dynamo.requests.length = 0;
    now = seconds(220);
    await sweep();
    expect(dynamo.requests.map(({ operation }) => operation)).toEqual(['GetItem', ...LIVE_KEYS.map(() => 'Query')]);
    expect(await dynamo.row('young')).toMatchObject({ phase: 'live' });
    expect(await dynamo.row('ended')).toMatchObject({ phase: 'ended' });
    expect(summary()).toMatchObject({
      level: 'INFO',
      fields: { lost: 0, isComplete: true },
      metrics: { livePublishers: 1, livePlayers: 0 },
    });
  });

  it('loses to a keep-alive that races it', async () => {
    await tell('StreamStatusEvent', 'c', 0);
    await tell('StreamKeepAliveEvent', 'c', 1);
    now = seconds(200);
    let raced = false;
    dynamo.control.fault = async ({ operation }) => {
      if (operation === 'UpdateItem' && !raced) {
        raced = true;
        await tell('StreamKeepAliveEvent', 'c', 199);
      }
      return undefined;
    };
    await sweep();
    expect(raced).toBe(true);
    expect(await dynamo.row('c')).toMatchObject({ phase: 'live', lastSeenAt: '2026-01-01T00:03:19.000Z' });
    expect(others()).toEqual([]);
  });

  it('reports a silent node in one line, not in one per stream', async () => {
    for (let n = 0; n < 30; n++) {
      await tell('StreamStatusEvent', `d-${n}`, 0, { nodeId: 'silent' });
      await tell('StreamKeepAliveEvent', `d-${n}`, 1, { nodeId: 'silent' });
    }
    for (const [id, last] of [
      ['e-1', 1],
      ['e-2', 190],
    ] as const) {
      await tell('StreamStatusEvent', id, 0, { nodeId: 'half' });
      await tell('StreamKeepAliveEvent', id, last, { nodeId: 'half' });
    }
    now = seconds(200);
    await sweep();
    expect(others()).toEqual([
      { message: 'node silent', nodeId: 'silent', live: 0, silentNodes: 1, lostStreams: 30 },
      { message: 'streams lost', nodeId: 'half', live: 1, lostStreams: 1 },
    ]);
    expect(summary()).toMatchObject({
      fields: { lost: 31, failed: 0 },
      metrics: { livePublishers: 1, livePlayers: 0 },
    });
  });

  it('does not call a node silent whose streams send no keep-alives', async () => {
    await tell('StreamStatusEvent', 'f', 0, { nodeId: 'quiet' });
    now = seconds(2000);
    await sweep();
    expect(others()).toEqual([{ message: 'streams lost', nodeId: 'quiet', live: 0, lostStreams: 1 }]);
  });

  it('calls a node silent although streams without keep-alives are not lost yet, unless one of them was just heard', async () => {
    for (const [nodeId, lastHook] of [
      ['dead', 2],
      ['alive', 190],
    ] as const) {
      await tell('StreamStatusEvent', `i-${nodeId}`, 0, { nodeId });
      await tell('StreamKeepAliveEvent', `i-${nodeId}`, 1, { nodeId });
      await tell('StreamStatusEvent', `j-${nodeId}`, 0, { nodeId });
      await tell('StreamStatusEvent', `j-${nodeId}`, lastHook, { nodeId, bitrate: 1 });
    }
    now = seconds(200);
    await sweep();
    expect(
      others()
        .map(({ message, nodeId }) => `${String(message)} ${String(nodeId)}`)
        .sort(),
    ).toEqual(['node silent dead', 'streams lost alive']);
  });

  it('stops when its time is over, and continues there', async () => {
    await tell('StreamStatusEvent', 'g-publisher', 1900);
    await tell('StreamStatusEvent', 'g-player', 0, { status: 'PLAYING' });
    // Its first page, that of the publishers, takes all the time of a sweep.
    let ticks = 0;
    await createTestSweep(() => seconds(2100) + (ticks++ > 0 ? 46_000 : 0))();
    expect(summary()).toMatchObject({ fields: { isComplete: false, lost: 0 } });
    expect(await dynamo.row('g-player')).toMatchObject({ phase: 'live' });

    lines = [];
    now = seconds(2200);
    await sweep();
    expect(summary()).toMatchObject({ fields: { isComplete: true, lost: 1 } });
    expect(await dynamo.row('g-player')).toMatchObject({ phase: 'lost' });
    expect(await dynamo.row('g-publisher')).toMatchObject({ phase: 'live' });
    // Half a sweep cannot tell whether a node is silent.
    expect(others()).toMatchObject([{ message: 'streams lost' }]);

    now = seconds(3000);
    await sweep();
    expect(await dynamo.row('g-publisher')).toMatchObject({ phase: 'lost' });
  });

  it('walks all pages of the index, and reads again what a busy table leaves unprocessed', async () => {
    const ids = Array.from({ length: 520 }, (_, n) => `k-${n}`);
    await tell('StreamStatusEvent', 'k', 0, { nodeId: 'k' });
    const { mediaSessionId: _, ...row } = (await dynamo.item('k')) ?? {};
    for (const id of ids) await dynamo.set(id, row);
    dynamo.requests.length = 0;
    now = seconds(2000);
    await sweep();
    expect(summary()).toMatchObject({ fields: { lost: 521, live: 0 }, metrics: { livePublishers: 0, livePlayers: 0 } });
    expect(dynamo.requests.filter(({ operation }) => operation === 'Query').length).toBeGreaterThanOrEqual(3);
    const store = createDynamoSweepStore(dynamo.client, testSettings(tablesOf(dynamo)));
    const rows = await store.read('stream', ids, new AbortController().signal);
    expect(
      [...rows]
        .filter(([, { phase }]) => phase === 'lost')
        .map(([id]) => id)
        .sort(),
    ).toEqual([...ids].sort());
  }, 120_000);

  it('finds what is live under every key, whatever LIVE_SHARDS is now', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `shard-${n}`);
    createTestSweep(() => now, { LIVE_SHARDS: '4' });
    for (const [n, id] of ids.entries())
      await tell('StreamStatusEvent', id, 0, { status: n % 2 ? 'PLAYING' : 'PUBLISHING' });
    // Young ones are not read, the others are.
    for (const time of [60, 500]) {
      lines = [];
      now = seconds(time);
      await createTestSweep(() => now)();
      expect(summary()).toMatchObject({ fields: { live: 40 }, metrics: { livePublishers: 20, livePlayers: 20 } });
    }
    lines = [];
    now = seconds(2000);
    await createTestSweep(() => now)();
    expect(summary()).toMatchObject({ fields: { lost: 40, live: 0 } });
  });

  it('starts over if the stored cursor is not valid', async () => {
    await tell('StreamStatusEvent', 'n-1', 0);
    now = seconds(2000);
    for (const place of ['{"role":"playing"}', 'null', 'x']) {
      lines = [];
      await createDynamoSweepStore(dynamo.client, testSettings(tablesOf(dynamo))).saveCursor(place);
      await sweep();
      expect(summary()).toMatchObject({ level: 'INFO', fields: { isComplete: true } });
    }
    expect(await dynamo.row('n-1')).toMatchObject({ phase: 'lost' });
  });

  it('logs what it did before it fails, and continues at the page that failed', async () => {
    for (const [id, status] of [
      ['l-publisher', 'PUBLISHING'],
      ['l-player', 'PLAYING'],
    ] as const) {
      await tell('StreamStatusEvent', id, 0, { status, nodeId: status });
      await tell('StreamKeepAliveEvent', id, 1, { status, nodeId: status });
    }
    now = seconds(2000);
    let queries = 0;
    dynamo.control.fault = ({ operation }) => (operation === 'Query' && ++queries > 1 ? 'lose request' : undefined);
    await expect(sweep()).rejects.toThrow();
    expect(await dynamo.row('l-publisher')).toMatchObject({ phase: 'lost' });
    expect(others()).toMatchObject([{ message: 'streams lost', nodeId: 'PUBLISHING' }]);
    expect(summary()).toMatchObject({ level: 'ERROR', fields: { isComplete: false, lost: 1 }, metrics: {} });

    lines = [];
    dynamo.control.fault = () => undefined;
    dynamo.requests.length = 0;
    await sweep();
    expect(await dynamo.row('l-player')).toMatchObject({ phase: 'lost' });
    expect(dynamo.requests.filter(({ operation }) => operation === 'Query')).toHaveLength(LIVE_KEYS.length - 1);
  });

  it('is not misled by an answer that is lost: its own write is no sign of life', async () => {
    for (const id of ['m-1', 'm-2', 'm-3']) {
      await tell('StreamStatusEvent', id, 0, { nodeId: 'm' });
      await tell('StreamKeepAliveEvent', id, 1, { nodeId: 'm' });
    }
    now = seconds(2000);
    let left = 2;
    dynamo.control.fault = ({ operation }) => (operation === 'UpdateItem' && left-- > 0 ? 'lose answer' : undefined);
    await sweep();
    expect(others()).toEqual([{ message: 'node silent', nodeId: 'm', live: 0, silentNodes: 1, lostStreams: 3 }]);
  });

  it('continues if a row cannot be written, and says so', async () => {
    for (const id of ['h-1', 'h-2']) await tell('StreamStatusEvent', id, 0, { nodeId: 'h' });
    now = seconds(2000);
    dynamo.control.fault = ({ operation, body }) =>
      operation === 'UpdateItem' && JSON.stringify(body).includes('"h-1"') ? 'lose request' : undefined;
    await sweep();
    expect(await dynamo.row('h-2')).toMatchObject({ phase: 'lost' });
    expect(summary()).toMatchObject({ level: 'ERROR', fields: { lost: 1, failed: 1 } });
    expect(summary()?.fields['cause']).toBeTruthy();
  });

  describe('of a session that has ended', () => {
    const session = async (id: string, time: number, status: string) => {
      const sighting = sightingOf('ConnectionStatusEvent', { sessionId: id, status }, seconds(time)) ?? expect.fail();
      await streams.upsert(sighting);
    };

    it('presumes that its live streams have ended with it, and no other', async () => {
      await session('n-ended', 0, 'ESTABLISHED');
      await session('n-live', 0, 'ESTABLISHED');
      for (const [id, sessionId, time] of [
        ['n-1', 'n-ended', 1],
        ['n-2', 'n-ended', 2],
        ['n-3', 'n-live', 1],
        ['n-4', 'n-unknown', 1],
        ['n-later', 'n-ended', 50],
      ] as const) {
        await tell('StreamStatusEvent', id, time, { sessionId });
      }
      await session('n-ended', 50, 'DISCONNECTED');
      now = seconds(500);
      await sweep();
      expect(await dynamo.row('n-1')).toMatchObject({
        phase: 'ended',
        status: 'DISCONNECTED',
        info: 'presumed: the session has ended',
        endedAt: '2026-01-01T00:00:50.000Z',
        lastSeenAt: '2026-01-01T00:00:50.000Z',
        expiresAt: T0 / 1000 + 50 + 30 * 86_400,
      });
      expect(await dynamo.row('n-1')).not.toHaveProperty('live');
      expect(await dynamo.row('n-2')).toMatchObject({ phase: 'ended' });
      for (const id of ['n-3', 'n-4', 'n-later']) expect(await dynamo.row(id)).toMatchObject({ phase: 'live' });
      expect(summary()).toMatchObject({
        fields: { ended: 2, lost: 0, live: 3 },
        metrics: { livePublishers: 3, livePlayers: 0 },
      });
      expect(others()).toEqual([]);
    });

    it('reads each session once, however many streams it has, and none for young streams', async () => {
      for (let n = 0; n < 30; n++) await tell('StreamStatusEvent', `o-${n}`, 0, { sessionId: 'o' });
      await tell('StreamStatusEvent', 'o-young', 450, { sessionId: 'o-young' });
      dynamo.requests.length = 0;
      now = seconds(500);
      await sweep();
      const keys = dynamo.requests
        .filter(({ operation }) => operation === 'BatchGetItem')
        .map(({ body }) => (body['RequestItems'] as Record<string, { Keys: object[] }>)[dynamo.sessionsTable]?.Keys);
      // What a busy table leaves unprocessed is asked for again.
      const asked = new Set(keys.filter((one) => one !== undefined).map((one) => JSON.stringify(one)));
      expect([...asked]).toEqual([JSON.stringify([{ sessionId: { S: 'o' } }])]);
    });

    it('is overruled by an end that WCS reports late, and not by a late sign of life', async () => {
      await tell('StreamStatusEvent', 'p', 1, { sessionId: 'p' });
      await session('p', 50, 'DISCONNECTED');
      now = seconds(500);
      await sweep();
      await tell('StreamStatusEvent', 'p', 60);
      expect(await dynamo.row('p')).toMatchObject({ phase: 'ended', endedAt: '2026-01-01T00:00:50.000Z' });
      await tell('StreamStatusEvent', 'p', 49, { status: 'UNPUBLISHED', info: 'Stopped by session disconnect' });
      expect(await dynamo.row('p')).toMatchObject({
        phase: 'ended',
        status: 'UNPUBLISHED',
        info: 'Stopped by session disconnect',
        endedAt: '2026-01-01T00:00:49.000Z',
      });
    });

    it('ends no stream that is heard of since, nor one of another server, nor before it could have been heard', async () => {
      const node = (id: string) => ({ sessionId: 'r', nodeId: id === 'r-elsewhere' ? 'node-2' : 'node-1' });
      const keepAlive = (id: string, time: number) => tell('StreamKeepAliveEvent', id, time, node(id));
      for (const id of ['r-heard', 'r-elsewhere', 'r-silent', 'r-quiet']) {
        await tell('StreamStatusEvent', id, 1, node(id));
        if (id !== 'r-quiet') await keepAlive(id, 2);
      }
      const end = { sessionId: 'r', nodeId: 'node-1', status: 'DISCONNECTED' };
      await streams.upsert(sightingOf('ConnectionStatusEvent', end, seconds(70)) ?? expect.fail());
      const sweepAt = async (time: number) => {
        now = seconds(time);
        await sweep();
        return Promise.all(['r-heard', 'r-silent', 'r-quiet'].map(async (id) => (await dynamo.row(id)).phase));
      };
      // Its keep-alives at 72 to 112 are fresh, and not written: it shows nothing after the end yet.
      for (const time of [62, 72, 82, 92, 102, 112]) await keepAlive('r-heard', time);
      expect(await sweepAt(122)).toEqual(['live', 'live', 'live']);
      expect(await sweepAt(122.001)).toEqual(['live', 'ended', 'live']);
      await keepAlive('r-heard', 123);
      expect(await sweepAt(190)).toEqual(['live', 'ended', 'live']);
      expect(await sweepAt(190.001)).toEqual(['live', 'ended', 'ended']);
      // That of another server is lost, as it is silent, and not ended by a session that is not its own.
      expect(await dynamo.row('r-elsewhere')).toMatchObject({ phase: 'lost' });
    });

    it('that cannot be read keeps no lease from running out', async () => {
      await tell('StreamStatusEvent', 's', 0, { sessionId: 's' });
      now = seconds(2000);
      dynamo.control.fault = ({ operation, body }) =>
        operation === 'BatchGetItem' && JSON.stringify(body).includes(dynamo.sessionsTable)
          ? 'lose request'
          : undefined;
      await sweep();
      expect(await dynamo.row('s')).toMatchObject({ phase: 'lost' });
      expect(lines.find(({ message }) => message === 'sessions not read')).toMatchObject({ level: 'ERROR' });
    });

    it('at an address is no end for the streams of a later connection there', async () => {
      const address = '/10.0.0.2:1/10.0.0.1:2';
      await tell('StreamStatusEvent', 'q', 1, { sessionId: address });
      await session(address, 2, 'DISCONNECTED');
      await session(address, 3, 'ESTABLISHED');
      now = seconds(500);
      await sweep();
      expect(await dynamo.row('q')).toMatchObject({ phase: 'live' });
    });
  });

  describe('of calls', () => {
    const call = async (id: string, time: number, status: string, fields: object = {}) => {
      const body = { callId: id, status, nodeId: 'node-1', ...fields };
      const method = status === 'PENDING' ? 'call' : 'CallStatusEvent';
      await streams.upsert(sightingOf(method, body, seconds(time)) ?? expect.fail());
    };

    it('presumes that those have ended which ring or talk in a session that has ended, if they began before it', async () => {
      const end = { status: 'DISCONNECTED', sessionId: 'c-session' };
      await call('c-talks', 1, 'ESTABLISHED', { sessionId: 'c-session' });
      await call('c-rings', 2, 'RING', { sessionId: 'c-session' });
      await call('c-later', 50, 'RING', { sessionId: 'c-session' });
      await call('c-elsewhere', 2, 'RING', { sessionId: 'c-other' });
      await call('c-starts', 2, 'PENDING', { sessionId: 'c-session' });
      await streams.upsert(sightingOf('ConnectionStatusEvent', end, seconds(50)) ?? expect.fail());
      now = seconds(170);
      await sweep();
      expect(await dynamo.callRow('c-talks')).toMatchObject({ phase: 'live' });
      now = seconds(170.001);
      await sweep();
      expect(await dynamo.callRow('c-talks')).toMatchObject({
        ...{ phase: 'ended', status: 'DISCONNECTED', info: 'presumed: the session has ended', talkSeconds: 49 },
        ...{ endedAt: '2026-01-01T00:00:50.000Z', closedAt: '2026-01-01T00:00:50.000Z', closedIn: '2026-01-01T00' },
      });
      expect(await dynamo.callRow('c-talks')).not.toHaveProperty('live');
      expect(await dynamo.callRow('c-rings')).toMatchObject({ phase: 'ended', talkSeconds: 0 });
      for (const id of ['c-later', 'c-elsewhere']) expect(await dynamo.callRow(id)).toMatchObject({ live: 'ringing' });
      expect(await dynamo.callRow('c-starts')).toMatchObject({ phase: 'starting' });
      // WCS's own end overrules it.
      await call('c-talks', 49, 'FINISH');
      expect(await dynamo.callRow('c-talks')).toMatchObject({ status: 'FINISH', talkSeconds: 48 });
    });

    it('lays lost over those of which nothing is heard for the maximum age, and calls no node silent for that', async () => {
      await call('d-talks', 0, 'ESTABLISHED', { nodeId: 'd' });
      await call('d-rings', 500, 'RING', { nodeId: 'd' });
      now = seconds(1000);
      await sweep();
      expect(await dynamo.callRow('d-talks')).toMatchObject({ phase: 'live' });
      expect(summary()).toMatchObject({
        fields: { live: 2, lost: 0 },
        metrics: { livePublishers: 0, livePlayers: 0, ringingCalls: 1, talkingCalls: 1 },
      });
      lines = [];
      now = seconds(1000.001);
      await sweep();
      expect(await dynamo.callRow('d-talks')).toMatchObject({
        ...{ phase: 'lost', lost: 'no hook for 1000 s', closedAt: '2026-01-01T00:00:00.000Z' },
      });
      expect(await dynamo.callRow('d-talks')).not.toHaveProperty('live');
      expect(await dynamo.callRow('d-rings')).toMatchObject({ phase: 'live' });
      expect(others()).toEqual([{ message: 'calls lost', nodeId: 'd', live: 1, lostCalls: 1 }]);
      // A newer hook lifts it.
      await call('d-talks', 1001, 'HOLD', { nodeId: 'd' });
      const back = await dynamo.callRow('d-talks');
      expect(back).toMatchObject({ phase: 'live', live: 'talking', answeredAt: '2026-01-01T00:00:00.000Z' });
      for (const field of ['lost', 'closedIn', 'closedAt', 'expiresAt']) expect(back).not.toHaveProperty(field);
    });

    it('continues in their index where it failed there', async () => {
      await tell('StreamStatusEvent', 'e', 0);
      await call('e-talks', 0, 'ESTABLISHED');
      now = seconds(2000);
      dynamo.control.fault = ({ operation, body }) =>
        operation === 'Query' && body['TableName'] === dynamo.callsTable ? 'lose request' : undefined;
      await expect(sweep()).rejects.toThrow();
      expect(await dynamo.row('e')).toMatchObject({ phase: 'lost' });
      expect(await dynamo.callRow('e-talks')).toMatchObject({ phase: 'live' });
      dynamo.control.fault = () => undefined;
      dynamo.requests.length = 0;
      await sweep();
      expect(await dynamo.callRow('e-talks')).toMatchObject({ phase: 'lost' });
      const queried = dynamo.requests.filter(({ operation }) => operation === 'Query');
      expect(queried.map(({ body }) => body['TableName'])).toEqual(liveKeysOf('call').map(() => dynamo.callsTable));
    });
  });
});
