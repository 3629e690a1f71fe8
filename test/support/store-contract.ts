import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { fc, test } from '@fast-check/vitest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Sighting } from '../../lib/state/sighting.ts';
import { sightingOf } from '../../lib/state/sighting-of.ts';
import { createDynamoStore } from '../../lib/store/dynamo-store.ts';
import { shardKeyOf } from '../../lib/store/index-keys.ts';
import type { Pacing } from '../../lib/store/budget.ts';
import { StoreError, type Store } from '../../lib/store/store.ts';
import type { MethodName } from '../../lib/wcs/methods.ts';
import { refusedByAws } from './aws-limits.ts';
import { tablesOf, type TestDynamo } from './dynamo.ts';
import { rowOfSet } from './oracle.ts';
import { testSettings } from './settings.ts';
import { delivery, HISTORIES } from './sightings.ts';

const RETENTION = 30 * 24 * 3600;
const T0 = Date.parse('2026-01-01T00:00:00.000Z');

/** What the store promises, held against any DynamoDB API. */
export function describeStore(start: () => Promise<TestDynamo>, numRuns: number, waiting?: Pacing): void {
  let dynamo: TestDynamo;
  let store: Store;
  let id = '';
  let streams = 0;

  beforeAll(async () => {
    dynamo = await start();
    store = createDynamoStore(dynamo.client, testSettings(tablesOf(dynamo)), waiting);
  });
  afterAll(() => dynamo.close());
  beforeEach(() => {
    id = `stream-${streams++}`;
    dynamo.requests.length = 0;
  });
  afterEach(() => {
    dynamo.control.fault = () => undefined;
    dynamo.control.delay = 0;
    expect(dynamo.requests.flatMap(refusedByAws)).toEqual([]);
  });

  function sighting(method: MethodName, seconds: number, fields: Record<string, unknown> = {}): Sighting {
    const seen = sightingOf(method, { mediaSessionId: id, ...fields }, T0 + seconds * 1000);
    if (!seen) throw new Error('no sighting');
    return seen;
  }
  const status = (word: string, seconds: number, fields: Record<string, unknown> = {}) =>
    sighting('StreamStatusEvent', seconds, { status: word, ...fields });
  const operations = () => dynamo.requests.map(({ operation }) => operation);
  async function upsertAll(sightings: Sighting[]) {
    const outcomes = [];
    for (const one of sightings) outcomes.push(await store.upsert(one));
    return outcomes;
  }

  describe('on the common path', () => {
    it('every hook of a stream in its order is one UpdateItem, and the row is that of the rule', async () => {
      const life = [
        sighting('publishStream', 0, { name: 'b4e7', published: true, status: 'PENDING' }),
        status('PUBLISHING', 1, { name: 'b4e7', published: true, width: 640 }),
        sighting('StreamEvent', 2),
        status('RESIZE', 3, { width: 320, height: 240 }),
        status('PUBLISHING', 4, { width: 320 }),
        status('UNPUBLISHED', 5, { info: 'Stopped by user' }),
      ];
      expect(await upsertAll(life)).toEqual(Array<string>(6).fill('applied'));
      expect(operations()).toEqual(Array<string>(6).fill('UpdateItem'));
      expect(await dynamo.row(id)).toEqual(rowOfSet(life, RETENTION));
      expect((await dynamo.item(id))?.['revision']).toEqual({ N: '6' });
    });

    it('a resize brings its size into the row by one UpdateItem, and a word that is older brings back none', async () => {
      const playing = status('PLAYING', 1, { width: 640, height: 360 });
      const resizes = [
        status('RESIZE', 3, { width: 1280, height: 720 }),
        status('RESIZE', 4, { width: 320, height: 180 }),
      ];
      await upsertAll([playing, ...resizes]);
      expect(operations()).toEqual(Array<string>(3).fill('UpdateItem'));
      expect(await dynamo.row(id)).toMatchObject({ width: 320, height: 180 });
      const late = status('PLAYING', 2, { width: 64, height: 36, info: 'late' });
      await upsertAll([late, ...resizes]);
      expect(await dynamo.row(id)).toEqual(rowOfSet([playing, ...resizes, late], RETENTION));
      expect(await dynamo.row(id)).toMatchObject({ width: 320, height: 180, info: 'late' });
    });

    it('leaves nothing in the row that followed from an earlier state: of a lost stream, of an ended connection', async () => {
      const back = status('PUBLISHING', 2, { published: true });
      await store.upsert(status('PUBLISHING', 0, { published: true }));
      await dynamo.set(id, { live: undefined, phase: { S: 'lost' }, lost: { S: 'no news' }, expiresAt: { N: '1' } });
      dynamo.requests.length = 0;
      await store.upsert(back);
      expect(operations()).toEqual(['UpdateItem']);
      expect(await dynamo.row(id)).toEqual(rowOfSet([status('PUBLISHING', 0, { published: true }), back], RETENTION));

      const sessionId = `/203.0.113.78:63853/198.51.100.25:${8443 + streams}`;
      const lives = [
        sighting('connect', 0, { sessionId }),
        sighting('ConnectionStatusEvent', 1, { sessionId, status: 'DISCONNECTED' }),
        sighting('connect', 2, { sessionId }),
      ];
      dynamo.requests.length = 0;
      await upsertAll(lives);
      expect(operations()).toEqual(Array<string>(3).fill('UpdateItem'));
      expect(await dynamo.sessionRow(sessionId)).toEqual(rowOfSet(lives, RETENTION));
    });

    it('every hook of a call in its order is one UpdateItem, its end too, for which DynamoDB counts how long they talked', async () => {
      const of = { callId: id, sessionId: 's', nodeId: 'n', callee: '1002' };
      const call = (method: MethodName, seconds: number, fields: object = {}) =>
        sightingOf(method, { ...of, ...fields }, T0 + seconds * 1000) ?? expect.fail();
      const life = [
        call('call', 0, { status: 'PENDING' }),
        call('CallStatusEvent', 1, { status: 'TRYING' }),
        call('CallStatusEvent', 2, { status: 'RING' }),
        call('CallStatusEvent', 3, { status: 'ESTABLISHED' }),
        call('hold', 4),
        call('CallStatusEvent', 5, { status: 'HOLD' }),
        call('CallStatusEvent', 15.345, { status: 'FINISH' }),
      ];
      expect(await upsertAll(life)).toEqual(Array<string>(7).fill('applied'));
      expect(operations()).toEqual(Array<string>(7).fill('UpdateItem'));
      expect(await dynamo.callRow(id)).toEqual(rowOfSet(life, RETENTION));
      expect(await dynamo.callRow(id)).toMatchObject({ talkSeconds: 12.345 });
      expect((await dynamo.callItem(id))?.['revision']).toEqual({ N: '7' });
      dynamo.requests.length = 0;
      const late = call('CallStatusEvent', 2.5, { status: 'ESTABLISHED' });
      await store.upsert(late);
      expect(await dynamo.callRow(id)).toEqual(rowOfSet([...life, late], RETENTION));
      expect(await dynamo.callRow(id)).toMatchObject({ talkSeconds: 12.845 });
    });

    it('a stream without any other hook is one UpdateItem too', async () => {
      for (const word of ['PENDING', 'PUBLISHING', 'PLAYING', 'FAILED']) {
        id = `alone-${word}`;
        dynamo.requests.length = 0;
        expect(await store.upsert(status(word, 0))).toBe('applied');
        expect(operations()).toEqual(['UpdateItem']);
      }
    });
  });

  describe('reports anomalies:', () => {
    const denied = () => {
      const body = { mediaSessionId: id, sessionId: id, name: 'x', published: true };
      return sightingOf('publishStream', body, T0, { denied: 'token: expired' }) ?? expect.fail();
    };

    it('a denial that was ignored, once, whichever of the two hooks comes first', async () => {
      const live = status('PUBLISHING', 1);
      expect(await upsertAll([denied(), live, status('PUBLISHING', 2)])).toEqual([
        'applied',
        'denial ignored',
        'applied',
      ]);
      expect(await dynamo.row(id)).toMatchObject({ phase: 'live', denied: 'token: expired' });
      // Also where it was lost in between.
      await dynamo.set(id, { live: undefined, phase: { S: 'lost' }, lost: { S: 'no news' }, expiresAt: { N: '1' } });
      expect(await store.upsert(status('PUBLISHING', 3))).toBe('applied');
      expect(await dynamo.row(id)).toMatchObject({ phase: 'live' });
      id = `late-${id}`;
      expect(await upsertAll([status('PUBLISHING', 1), denied(), denied()])).toEqual([
        'applied',
        'denial ignored',
        'superseded',
      ]);
      id = `kept-${id}`;
      await store.upsert(denied());
      const keepAlive = () => store.keepAlive(sighting('StreamKeepAliveEvent', 1, { status: 'PUBLISHING' }));
      expect(await keepAlive()).toEqual({ outcome: 'denial ignored' });
      expect(await keepAlive()).toMatchObject({ outcome: 'superseded' });
    });

    it('a sign of life a minute after the end, not one that the end overtook', async () => {
      await upsertAll([status('PUBLISHING', 0), status('UNPUBLISHED', 10)]);
      expect(await upsertAll([status('PUBLISHING', 70), status('PUBLISHING', 71)])).toEqual([
        'applied',
        'live after end',
      ]);
      expect(await store.keepAlive(sighting('StreamKeepAliveEvent', 200))).toEqual({ outcome: 'live after end' });
      expect(await dynamo.row(id)).toMatchObject({ phase: 'ended' });
    });
  });

  describe('a stopAt', () => {
    const limited = (seconds: number) => {
      const body = { mediaSessionId: id, name: 'x', published: true };
      return sightingOf('publishStream', body, T0 + seconds * 1000, { maxDuration: 60 }) ?? expect.fail();
    };

    it('of a token is written with its stream, in one request', async () => {
      expect(await store.upsert(limited(0))).toBe('applied');
      expect(operations()).toEqual(['UpdateItem']);
      await upsertAll([status('PUBLISHING', 1), limited(5)]);
      expect(await dynamo.row(id)).toMatchObject({ phase: 'live', stopAt: '2026-01-01T00:01:00.000Z' });
    });

    it('of the operator, set before anything was seen, and one of a token: the earlier counts', async () => {
      for (const [theirs, stopAt] of [
        ['2026-01-01T00:00:30.000Z', '2026-01-01T00:00:30.000Z'],
        ['2026-01-01T00:10:00.000Z', '2026-01-01T00:01:00.000Z'],
      ] as const) {
        id = `limited-${stopAt}`;
        await dynamo.set(id, { stopAt: { S: theirs } });
        await store.upsert(limited(0));
        expect(await dynamo.row(id)).toMatchObject({ phase: 'starting', stopAt });
      }
    });
  });

  describe('on the rare path', () => {
    it('an old session’s late hook loses to what is newer', async () => {
      const end = status('UNPUBLISHED', 9);
      await upsertAll([end, status('PUBLISHING', 5, { name: 'late' })]);
      expect(await dynamo.row(id)).toMatchObject({ phase: 'ended', status: 'UNPUBLISHED', name: 'late' });
    });

    it('the same hook again is superseded, and writes nothing', async () => {
      const again = status('PUBLISHING', 5);
      expect(await upsertAll([again, again])).toEqual(['applied', 'superseded']);
      expect((await dynamo.item(id))?.['revision']).toEqual({ N: '1' });
    });

    it('a keep-alive reads first, as it hardly ever wins, and writes the difference', async () => {
      await store.upsert(status('PAUSED', 0));
      dynamo.requests.length = 0;
      expect(await store.upsert(sighting('StreamKeepAliveEvent', 10, { status: 'PLAYING' }))).toBe('applied');
      expect(operations()).toEqual(['GetItem', 'UpdateItem']);
      expect(await dynamo.row(id)).toMatchObject({
        status: 'PAUSED',
        keepAlive: true,
        lastSeenAt: '2026-01-01T00:00:10.000Z',
      });
    });

    it('a live status without a role finds the role in the row', async () => {
      await upsertAll([sighting('publishStream', 0, { published: true }), status('NOVEL', 1)]);
      expect(await dynamo.row(id)).toMatchObject({ phase: 'live', live: 'publishing', status: 'NOVEL' });
    });

    it('a hook without a status opens a row', async () => {
      expect(await store.upsert(sighting('StreamEvent', 3))).toBe('applied');
      expect(await dynamo.row(id)).toEqual(rowOfSet([sighting('StreamEvent', 3)], RETENTION));
    });

    it('a newer hook without a status brings a lost stream back', async () => {
      await store.upsert(status('PUBLISHING', 0));
      await dynamo.set(id, { live: undefined, phase: { S: 'lost' }, lost: { S: 'no news' }, expiresAt: { N: '1' } });
      await store.upsert(sighting('StreamEvent', 7));
      const back = await dynamo.row(id);
      expect(back).toEqual(rowOfSet([status('PUBLISHING', 0), sighting('StreamEvent', 7)], RETENTION));
    });
  });

  describe('a keep-alive', () => {
    const keepAlive = (seconds: number, fields: Record<string, unknown> = {}) =>
      sighting('StreamKeepAliveEvent', seconds, { status: 'PUBLISHING', ...fields });

    it('costs one consistent read while less than half of the lease is used, then a write', async () => {
      await store.upsert(status('PUBLISHING', 0));
      await store.keepAlive(keepAlive(10));
      dynamo.requests.length = 0;
      for (const seconds of [20, 69.999]) {
        expect(await store.keepAlive(keepAlive(seconds))).toEqual({ outcome: 'fresh' });
      }
      expect(operations()).toEqual(['GetItem', 'GetItem']);
      expect(dynamo.requests[0]?.body).toMatchObject({ ConsistentRead: true });
      expect(await dynamo.row(id)).toMatchObject({ lastSeenAt: '2026-01-01T00:00:10.000Z' });
      expect(await store.keepAlive(keepAlive(70))).toEqual({ outcome: 'applied' });
      expect(await dynamo.row(id)).toMatchObject({ lastSeenAt: '2026-01-01T00:01:10.000Z', keepAlive: true });
    });

    it('is written at once where it tells more than a time', async () => {
      expect(await store.keepAlive(keepAlive(0))).toEqual({ outcome: 'applied' });
      expect(await dynamo.row(id)).toMatchObject({ phase: 'live', live: 'publishing', keepAlive: true });
      await dynamo.set(id, {
        live: undefined,
        phase: { S: 'lost' },
        lost: { S: 'no keep-alive' },
        expiresAt: { N: '1' },
      });
      expect(await store.keepAlive(keepAlive(1))).toEqual({ outcome: 'applied' });
      expect(await dynamo.row(id)).toEqual({ ...rowOfSet([keepAlive(0), keepAlive(1)], RETENTION) });
      expect(await store.keepAlive(keepAlive(2, { name: 'news' }))).toEqual({ outcome: 'applied' });
      expect(await dynamo.row(id)).toMatchObject({ name: 'news' });
    });

    it('of an ended stream leaves it ended', async () => {
      await upsertAll([status('PUBLISHING', 0), status('UNPUBLISHED', 1)]);
      await store.keepAlive(keepAlive(200));
      expect(await dynamo.row(id)).toMatchObject({ phase: 'ended', lastSeenAt: '2026-01-01T00:03:20.000Z' });
    });

    it('says that its stream is to be stopped, and the row since when it was told', async () => {
      const stopping = createDynamoStore(
        dynamo.client,
        testSettings({ ...tablesOf(dynamo), STOP_STREAMS: 'true' }),
        waiting,
      );
      await store.upsert(status('PUBLISHING', 0));
      await dynamo.set(id, { stop: { S: 'abuse' } });
      expect(await store.keepAlive(keepAlive(5))).not.toHaveProperty('stop');
      expect(await stopping.keepAlive(keepAlive(6))).toEqual({ outcome: 'applied', stop: 'stop' });
      expect(await stopping.keepAlive(keepAlive(7))).toEqual({ outcome: 'fresh', stop: 'stop' });
      expect(await stopping.keepAlive(keepAlive(170))).toEqual({ outcome: 'applied', stop: 'stop' });
      expect(await dynamo.row(id)).toMatchObject({
        phase: 'live',
        status: 'PUBLISHING',
        stop: 'abuse',
        stopSentAt: '2026-01-01T00:00:06.000Z',
      });
      await store.upsert(status('UNPUBLISHED', 180));
      expect(await dynamo.row(id)).toMatchObject({
        phase: 'ended',
        stop: 'abuse',
        stopSentAt: '2026-01-01T00:00:06.000Z',
      });
    });

    it('stops a stream of which only the stop is known, at the set time or after the maximum duration', async () => {
      const settings = testSettings({ ...tablesOf(dynamo), STOP_STREAMS: 'true', MAX_DURATION_SECONDS: '60' });
      const stopping = createDynamoStore(dynamo.client, settings, waiting);
      await dynamo.set(id, { stopAt: { S: '2026-01-01T00:00:10.000Z' } });
      expect(await stopping.keepAlive(keepAlive(9))).toEqual({ outcome: 'applied' });
      expect(await stopping.keepAlive(keepAlive(10))).toEqual({ outcome: 'applied', stop: 'stopAt' });
      expect((await dynamo.row(id))['stopSentAt']).toBe('2026-01-01T00:00:10.000Z');
      id = `max-${streams++}`;
      await stopping.upsert(status('PUBLISHING', 0));
      expect(await stopping.keepAlive(keepAlive(59))).not.toHaveProperty('stop');
      expect(await stopping.keepAlive(keepAlive(60))).toMatchObject({ stop: 'maximum duration' });
    });
  });

  describe('the operator’s attributes', () => {
    it('stay, whatever is written around them', async () => {
      await dynamo.set(id, { stop: { S: 'abuse' } });
      expect(
        await upsertAll([status('PENDING', 0), status('PLAYING', 2), status('PLAYING', 1), status('STOPPED', 3)]),
      ).not.toContain('superseded');
      expect((await dynamo.item(id))?.['stop']).toEqual({ S: 'abuse' });
      expect(await dynamo.row(id)).toMatchObject({ phase: 'ended', stop: 'abuse' });
    });

    it('stay in a row that only they have opened, on the rare path too', async () => {
      await dynamo.set(id, { stop: { BOOL: true } });
      await store.upsert(sighting('StreamKeepAliveEvent', 0, { status: 'PLAYING' }));
      expect(await dynamo.row(id)).toMatchObject({ phase: 'live', live: 'playing', stop: true });
    });

    it('of a type that is not ours are left alone', async () => {
      await store.upsert(status('PLAYING', 0));
      await dynamo.set(id, { note: { M: { by: { S: 'me' } } } });
      await upsertAll([status('PAUSED', 2), status('PLAYING', 1), sighting('StreamKeepAliveEvent', 3)]);
      expect((await dynamo.item(id))?.['note']).toEqual({ M: { by: { S: 'me' } } });
    });
  });

  describe('what DynamoDB cannot hold', () => {
    it('never fails a hook nor loses its status', async () => {
      for (const name of ['', 'x'.repeat(5000), '\u{1f600}'.repeat(700), '\ud800', 'a\u0000b']) {
        id = `name-${streams++}`;
        const fields = {
          name,
          info: '\udc00',
          width: 1e999,
          height: 5e-324,
          fps: -0,
          bitrate: 1e125,
          gop: 1e-130,
          createDate: 1.7e308,
        };
        await upsertAll([status('PUBLISHING', 0, fields), status('PUBLISHING', -1, fields)]);
        expect(await dynamo.row(id)).toEqual(
          rowOfSet([status('PUBLISHING', 0, fields), status('PUBLISHING', -1, fields)], RETENTION),
        );
      }
    });

    it('is no id either: one of 2,048 bytes and one with a lone surrogate have rows', async () => {
      for (const one of ['x'.repeat(2048), `s\ud800-${streams}`]) {
        id = one;
        await store.upsert(status('PUBLISHING', 0));
        expect(await dynamo.row(one.toWellFormed())).toMatchObject({ phase: 'live' });
      }
    });

    it('typically a row is under 1 KB, which is one write unit', async () => {
      await store.upsert(
        status('PUBLISHING', 0, {
          ...{
            nodeId: 'Hw47CFMBEchVOpBMDr29IxjudnJ1sjOY@192.168.1.101',
            appKey: 'defaultApp',
            name: 'e6dcaedd-f084-49df-8262-7ce906e42eb2',
          },
          ...{
            sessionId: '/192.168.0.83:64573/192.168.0.39:8443-a98bb891-aeaf-46a8-8fba-772e07ac035b',
            published: true,
            mediaProvider: 'WebRTC',
          },
          ...{
            hasVideo: true,
            hasAudio: true,
            audioCodec: 'opus',
            videoCodec: 'H264',
            width: 1280,
            height: 720,
            bitrate: 2_000_000,
            fps: 30,
          },
          ...{
            transport: 'UDP',
            createDate: 1_664_260_776_957,
            mediaType: 'publish',
            audioState: { muted: false },
            videoState: { muted: false },
          },
        }),
      );
      const item = (await dynamo.item(id)) ?? {};
      const size = Object.entries(item).reduce(
        (sum, [name, { S, N }]) => sum + name.length + (S ?? N ?? 'x').length,
        0,
      );
      expect(size).toBeLessThan(1024);
    });
  });

  describe('under faults', () => {
    it('a request or an answer that is lost is sent again, and the row is the same', async () => {
      for (const fault of ['lose request', 'lose answer'] as const) {
        id = `fault-${streams++}`;
        let left = 1;
        dynamo.control.fault = ({ operation }) => (operation === 'UpdateItem' && left-- > 0 ? fault : undefined);
        const hooks = [status('PUBLISHING', 1), status('PUBLISHING', 0)];
        await upsertAll(hooks);
        expect(await dynamo.row(id)).toEqual(rowOfSet(hooks, RETENTION));
      }
    });

    it('an answer that is lost on the rare path counts the write once', async () => {
      await store.upsert(status('PUBLISHING', 1));
      let left = 1;
      dynamo.control.fault = ({ operation }) => (operation === 'UpdateItem' && left-- > 0 ? 'lose answer' : undefined);
      await store.upsert(sighting('StreamKeepAliveEvent', 5));
      expect((await dynamo.item(id))?.['revision']).toEqual({ N: '2' });
    });

    it('a database that does not answer is a StoreError within the deadline', async () => {
      dynamo.control.delay = 5000;
      const started = performance.now();
      const quick = createDynamoStore(dynamo.client, testSettings(tablesOf(dynamo)), {
        deadline: () => AbortSignal.timeout(300),
        pause: () => Promise.resolve(),
      });
      await expect(quick.upsert(status('PUBLISHING', 0))).rejects.toThrow(StoreError);
      expect(performance.now() - started).toBeLessThan(2000);
    });

    it('a table that is not there is a StoreError with the cause, which is no part of the message', async () => {
      const lost = createDynamoStore(dynamo.client, testSettings({ STREAMS_TABLE: 'nowhere' }));
      const error = await lost.upsert(status('PUBLISHING', 0)).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(StoreError);
      expect((error as StoreError).cause).toMatchObject({ name: 'ResourceNotFoundException' });
    });

    it('a row that others write all the time is given up after a bounded number of tries', async () => {
      await store.upsert(status('PUBLISHING', 10));
      dynamo.requests.length = 0;
      let revision = 1;
      // Between our read and our write somebody else always comes first.
      dynamo.control.fault = async ({ operation }) => {
        if (operation === 'UpdateItem') await dynamo.set(id, { revision: { N: String(++revision) } });
        return undefined;
      };
      const error = await store.upsert(status('PUBLISHING', 5)).catch((error: unknown) => error);
      expect((error as StoreError).cause).toMatchObject({ message: 'lost 12 races for the row' });
      expect(operations().filter((operation) => operation === 'UpdateItem')).toHaveLength(13);
    });
  });

  describe('the indexes', () => {
    const query = async (index: string, value: string, key = index) => {
      const { Items = [] } = await dynamo.direct.send(
        new QueryCommand({
          TableName: dynamo.table,
          IndexName: index,
          KeyConditionExpression: `#${key} = :key`,
          ExpressionAttributeNames: { [`#${key}`]: key },
          ExpressionAttributeValues: { ':key': { S: value } },
        }),
      );
      return Items.map(({ mediaSessionId }) => mediaSessionId?.S);
    };

    it('hold what is live, by role, and every stream by its name', async () => {
      const name = `name-of-${id}`;
      await store.upsert(status('PUBLISHING', 0, { name }));
      expect(await query('live', 'publishing')).toContain(id);
      expect(await query('live', 'playing')).not.toContain(id);
      await store.upsert(status('UNPUBLISHED', 1));
      expect(await query('live', 'publishing')).not.toContain(id);
      expect(await query('name', name)).toEqual([id]);
    });

    it('hold what is closed, by the hour in which it ended, was denied or was heard of last', async () => {
      const hour = async (key: string) => (await query('closed', key, 'closedIn')).filter((one) => one === id).length;
      await store.upsert(status('PUBLISHING', 0, { published: true }));
      expect(await hour('2026-01-01T00')).toBe(0);
      await store.upsert(status('UNPUBLISHED', 2 * 3600));
      expect(await dynamo.row(id)).toMatchObject({ closedIn: '2026-01-01T02', closedAt: '2026-01-01T02:00:00.000Z' });
      expect(await hour('2026-01-01T02')).toBe(1);
      // An earlier end moves it.
      await store.upsert(status('FAILED', 3599));
      expect([await hour('2026-01-01T00'), await hour('2026-01-01T02')]).toEqual([1, 0]);
      id = `denied-${id}`;
      const body = { mediaSessionId: id, name: 'x', published: true };
      await store.upsert(sightingOf('publishStream', body, T0, { denied: 'token: expired' }) ?? expect.fail());
      expect(await hour('2026-01-01T00')).toBe(1);
      // It goes on all the same.
      await store.upsert(status('PUBLISHING', 1, { published: true }));
      expect(await hour('2026-01-01T00')).toBe(0);
    });

    it('spread what is live over LIVE_SHARDS keys, on both paths, which is nobody else’s business', async () => {
      const sharded = createDynamoStore(
        dynamo.client,
        testSettings({ ...tablesOf(dynamo), LIVE_SHARDS: '2' }),
        waiting,
      );
      const keys = new Set<unknown>();
      for (let n = 0; n < 16; n++) {
        const of = { ...status('PLAYING', 1), id: `${id}-${n}` };
        // Something newer was seen: the row decides.
        if (n % 2) await sharded.upsert({ ...status('PENDING', 2), id: of.id });
        await sharded.upsert(of);
        const { live } = (await dynamo.item(of.id)) ?? {};
        expect(await query('live', live?.S ?? '')).toContain(of.id);
        expect(live?.S).toBe(shardKeyOf('playing', of.id, 2));
        expect((await dynamo.row(of.id)).live).toBe('playing');
        keys.add(live?.S);
        // What is closed, too.
        await sharded.upsert({ ...status('STOPPED', 3), id: of.id });
        expect((await dynamo.item(of.id))?.['closedIn']?.S).toBe(shardKeyOf('2026-01-01T00', of.id, 2));
        expect(await dynamo.row(of.id)).toMatchObject({ closedIn: '2026-01-01T00' });
      }
      expect([...keys].sort()).toEqual(['playing', 'playing.1']);
    });
  });

  describe.each(HISTORIES)('any history of %s', (what, history) => {
    // Sessions and addresses go the same way: fewer runs each keep the suite under two minutes.
    const runs = what === 'a stream' ? numRuns : numRuns / 4;
    // Each run has an id of its own, of the kind's shape.
    const delivered = fc
      .constant(0)
      .map(() => streams++)
      .chain((n) => history(n).chain((hooks) => fc.tuple(fc.constant(hooks), delivery(hooks))));
    test.prop([delivered], { numRuns: runs, endOnFailure: true })(
      'delivered in any order, with repetitions, 8 at a time, ends in the row of its set',
      async ([hooks, delivered]) => {
        const [{ kind, id } = expect.fail()] = hooks;
        const waiting = [...delivered];
        const outcomes: string[] = [];
        await Promise.all(
          Array.from({ length: 8 }, async () => {
            for (let next = waiting.shift(); next; next = waiting.shift()) outcomes.push(await store.upsert(next));
          }),
        );
        expect(outcomes).toHaveLength(delivered.length);
        const row = await { stream: dynamo.row, session: dynamo.sessionRow, call: dynamo.callRow }[kind](id);
        expect(row).toEqual(rowOfSet(hooks, RETENTION));
        expect(dynamo.requests.flatMap(refusedByAws)).toEqual([]);
      },
      120_000,
    );
  });
}
