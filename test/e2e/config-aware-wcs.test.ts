import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { toAttributeValue } from '../../lib/store/items.ts';
import { createWcs, type Fields, type Hook } from '../simulator/wcs.ts';
import { startDynamo } from '../support/dynamo.ts';
import { simulate, startBackend } from '../support/simulate.ts';

type Backend = Awaited<ReturnType<typeof startBackend>>;
let backend: Backend | undefined;
afterEach(() => backend?.stop());

const CONFIG = {
  publishStream: { restOnError: 'FAIL', restPolicy: 'OVERWRITE', restOverwrite: 'name' },
  playStream: { restOnError: 'FAIL' },
  StreamKeepAliveEvent: { restOnError: 'FAIL', restExclude: 'sdp' },
};
const parse = ({ body }: Hook) => JSON.parse(body) as Record<string, string>;
const withConfig = (hook: Hook, config: object = CONFIG) =>
  [200, JSON.stringify({ ...parse(hook), restClientConfig: config })] as const;
/** How many hooks came, by method and, for status events, status. */
function counts({ received }: Backend): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const hook of received) {
    const what = hook.method.endsWith('StatusEvent') ? `${hook.method} ${parse(hook)['status']}` : hook.method;
    counted[what] = (counted[what] ?? 0) + 1;
  }
  return counted;
}

/** A backend that answers `connect` with a config, some methods as `policy` says, and all else with the echo. */
async function simulateAgainst(policy: (hook: Hook) => readonly [number, string?] | undefined, ...options: string[]) {
  backend = await startBackend((hook) => {
    const answer = policy(hook);
    if (answer) return answer;
    return hook.method === 'connect' ? withConfig(hook) : [200, hook.body];
  });
  const { code, stdout, stderr } = await simulate('--url', backend.url, '--streams', '2', '--players', '2', ...options);
  const lines = stdout.trimEnd().split('\n');
  const outcome = lines.slice(lines.findIndex((line) => line.startsWith('all ')) + 1);
  return { code, outcome, stdout, stderr, backend };
}

const deniesPlayers = ({ method }: Hook) => (method === 'playStream' ? ([403] as const) : undefined);

