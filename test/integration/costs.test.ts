import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSweep } from '../../lib/jobs/sweep.ts';
import { sightingOf } from '../../lib/state/sighting-of.ts';
import { createDynamoStore } from '../../lib/store/dynamo-store.ts';
import { createDynamoSweepStore } from '../../lib/store/dynamo-sweep-store.ts';
import type { Store } from '../../lib/store/store.ts';
import { METHODS, type MethodName } from '../../lib/wcs/methods.ts';
import { createRandom } from '../simulator/random.ts';
import { connects, createClient, createNodeId, streamHook } from '../simulator/sessions.ts';
import { consistentReadUnits, readUnits, sizeOf, writeUnits } from '../support/billing.ts';
import { startDynamo, tablesOf, type TestDynamo } from '../support/dynamo.ts';
import { testSettings } from '../support/settings.ts';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const random = createRandom(1);
const nodeId = createNodeId(random);
const newClient = (published: boolean) =>
  createClient(random, { name: 'stream-with-a-name-of-usual-length', published, nodeId });

describe('what it costs, in requests and units:', () => {
  let dynamo: TestDynamo;
  let store: Store;
  beforeAll(async () => {
    dynamo = await startDynamo({ givesItem: true });
    store = createDynamoStore(dynamo.client, testSettings(tablesOf(dynamo)));
  });
  afterAll(() => dynamo.close());
  let client = newClient(true);
  beforeEach(() => {
    client = newClient(true);
  });

  /** The requests and units of one hook; the whole row is billed by what it was before and after. */
  async function costOf(method: MethodName, status: string, second: number) {
    const { body } = streamHook(client, method, status);
    expect(METHODS[method].subject).toBe('stream');
    const sighting =
      sightingOf(method, JSON.parse(body) as Record<string, unknown>, T0 + second * 1000) ?? expect.fail();
    const before = await dynamo.item(client.mediaSessionId);
    dynamo.requests.length = 0;
    await (method === 'StreamKeepAliveEvent' ? store.keepAlive(sighting) : store.upsert(sighting));
    const after = (await dynamo.item(client.mediaSessionId)) ?? {};
    const requests = dynamo.requests.map(({ operation }) => operation);
    const reads = requests.filter((operation) => operation === 'GetItem').length;
    const writes = requests.filter((operation) => operation === 'UpdateItem').length;
    return {
      requests,
      read: reads * consistentReadUnits(before),
      // A write that a condition refuses is billed as one that changes nothing.
      write: writes === 0 ? 0 : writeUnits(before, after) + (writes - 1) * writeUnits(before, before ?? {}),
    };
  }

  it('a stream from its start to its end, one write each, two units for each index that changes', async () => {
    expect(await costOf('publishStream', 'PENDING', 0)).toEqual({ requests: ['UpdateItem'], read: 0, write: 2 });
    expect(await costOf('StreamStatusEvent', 'PUBLISHING', 1)).toEqual({ requests: ['UpdateItem'], read: 0, write: 2 });
    expect(await costOf('StreamStatusEvent', 'PUBLISHING', 2)).toEqual({ requests: ['UpdateItem'], read: 0, write: 1 });
    expect(await costOf('StreamStatusEvent', 'RESIZE', 3)).toEqual({ requests: ['UpdateItem'], read: 0, write: 1 });
    // It leaves the index `live`, and is in `closed` from now on.
    expect(await costOf('StreamStatusEvent', 'UNPUBLISHED', 4)).toEqual({
      requests: ['UpdateItem'],
      read: 0,
      write: 3,
    });
    expect(sizeOf((await dynamo.item(client.mediaSessionId)) ?? {})).toBeLessThan(1024);
  });

  it('a call from its start to its end, one write each, two more where it begins to talk and where it ends', async () => {
    const id = 'call-with-an-id-of-the-usual-length';
    const body = {
      ...{ nodeId, appKey: 'click2callApp', sessionId: client.sessionId, callId: id, incoming: false },
      ...{ caller: '1001', callee: '+493012345642', hasAudio: true, hasVideo: false, mediaProvider: 'WebRTC' },
    };
    const cost = async (method: MethodName, status: string, second: number, fields: object = {}) => {
      const sighting = sightingOf(method, { ...body, status, ...fields }, T0 + second * 1000) ?? expect.fail();
      const before = await dynamo.callItem(id);
      dynamo.requests.length = 0;
      await store.upsert(sighting);
      const after = (await dynamo.callItem(id)) ?? {};
      return [dynamo.requests.map(({ operation }) => operation).join(), writeUnits(before, after, 'CallsTable')];
    };
    expect(await cost('call', 'PENDING', 0)).toEqual(['UpdateItem', 1]);
    // Into the index `live`.
    expect(await cost('CallStatusEvent', 'TRYING', 1)).toEqual(['UpdateItem', 2]);
    expect(await cost('CallStatusEvent', 'RING', 2)).toEqual(['UpdateItem', 1]);
    // From one key of it to another.
    expect(await cost('CallStatusEvent', 'ESTABLISHED', 9)).toEqual(['UpdateItem', 3]);
    expect(await cost('hold', '', 10)).toEqual(['UpdateItem', 1]);
    expect(await cost('CallStatusEvent', 'HOLD', 11)).toEqual(['UpdateItem', 1]);
    expect(await cost('transfer', '', 12, { target: '1003' })).toEqual(['GetItem,UpdateItem', 1]);
    expect(await cost('hangup', '', 13)).toEqual(['UpdateItem', 1]);
    // Out of it, and into `closed`.
    expect(await cost('CallStatusEvent', 'FINISH', 14.345)).toEqual(['UpdateItem', 3]);
    expect(await dynamo.callRow(id)).toMatchObject({ talkSeconds: 5.345, closedIn: '2026-01-01T00' });
    expect(sizeOf((await dynamo.callItem(id)) ?? {})).toBeLessThan(1024);
  });

  it('a keep-alive: one read while its lease is fresh, and one write where it renews it', async () => {
    await costOf('StreamStatusEvent', 'PUBLISHING', 0);
    expect(await costOf('StreamKeepAliveEvent', 'PUBLISHING', 10)).toEqual({
      requests: ['GetItem', 'UpdateItem'],
      read: 1,
      write: 1,
    });
    expect(await costOf('StreamKeepAliveEvent', 'PUBLISHING', 20)).toEqual({
      requests: ['GetItem'],
      read: 1,
      write: 0,
    });
    expect(await costOf('StreamKeepAliveEvent', 'PUBLISHING', 60)).toEqual({
      requests: ['GetItem'],
      read: 1,
      write: 0,
    });
    expect(await costOf('StreamKeepAliveEvent', 'PUBLISHING', 70)).toEqual({
      requests: ['GetItem', 'UpdateItem'],
      read: 1,
      write: 1,
    });
  });

  it('a hook that comes too late: a write whose condition fails, and another if it has news', async () => {
    await costOf('StreamStatusEvent', 'UNPUBLISHED', 10);
    expect(await costOf('StreamStatusEvent', 'PUBLISHING', 5)).toMatchObject({
      requests: ['UpdateItem', 'UpdateItem'],
      read: 0,
    });
    expect(await costOf('StreamStatusEvent', 'PUBLISHING', 5)).toEqual({ requests: ['UpdateItem'], read: 0, write: 1 });
  });

  it('connect and each status of a connection: one request and one write unit; a decision one consistent read', async () => {
    const [connect, established] = connects(client);
    const claims = JSON.stringify({ publish: ['room-*'], play: ['*'], maxDuration: 3600 });
    for (const hook of [connect, established] as const) {
      const body = JSON.parse(hook?.body ?? '') as Record<string, unknown>;
      const method = hook?.method as MethodName;
      const recorded = method === 'connect' ? { sub: 'alice', claims } : {};
      dynamo.requests.length = 0;
      await store.upsert(sightingOf(method, body, T0 + (method === 'connect' ? 0 : 1), recorded) ?? expect.fail());
      expect(dynamo.requests.map(({ operation }) => operation)).toEqual(['UpdateItem']);
    }
    dynamo.requests.length = 0;
    const row = await store.readSession(client.sessionId);
    expect(row).toMatchObject({ phase: 'live', sub: 'alice', claims });
    expect(dynamo.requests).toMatchObject([{ operation: 'GetItem', body: { ConsistentRead: true } }]);
    // No index: the row alone, which is under 1 KB.
    expect(JSON.stringify(row).length).toBeLessThan(1024);
  });

  it('a sweep of many live streams: the index, and half a read unit for each stream older than a lease and for its session', async () => {
    const STREAMS = 2_000;
    await costOf('StreamStatusEvent', 'PUBLISHING', 0);
    const template = (await dynamo.item(client.mediaSessionId)) ?? {};
    // Each of a client of its own, as viewers are.
    const items = Array.from({ length: STREAMS - 1 }, (_, n) => ({
      ...template,
      mediaSessionId: { S: `${client.mediaSessionId}-${n}` },
      sessionId: { S: `${client.sessionId}-${n}` },
    }));
    for (let start = 0; start < items.length; start += 25) {
      const puts = items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
      await dynamo.direct.send(new BatchWriteItemCommand({ RequestItems: { [dynamo.table]: puts } }));
    }
    dynamo.requests.length = 0;
    const settings = testSettings(tablesOf(dynamo));
    const lines: object[] = [];
    const sweep = createSweep({
      store: createDynamoSweepStore(dynamo.client, settings),
      settings,
      log: (line) => lines.push(line),
      now: () => T0 + 121_000,
    });
    await sweep();
    const count = (wanted: string) => dynamo.requests.filter(({ operation }) => operation === wanted).length;
    // Earlier tests have left some live ones, too.
    expect(lines).toMatchObject([{ message: 'sweep', fields: { lost: 0 } }]);
    const batches = Math.ceil(STREAMS / 100);
    expect(count('GetItem')).toBe(1);
    expect(count('UpdateItem')).toBe(0);
    // A page has 500 streams; its rows are read in batches of 100. Of the 16 keys that there can be, of calls too, 14 are empty.
    const entryBytes = sizeOf(
      Object.fromEntries(
        Object.entries(template).filter(([name]) =>
          ['mediaSessionId', 'live', 'startedAt', 'name', 'nodeId', 'appKey', 'sessionId', 'published'].includes(name),
        ),
      ),
    );
    expect(count('Query')).toBeLessThanOrEqual(STREAMS / 500 + 3 + 14);
    const batchesOf = (table: string) =>
      dynamo.requests.filter(
        ({ operation, body }) => operation === 'BatchGetItem' && table in (body['RequestItems'] as object),
      ).length;
    for (const table of [dynamo.table, dynamo.sessionsTable]) {
      expect(batchesOf(table)).toBeGreaterThanOrEqual(batches);
      expect(batchesOf(table)).toBeLessThanOrEqual(batches + count('Query'));
    }
    const rows = 2 * STREAMS * readUnits(sizeOf(template));
    const index = readUnits(STREAMS * entryBytes);
    console.log(
      `a sweep of ${STREAMS} live streams: ${dynamo.requests.length} requests, ${Math.round(index)} read units for the index and ${rows} for the rows of streams and sessions`,
    );
    expect(rows).toBe(STREAMS);
    expect(index).toBeLessThan(STREAMS / 20);
  }, 60_000);
});
