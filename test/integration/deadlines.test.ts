import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sightingOf } from '../../lib/state/sighting-of.ts';
import { REAL_TIME } from '../../lib/store/budget.ts';
import { createDynamoClient } from '../../lib/store/dynamo-client.ts';
import { createDynamoStore } from '../../lib/store/dynamo-store.ts';
import { createDynamoSweepStore } from '../../lib/store/dynamo-sweep-store.ts';
import { createDeadLetters, createParking } from '../../lib/store/queues.ts';
import { useOwnTime, useTimeOfMachine } from '../support/own-time.ts';
import { testSettings } from '../support/settings.ts';

const sighting =
  sightingOf('StreamStatusEvent', { mediaSessionId: 'm', status: 'PUBLISHING', published: true }, 1) ?? expect.fail();
const keepAlive = sightingOf('StreamKeepAliveEvent', { mediaSessionId: 'm', status: 'PUBLISHING' }, 2) ?? expect.fail();

/** Of one table or queue: the answer to its first, second … request. */
type Answers = (response: ServerResponse, request: number, message: string) => void;

const well: Answers = (response, _, message) => {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ MD5OfMessageBody: createHash('md5').update(message).digest('hex') }));
};
const never: Answers = () => {};
const stalls: Answers = (response) => {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).write('{');
};
const unwell: Answers = (response) => {
  response.writeHead(500, { 'content-type': 'application/x-amz-json-1.0' }).end('{"__type":"InternalFailure"}');
};
const once =
  (first: Answers): Answers =>
  (...request) =>
    (request[1] === 1 ? first : well)(...request);

// They wait, and do little else.
vi.setConfig({ maxConcurrency: 30 });

