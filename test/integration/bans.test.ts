import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bans as bansOfTemplate } from '../../infra/cloudformation/bans.ts';
import { createTables, type Resources } from '../../infra/local/tables.ts';
import { sightingOf } from '../../lib/state/sighting-of.ts';
import { bansOf } from '../../lib/state/bans.ts';
import { createBanTable, MOST_BANS, TooManyBansError } from '../../lib/store/ban-table.ts';
import { createBoardStore } from '../../lib/store/board-store.ts';
import { createDynamoStore } from '../../lib/store/dynamo-store.ts';
import { shellWith } from '../support/cloudformation.ts';
import type { MethodName } from '../../lib/wcs/methods.ts';
import { startDynamo, tablesOf } from '../support/dynamo.ts';
import { testSettings } from '../support/settings.ts';

const AT = Date.parse('2026-11-25T10:00:00.000Z');
const signal = () => AbortSignal.timeout(20_000);

describe('in DynamoDB', () => {
  let dynamo: Awaited<ReturnType<typeof startDynamo>>;
  let table: ReturnType<typeof createBanTable>;
  beforeAll(async () => {
    dynamo = await startDynamo();
    const name = `bans-${process.pid}`;
    const { BansTable } = (await bansOfTemplate(shellWith({}))).Resources;
    const resources = { BansTable: { ...BansTable, Properties: { ...BansTable?.Properties, TableName: name } } };
    await createTables(resources as Resources, dynamo.direct);
    table = createBanTable(dynamo.client, name, () => AT);
  });
  afterAll(() => dynamo.close());
  beforeEach(() => (dynamo.requests.length = 0));

  it('a ban is kept, replaced and lifted, each by one request', async () => {
    const ban = { key: 'sub:alice', until: 1_800_000_000, reason: 'spam', by: 'bob', at: '2026-11-25T10:00:00.000Z' };
    await table.put(ban, signal());
    expect(await table.read(signal())).toEqual([ban]);
    await Promise.all([table.put({ key: 'sub:alice' }, signal()), table.put({ key: 'name:room-1' }, signal())]);
    expect((await table.read(signal())).toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
      { key: 'name:room-1' },
      { key: 'sub:alice' },
    ]);
    expect(await table.remove('sub:alice', signal())).toEqual({ key: 'sub:alice' });
    expect(await table.remove('sub:alice', signal())).toBeUndefined();
    await table.put({ key: 'name:room-1', until: AT / 1000 }, signal());
    expect(await table.read(signal())).toEqual([]);
    expect(await table.remove('name:room-1', signal())).toBeUndefined();
    expect(dynamo.requests.map(({ operation }) => operation)).toEqual([
      'PutItem',
      'Scan',
      'PutItem',
      'PutItem',
      'Scan',
      'DeleteItem',
      'DeleteItem',
      'PutItem',
      'Scan',
      'DeleteItem',
    ]);
  });

  it('bans of more than a page are all read, and more than can be known are an error', async () => {
    const pages = (of: number, each: number, until?: number) => {
      let page = 0;
      const client = {
        send: () => {
          page++;
          const Items = Array.from({ length: each }, (_, n) => ({
            key: { S: `sub:${page}-${n}` },
            ...(until === undefined ? {} : { until: { N: String(until) } }),
          }));
          return Promise.resolve({ Items, ...(page < of ? { LastEvaluatedKey: { key: { S: 'x' } } } : {}) });
        },
      };
      return createBanTable(client as never, 'bans', () => AT).read(signal());
    };
    expect(await pages(3, 7)).toHaveLength(21);
    expect(await pages(2, MOST_BANS / 2)).toHaveLength(MOST_BANS);
    await expect(pages(2, MOST_BANS / 2 + 1)).rejects.toThrow(TooManyBansError);
    // Those that are over and not removed yet take nobody's place.
    expect(await pages(2, MOST_BANS, AT / 1000)).toEqual([]);
  });

  it('a keep-alive of a banned stream is stopped, and its row says since when', async () => {
    const settings = testSettings({ ...tablesOf(dynamo), STOP_STREAMS: 'true' });
    const store = createDynamoStore(dynamo.client, settings);
    const hook = (method: 'StreamStatusEvent' | 'StreamKeepAliveEvent', at: number) => {
      const body = { mediaSessionId: 'banned', status: 'PUBLISHING', published: true, name: 'room-1', sessionId: 's' };
      return sightingOf(method, body, at, {}) ?? expect.fail('no sighting');
    };
    await store.upsert(hook('StreamStatusEvent', AT));
    const bans = bansOf([{ key: 'name:room-1', until: AT / 1000 + 60 }]);
    const keptAlive = (at: number) => store.keepAlive(hook('StreamKeepAliveEvent', at), undefined, bans);
    expect(await keptAlive(AT + 10_000)).toMatchObject({ stop: 'ban' });
    expect(await keptAlive(AT + 20_000)).toMatchObject({ stop: 'ban' });
    expect(await keptAlive(AT + 60_000)).not.toHaveProperty('stop');
    expect(await dynamo.row('banned')).toMatchObject({ stopSentAt: new Date(AT + 10_000).toISOString() });
  });

  it('a keep-alive looks for the user of a stream whose row has none at its connection, while users are banned', async () => {
    const settings = testSettings({ ...tablesOf(dynamo), STOP_STREAMS: 'true' });
    const store = createDynamoStore(dynamo.client, settings);
    const common = { sessionId: 'of-alice', nodeId: 'n', appKey: 'a' };
    const hook = (method: MethodName, fields: object, at: number, sub?: string) => {
      const body = { ...common, mediaSessionId: 'without-user', published: true, ...fields };
      return sightingOf(method, body, at, sub === undefined ? {} : { isDecided: true, sub }) ?? expect.fail();
    };
    await store.upsert(hook('connect', {}, AT, 'alice'));
    await store.upsert(hook('StreamStatusEvent', { status: 'PUBLISHING' }, AT));
    const requestsOf = async (key: string, at: number) => {
      dynamo.requests.length = 0;
      const keptAlive = hook('StreamKeepAliveEvent', { status: 'PUBLISHING' }, at);
      const { stop } = await store.keepAlive(keptAlive, undefined, bansOf([{ key }]));
      return [stop, ...dynamo.requests.map(({ operation }) => operation)];
    };
    await requestsOf('name:x', AT + 10_000);
    expect(await requestsOf('name:x', AT + 11_000)).toEqual([undefined, 'GetItem']);
    expect(await requestsOf('sub:bob', AT + 12_000)).toEqual([undefined, 'GetItem', 'GetItem']);
    expect(await requestsOf('sub:alice', AT + 13_000)).toEqual(['ban', 'GetItem', 'GetItem', 'UpdateItem']);
    // Of somebody who has his address at another node.
    Object.assign(common, { nodeId: 'another' });
    expect((await requestsOf('sub:alice', AT + 14_000))[0]).toBeUndefined();
  });

  it('the user in the row of a stream counts before that of its connection, also when a race brings it', async () => {
    const settings = testSettings({ ...tablesOf(dynamo), STOP_STREAMS: 'true' });
    const store = createDynamoStore(dynamo.client, settings);
    const hook = (method: MethodName, status: string, at: number, sub?: string) =>
      sightingOf(
        method,
        { sessionId: 'of-alice-2', nodeId: 'n', appKey: 'a', mediaSessionId: 'raced', published: true, status },
        at,
        sub === undefined ? {} : { isDecided: true, sub },
      ) ?? expect.fail();
    await store.upsert(hook('connect', '', AT, 'alice'));
    await store.upsert(hook('StreamStatusEvent', 'PUBLISHING', AT));
    const late = hook('publishStream', '', AT + 1000, 'bob');
    dynamo.control.fault = async ({ operation }) => {
      if (operation !== 'UpdateItem') return undefined;
      dynamo.control.fault = () => undefined;
      await store.upsert(late);
      return undefined;
    };
    const keptAlive = hook('StreamKeepAliveEvent', 'PUBLISHING', AT + 120_000);
    expect(await store.keepAlive(keptAlive, undefined, bansOf([{ key: 'sub:alice' }]))).not.toHaveProperty('stop');
    expect(await dynamo.row('raced')).toMatchObject({ sub: 'bob' });
    expect(await store.keepAlive(keptAlive, undefined, bansOf([{ key: 'sub:bob' }]))).toHaveProperty('stop', 'ban');
  });

  it('the board reads what is live and what is closed from the indexes, over all shards and hours, and stops by one request', async () => {
    const settings = testSettings({ ...tablesOf(dynamo), LIVE_SHARDS: '4' });
    const store = createDynamoStore(dynamo.client, settings);
    const ids = Array.from({ length: 12 }, (_, n) => `shown-${n}`);
    for (const [n, mediaSessionId] of ids.entries()) {
      const status = (word: string, at: number) =>
        sightingOf('StreamStatusEvent', { mediaSessionId, status: word, published: n % 2 === 0, name: 'n' }, at, {});
      const live = status(n % 2 === 0 ? 'PUBLISHING' : 'PLAYING', AT + n) ?? expect.fail();
      await store.upsert(live);
      // Ten minutes apart, so that they are of two hours.
      if (n >= 6) await store.upsert(status('UNPUBLISHED', AT + (n - 6) * 600_000) ?? expect.fail());
    }
    const board = createBoardStore(dynamo.client, settings);
    dynamo.requests.length = 0;
    const { rows, isComplete } = await board.live('stream', signal());
    const shown = rows.filter(({ id }) => id.startsWith('shown'));
    expect(isComplete).toBe(true);
    expect(shown.map(({ id, live }) => [id, live]).toSorted()).toEqual(
      ids.slice(0, 6).map((id, n) => [id, n % 2 === 0 ? 'publishing' : 'playing']),
    );
    expect(new Set(dynamo.requests.map(({ operation }) => operation))).toEqual(new Set(['Query']));
    expect(dynamo.requests).toHaveLength(8);
    const to = AT + 5 * 600_000 + 600_000;
    const closed = await board.closed('stream', to - 2_400_000, to, signal());
    expect(closed.rows.map(({ id }) => id).toSorted()).toEqual(ids.slice(8).toSorted());

    dynamo.requests.length = 0;
    expect(await board.stop('shown-0', { reason: 'spam', by: 'alice' }, signal())).toBe(true);
    expect(await board.stop('nobody', {}, signal())).toBe(false);
    expect(dynamo.requests.map(({ operation }) => operation)).toEqual(['UpdateItem', 'UpdateItem']);
    expect(await board.row('stream', 'shown-0', signal())).toMatchObject({
      stop: 'spam',
      stopBy: 'alice',
      phase: 'live',
    });
    expect(await board.row('stream', 'nobody', signal())).toBeUndefined();
    expect(await board.stop('shown-0', {}, signal())).toBe(true);
    expect(await board.row('stream', 'shown-0', signal())).not.toHaveProperty('stopBy');
    // What the role lets it write, and no more.
    const { UpdateExpression, ExpressionAttributeNames, ReturnValues } = dynamo.requests[0]?.body ?? {};
    expect(Object.values(ExpressionAttributeNames as object).toSorted()).toEqual(['revision', 'stop', 'stopBy']);
    expect([ReturnValues, UpdateExpression]).toEqual([undefined, expect.stringContaining('#stop')]);
  });
});