describe('npm run simulate', () => {
  it('gives the token to every connect, and obeys a backend that declines it', async () => {
    const policy = (hook: Hook) =>
      hook.method === 'connect' && !hook.body.includes('"custom":{"token":"good"}') ? ([403] as const) : undefined;
    const declined = await simulateAgainst(policy, '--token', 'bad');
    expect(declined.code).toBe(1);
    expect(declined.outcome).toEqual(['0 of 6 streams started.', '6 connections were declined.']);
    expect(declined.stderr).toContain('6 of 12 hooks were not acknowledged: 6 answered 403.');
    expect(counts(declined.backend)).toEqual({ connect: 6, 'ConnectionStatusEvent FAILED': 6 });
    declined.backend.stop();

    const taken = await simulateAgainst(policy, '--token', 'good');
    expect([taken.code, taken.outcome]).toEqual([0, ['6 of 6 streams started.']]);
    taken.backend.stop();

    const constant = await simulateAgainst(() => undefined);
    expect(constant.backend.received[0]?.body).toContain('"custom":{"token":"a-token-of-the-user"}');
  });

  it('stops the streams that are denied, and only those', async () => {
    const { code, outcome, stderr, backend } = await simulateAgainst(deniesPlayers);
    expect(code).toBe(1);
    expect(outcome).toEqual(['2 of 6 streams started, 4 were denied.']);
    expect(stderr).toContain('4 of 36 hooks were not acknowledged: 4 answered 403.');
    expect(counts(backend)).toEqual({
      connect: 6,
      'ConnectionStatusEvent ESTABLISHED': 6,
      publishStream: 2,
      'StreamStatusEvent PUBLISHING': 2,
      playStream: 4,
      StreamKeepAliveEvent: 6,
      unPublishStream: 2,
      'StreamStatusEvent UNPUBLISHED': 2,
      'ConnectionStatusEvent DISCONNECTED': 6,
    });
    // The config of the connection: no sdp in keep-alives, one in all else.
    const keepAlives = backend.received.filter(({ body }) => body.includes('candidate'));
    expect(keepAlives.map(({ method }) => method)).not.toContain('StreamKeepAliveEvent');
    expect(keepAlives.map(({ method }) => method)).toContain('publishStream');
  });

  it('starts denied streams nevertheless with --forget-config, or where connect got no config', async () => {
    const withoutConfig = (hook: Hook) =>
      hook.method === 'connect' ? ([200, hook.body] as const) : deniesPlayers(hook);
    for (const [policy, ...options] of [[deniesPlayers, '--forget-config'], [withoutConfig]] as const) {
      const { code, outcome, stderr, backend } = await simulateAgainst(policy, ...options);
      expect(code).toBe(1);
      expect(outcome).toEqual(['6 of 6 streams started.', '4 streams were denied, and started nevertheless.']);
      expect(stderr).toContain('4 of 60 hooks were not acknowledged: 4 answered 403.');
      expect(counts(backend)['StreamStatusEvent STOPPED']).toBe(4);
      backend.stop();
    }
  });

  it('ends the streams whose keep-alives are denied', async () => {
    const { outcome, backend } = await simulateAgainst(({ method, body }) =>
      method === 'StreamKeepAliveEvent' && body.includes('"published":true') ? [403] : undefined,
    );
    expect(outcome).toEqual(['6 of 6 streams started.', '2 streams were terminated by keep-alive.']);
    const ends = backend.received.filter(({ body }) => body.includes('UNPUBLISHED')).map(parse);
    expect(ends.map(({ info }) => info)).toEqual(['Terminated by keep-alive', 'Terminated by keep-alive']);
    expect(counts(backend)).toMatchObject({ StreamKeepAliveEvent: 2 + 12, 'ConnectionStatusEvent DISCONNECTED': 6 });
    expect(counts(backend)).not.toHaveProperty('unPublishStream');
  });

  it('renames streams, and takes an answer with another name for acknowledged where OVERWRITE is', async () => {
    const renames = (hook: Hook) =>
      hook.method === 'publishStream' ? ([200, JSON.stringify({ ...parse(hook), name: 'new' })] as const) : undefined;
    const { code, outcome, backend } = await simulateAgainst(renames);
    expect([code, outcome]).toEqual([0, ['6 of 6 streams started.', '2 streams were renamed.']]);
    const names = backend.received.filter(({ method }) => method === 'StreamStatusEvent').map((hook) => parse(hook));
    expect(names.filter(({ published }) => published).map(({ name }) => name)).toEqual(Array(4).fill('new'));
    expect(names.filter(({ published }) => !published).map(({ name }) => name)).not.toContain('new');
    backend.stop();

    const forgotten = await simulateAgainst(renames, '--forget-config');
    expect(forgotten.outcome).toEqual(['6 of 6 streams started.']);
    expect(forgotten.stderr).toContain('2 of 60 hooks were not acknowledged: 2 failed otherwise.');
  });

  it('pauses before each keep-alive', async () => {
    const times: number[] = [];
    const options = ['--streams', '1', '--players', '0', '--keep-alives', '2', '--keep-alive-interval', '300'];
    await simulateAgainst(
      ({ method, body }) => {
        if (method === 'StreamKeepAliveEvent' || body.includes('PUBLISHING')) times.push(performance.now());
        return undefined;
      },
      ...options,
    );
    const [publishing = 0, first = 0, second = 0, ending = 0] = times;
    // A timer may fire a millisecond early.
    expect(first - publishing).toBeGreaterThan(298);
    expect(second - first).toBeGreaterThan(298);
    expect(ending - second).toBeLessThan(298);
  });

  it('counts denials and other failures apart', async () => {
    const { outcome, stderr } = await simulateAgainst(({ method }) =>
      method === 'playStream' ? [403] : method === 'publishStream' ? [500] : undefined,
    );
    expect(outcome).toEqual(['0 of 6 streams started, 4 were denied, 2 failed.']);
    expect(stderr).toContain('6 of 24 hooks were not acknowledged: 4 answered 403, 2 failed otherwise.');
  });

  it('sends the same again by its seed, also what no script has', async () => {
    const bodies: string[][] = [];
    for (const seed of ['7', '7']) {
      const { backend } = await simulateAgainst(
        ({ method }) => (method === 'StreamKeepAliveEvent' ? [403] : deniesPlayers({ method, body: '' })),
        ...['--seed', seed, '--concurrency', '1', '--scenario', 'burst'],
      );
      bodies.push(backend.received.map(({ body }) => body));
      backend.stop();
    }
    expect(bodies[0]?.length).toBeGreaterThan(20);
    expect(bodies[1]).toEqual(bodies[0]);
  });
});