describe.concurrent('an AWS', () => {
  const answers = new Map<string, Answers>();
  const requests = new Map<string, number>();
  const ports = new Map<string, Set<number | undefined>>();
  let endpoint = '';
  const server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      const { TableName, QueueUrl, MessageBody = '' } = JSON.parse(body) as Record<string, string>;
      const name = TableName ?? QueueUrl?.split('/').pop() ?? '';
      const request = (requests.get(name) ?? 0) + 1;
      requests.set(name, request);
      ports.set(name, (ports.get(name) ?? new Set()).add(incoming.socket.remotePort));
      answers.get(name)?.(response, request, MessageBody);
    });
  });
  beforeAll(async () => {
    // All tests begin at once: together they keep this process busy for a good part of the deadline.
    useOwnTime();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    Object.assign(process.env, {
      ...{ AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' },
      ...{ AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_ENDPOINT_URL_SQS: endpoint },
    });
  });
  afterAll(async () => {
    useTimeOfMachine();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  let names = 0;
  /** A table or queue of its own that answers so. */
  function answering(how: Answers): string {
    const name = `n-${++names}`;
    answers.set(name, how);
    return name;
  }
  async function millisecondsOf(work: Promise<unknown>): Promise<number> {
    const started = performance.now();
    await work;
    return performance.now() - started;
  }

  const store = (name: string) =>
    createDynamoStore(
      createDynamoClient(),
      testSettings({ STREAMS_TABLE: name, SESSIONS_TABLE: name, CALLS_TABLE: name }),
    );
  const deadLetters = (name: string) => createDeadLetters({ deadLetterQueueUrl: `${endpoint}/1/${name}` });

  /** By name: what is done, how long it may take, and how many requests it takes where all is well. */
  const WORK: readonly (readonly [string, (name: string) => Promise<unknown>, number, number])[] = [
    ['the write of a hook', (name) => store(name).upsert(sighting), 2000, 1],
    ['the read and the write of a keep-alive', (name) => store(name).keepAlive(keepAlive), 2000, 2],
    ['the read of a session', (name) => store(name).readSession('s'), 2000, 1],
    [
      'the parking of a hook',
      (name) => createParking({ parkingQueueUrl: `${endpoint}/1/${name}` }).park(sighting, 'r'),
      1500,
      1,
    ],
    ['a dead letter', (name) => deadLetters(name)('body', 'reason'), 1500, 1],
  ];

  for (const [what, work, deadline, needed] of WORK) {
    it.each([
      ['does not answer', never],
      ['answers with an error', unwell],
    ])(`that %s once is asked again, within the deadline, for ${what}`, async (_, first) => {
      const name = answering(once(first));
      await work(name);
      expect(requests.get(name)).toBe(needed + 1);
    });

    it(`that keeps answering with an error is tried three times for ${what}`, async () => {
      const name = answering(unwell);
      await expect(work(name)).rejects.toThrow();
      expect(requests.get(name)).toBe(3);
    });

    it.each([
      ['never answers', never],
      ['stalls in the middle of an answer', stalls],
    ])(`that %s is given up at the deadline for ${what}`, async (_, always) => {
      const took = await millisecondsOf(expect(work(answering(always))).rejects.toThrow());
      expect(took).toBeGreaterThan(deadline - 50);
      expect(took).toBeLessThan(deadline + 200);
    });
  }

  it('is sent all messages of a container over one connection', async () => {
    const name = answering(well);
    const send = deadLetters(name);
    for (const body of ['a', 'b', 'c']) await send(body, 'reason');
    expect(requests.get(name)).toBe(3);
    expect(ports.get(name)?.size).toBe(1);
  });
});

describe('a pause of the store', () => {
  it('lasts as long as it is to', async () => {
    const started = performance.now();
    await REAL_TIME.pause(60, new AbortController().signal);
    expect(performance.now() - started).toBeGreaterThan(50);
  });

  it('ends with the deadline', async () => {
    await expect(REAL_TIME.pause(60_000, AbortSignal.timeout(20))).rejects.toThrow();
  });
});

describe('the sweep’s store', () => {
  const deaf = {
    // As the SDK: it ends by its signal, or never.
    send: (_: object, { abortSignal }: { abortSignal?: AbortSignal } = {}) =>
      new Promise((_, reject) => {
        abortSignal?.addEventListener('abort', () => reject(abortSignal.reason as Error));
      }),
  } as unknown as DynamoDBClient;
  const aborting = {
    send: (_: object, { abortSignal }: { abortSignal?: AbortSignal } = {}) =>
      Promise.resolve().then(() => abortSignal?.throwIfAborted()),
  } as unknown as DynamoDBClient;
  const sweepStore = createDynamoSweepStore(deaf, testSettings());

  it.each<[string, (signal: AbortSignal) => Promise<unknown>]>([
    ['a page of the index', (signal) => sweepStore.livePages(undefined, signal)[Symbol.asyncIterator]().next()],
    ['rows', (signal) => sweepStore.read('stream', ['m'], signal)],
    ['sessions', (signal) => sweepStore.read('session', ['s'], signal)],
    ['where an earlier one stopped', (signal) => sweepStore.loadCursor(signal)],
    [
      'a change',
      (signal) =>
        sweepStore.update('call', 'm', { set: [['lost', 'x']], remove: [] }, { phase: 'live', revision: 1 }, signal),
    ],
  ])('waits for %s no longer than the sweep may', async (_, work) => {
    await expect(work(AbortSignal.timeout(20))).rejects.toThrow('timeout');
  });

  it('waits no longer for the place to be saved than there is left of the function', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementationOnce(() => AbortSignal.abort(new Error('over')));
    await expect(createDynamoSweepStore(aborting, testSettings()).saveCursor('x')).rejects.toThrow('over');
    expect(timeout.mock.calls[0]?.[0]).toBeLessThan(10_000);
    timeout.mockRestore();
  });

  /** A table that leaves the last key of a request unprocessed, `times` times. */
  function busy(times: number) {
    const asked: number[] = [];
    const pauses: number[] = [];
    let left = times;
    const client = {
      send: ({ input }: { input: { RequestItems: Record<string, { Keys: { mediaSessionId: { S: string } }[] }> } }) => {
        const { Keys } = Object.values(input.RequestItems)[0] ?? expect.fail();
        asked.push(Keys.length);
        const unprocessed = left-- > 0 ? Keys.slice(-1) : [];
        const items = Keys.slice(0, Keys.length - unprocessed.length);
        return Promise.resolve({
          Responses: { streams: items },
          ...(unprocessed.length > 0 ? { UnprocessedKeys: { streams: { Keys: unprocessed } } } : {}),
        });
      },
    } as unknown as DynamoDBClient;
    const pause = (milliseconds: number, signal: AbortSignal) => {
      signal.throwIfAborted();
      pauses.push(milliseconds);
      return Promise.resolve();
    };
    return { asked, pauses, store: createDynamoSweepStore(client, testSettings(), { pause }) };
  }

  it('asks for what a busy table leaves unprocessed after longer and longer pauses, up to a second', async () => {
    const { store, pauses } = busy(8);
    expect([...(await store.read('stream', ['m'], new AbortController().signal)).keys()]).toEqual(['m']);
    expect(pauses).toEqual([25, 50, 100, 200, 400, 800, 1000, 1000]);
  });

  it('asks for 100 rows at a time, as DynamoDB takes no more, and for each of them', async () => {
    const { store, asked } = busy(2);
    const ids = Array.from({ length: 250 }, (_, n) => `m-${n}`);
    const rows = await store.read('stream', ids, new AbortController().signal);
    expect([...rows.keys()].sort()).toEqual([...ids].sort());
    expect(Math.max(...asked)).toBe(100);
  });

  it('does not begin a pause once the sweep must stop', async () => {
    const { store } = busy(1);
    await expect(store.read('stream', ['m'], AbortSignal.abort())).rejects.toThrow();
  });
});