describe('npm run simulate -- --verify', () => {
  /**
   * The first connection, a publisher's, is declined; the other publisher is renamed; the first player is denied, the
   * others are terminated. The backend keeps their rows as it should, but for a `change`.
   */
  async function verifyAgainst(change: (row: Fields) => Fields) {
    const dynamo = await startDynamo();
    const client = new DynamoDBClient({
      endpoint: dynamo.endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
    const put = (row: Fields) =>
      client.send(
        new PutItemCommand({
          TableName: dynamo.table,
          Item: Object.fromEntries(
            Object.entries(change(row)).map(([name, value]) => [name, toAttributeValue(value as string | boolean)]),
          ),
        }),
      );
    const seen = { connect: 0, playStream: 0 };
    backend = await startBackend(async (hook) => {
      const { mediaSessionId, name, published, nodeId, sessionId, status, info } = parse(hook);
      switch (hook.method) {
        case 'connect':
          return seen.connect++ === 0 ? [403] : withConfig(hook);
        case 'publishStream':
          return [200, JSON.stringify({ ...parse(hook), name: 'new' })];
        case 'playStream':
          if (seen.playStream++ > 0) break;
          await put({ mediaSessionId, phase: 'denied', status: 'DENIED' });
          return [403];
        case 'StreamKeepAliveEvent':
          if (!published) return [403];
          break;
        case 'StreamStatusEvent':
          if (info) await put({ mediaSessionId, name, published, nodeId, sessionId, phase: 'ended', status, info });
      }
      return [200, hook.body];
    });
    const result = await simulate(
      ...['--url', backend.url, '--streams', '2', '--players', '2', '--within', '0', '--concurrency', '1'],
      ...['--verify', '--dynamodb', dynamo.endpoint, '--table', dynamo.table],
    );
    await dynamo.close();
    return result;
  }

  it('expects the rows of what became of the streams', async () => {
    const { stdout } = await verifyAgainst((row) => row);
    expect(stdout).toContain('4 of 6 streams started, 1 was denied.\n');
    expect(stdout).toContain(
      '1 connection was declined.\n3 streams were terminated by keep-alive.\n1 stream was renamed.\n',
    );
    expect(stdout).toContain('6 rows are as they should be.');
  });

  it.each([
    ['denied', { phase: 'denied' }, { phase: 'starting' }, 1],
    ['denied and live', { phase: 'denied' }, { live: 'playing' }, 1],
    ['terminated', { info: 'Terminated by keep-alive' }, { info: 'Stopped by user' }, 3],
    ['renamed', { name: 'new' }, { name: 'old' }, 1],
  ])('tells of rows that are not: %s', async (_, which, otherwise, count) => {
    const { code, stderr } = await verifyAgainst((row) =>
      Object.entries(which).every(([name, value]) => row[name] === value) ? { ...row, ...otherwise } : row,
    );
    expect(code).toBe(1);
    expect(stderr).toContain(`${count} differences in 6 rows.`);
  });
});

it('an answer may change the fields that are taken from it, and no others', async () => {
  const sent = JSON.stringify({ name: 'old', sessionId: 'session' });
  const isAcknowledged = async (answer: string, ...taken: string[]) => {
    const { url, stop } = await startBackend(() => [200, answer]);
    const wcs = createWcs({ url, timeout: 1000, connections: 1 });
    const { acknowledged } = await wcs.send({ method: 'publishStream', body: sent }, taken);
    wcs.close();
    stop();
    return acknowledged;
  };
  expect(await isAcknowledged('{"sessionId":"session","name":"new"}', 'name')).toBe(true);
  expect(await isAcknowledged('{"sessionId":"session"}', 'name')).toBe(true);
  expect(await isAcknowledged('{"sessionId":"other","name":"new"}', 'name')).toBe(false);
  expect(await isAcknowledged('{"sessionId":"session","name":"new","more":1}', 'name')).toBe(false);
  expect(await isAcknowledged('{"sessionId":"session","name":"old"}')).toBe(false);
  expect(await isAcknowledged(sent)).toBe(true);
});
