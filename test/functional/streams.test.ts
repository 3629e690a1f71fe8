import { BatchGetItemCommand, QueryCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readOptions } from '../../infra/streams/options.ts';
import { createShow } from '../../infra/streams/show.ts';
import { sightingOf } from '../../lib/state/sighting.ts';
import { createDynamoStore } from '../../lib/store/dynamo-store.ts';
import { startDynamo, tablesOf, type TestDynamo } from '../support/dynamo.ts';
import { testSettings } from '../support/settings.ts';

const NODES = ['one@10.0.0.1', 'two@10.0.0.11'] as const;
const T0 = Date.parse('2026-01-01T00:00:00.000Z');

let dynamo: TestDynamo;
let clock = T0;
beforeAll(async () => {
  dynamo = await startDynamo();
  await tell('p-room', 'room', 'PUBLISHING');
  await tell('v1', 'room', 'PLAYING');
  await tell('v2', 'room', 'PLAYING', NODES[1]);
  await tell('v3', 'other', 'PLAYING');
  await tell('gone', 'room', 'PLAYING');
  await tell('gone', 'room', 'STOPPED');
  // A name is its client's: this one would clear the screen of who reads it, and write to the left from there.
  await tell('evil', '\u001b[2Jevil\u009b\u202e\u{e0001}', 'PUBLISHING');
});
afterAll(() => dynamo.close());
beforeEach(() => {
  dynamo.requests.length = 0;
});

async function tell(mediaSessionId: string, name: string, status: string, nodeId: string = NODES[0]) {
  const store = createDynamoStore(dynamo.client, testSettings(tablesOf(dynamo)));
  const body = { mediaSessionId, name, status, published: /PUBLISH/.test(status), nodeId };
  await store.upsert(sightingOf('StreamStatusEvent', body, (clock += 1000), {}) ?? expect.fail());
}

/** Small pages, and a table that is busy now and then. */
function inSmallPages(): Pick<DynamoDBClient, 'send'> {
  let isBusy = true;
  const send = async (command: QueryCommand | BatchGetItemCommand) => {
    if (command instanceof QueryCommand) command.input.Limit = Math.min(3, command.input.Limit ?? 3);
    if (command instanceof BatchGetItemCommand && isBusy) {
      isBusy = false;
      return { Responses: {}, UnprocessedKeys: command.input.RequestItems };
    }
    return dynamo.client.send(command as QueryCommand);
  };
  return { send } as Pick<DynamoDBClient, 'send'>;
}

async function streams(...args: string[]) {
  const options = readOptions(args);
  if (options === 'help') throw new Error('--help');
  const lines: string[] = [];
  const stage = { dynamo: inSmallPages(), streamsTable: dynamo.table };
  const missing = await createShow(stage, options, (line) => lines.push(line))();
  return { lines, missing, text: lines.join('\n') };
}
const idsOf = async (...args: string[]) =>
  (await streams(...args, '--json')).lines.map(
    (line) => (JSON.parse(line) as { mediaSessionId: string }).mediaSessionId,
  );

describe('npm run streams', () => {
  it('shows what is live, publishers first, in lines that a terminal bears', async () => {
    const { lines, text } = await streams();
    expect(lines[0]).toMatch(/^live +startedAt +mediaSessionId +nodeId +name$/);
    expect(lines[1]).toMatch(/^publishing +2026-01-01T00:00:01.000Z +p-room +one@10.0.0.1 +room$/);
    expect(lines.at(-1)).toBe(`2 publishers and 3 viewers live in ${dynamo.table}.`);
    expect(text).toContain('\ufffd[2Jevil\ufffd\ufffd\ufffd');
    expect(text).not.toMatch(/[\u001b\u009b\u202e]/);
  });

  it('shows the same as JSON, a line each, which says the same and is harmless too', async () => {
    expect(await idsOf()).toEqual(['p-room', 'evil', 'v1', 'v2', 'v3']);
    const { lines, text } = await streams('--json');
    expect(text).not.toMatch(/[\u001b\u009b\u202e]|\u{e0001}/u);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({
      name: '\u001b[2Jevil\u009b\u202e\u{e0001}',
      live: 'publishing',
    });
  });

  it('shows one server, by its id or by its address as a whole', async () => {
    expect(await idsOf('--node', '10.0.0.1')).toEqual(['p-room', 'evil', 'v1', 'v3']);
    expect(await idsOf('--node', NODES[1])).toEqual(['v2']);
    expect(await idsOf('--node', '0.0.1')).toEqual([]);
    const { text } = await streams('--node', NODES[1]);
    expect(text).toContain(`0 publishers and 1 viewer live in ${dynamo.table} on two@10.0.0.11.`);
  });

  it('counts the viewers of each name, the most watched first, also of one server', async () => {
    const { lines } = await streams('--viewers');
    expect(lines.slice(0, 3)).toEqual([
      'viewers  publishers  name',
      '2        1           room',
      '1        0           other',
    ]);
    expect(lines.at(-1)).toBe(`2 publishers and 3 viewers live in ${dynamo.table}, of 3 names.`);
    const ofOne = await streams('--viewers', '--node', '10.0.0.1', '--json');
    expect(ofOne.lines.map((line) => JSON.parse(line) as unknown)).toContainEqual({
      name: 'room',
      viewers: 1,
      publishers: 1,
    });
  });

  it('shows the streams of a name, the latest first, with what became of them', async () => {
    expect(await idsOf('--name', 'room')).toEqual(['gone', 'v2', 'v1', 'p-room']);
    const { text } = await streams('--name', 'room');
    expect(text).toMatch(/^ended +STOPPED +false +\S+Z +2026-01-01T00:00:06.000Z +gone +one@10.0.0.1$/m);
    expect(text).toContain(`4 streams named room in ${dynamo.table}: 1 publisher and 2 viewers live.`);
  });

  it('shows one stream in the order in which a person reads it, and says where there is none', async () => {
    const { text } = await streams('--id', 'gone');
    expect(text).toMatch(/^mediaSessionId +gone\nphase +ended\nstatus +STOPPED\n/);
    expect(text).toMatch(/^revision +2$/m);
    expect(await streams('--id', 'nobody')).toMatchObject({
      lines: [],
      missing: `There is no stream nobody in ${dynamo.table}.`,
    });
  });

  it('shows no more than the limit, and says whether there is more', async () => {
    const more = (limit: number) => `Only the first ${limit}, there are more: --limit.`;
    expect((await streams('--limit', '3')).lines.slice(4)).toEqual([more(3)]);
    expect((await streams('--limit', '5')).lines.at(-1)).toContain('2 publishers and 3 viewers live');
    expect((await streams('--node', NODES[0], '--limit', '4')).lines.at(-1)).toContain('2 publishers and 2 viewers');
    expect((await streams('--name', 'room', '--limit', '1')).lines.slice(2)).toEqual([more(1)]);
    expect((await streams('--viewers', '--limit', '1')).text).toContain('Only the first 1 of 3 names: --limit.');
    expect(await idsOf('--limit', '2')).toHaveLength(2);
  });

  it('reads no more than the limit needs', async () => {
    const queries = () => dynamo.requests.filter(({ operation }) => operation === 'Query');
    await streams('--limit', '1');
    await streams('--name', 'room', '--limit', '1');
    // One more than is shown: it tells whether there is more.
    expect(queries().map(({ body }) => body['Limit'])).toEqual([2, 2]);
  });

  it('finds what is live under every key of the index', async () => {
    const store = createDynamoStore(dynamo.client, testSettings({ ...tablesOf(dynamo), LIVE_SHARDS: '4' }));
    const ids = Array.from({ length: 30 }, (_, n) => `shard-${n}`);
    const tellAll = async (status: string) => {
      for (const mediaSessionId of ids) {
        const body = { mediaSessionId, name: 'sharded', status, published: false };
        await store.upsert(sightingOf('StreamStatusEvent', body, (clock += 1000), {}) ?? expect.fail());
      }
    };
    await tellAll('PLAYING');
    expect(await idsOf()).toEqual(expect.arrayContaining(ids));
    expect((await streams('--viewers')).lines[1]).toMatch(/^30 +0 +sharded$/);
    await tellAll('STOPPED');
    expect(await idsOf()).toHaveLength(5);
  });

  it('never scans, and reads no row where the index says it all', async () => {
    const kinds = () => [...new Set(dynamo.requests.map(({ operation }) => operation))];
    for (const args of [[], ['--node', 'x'], ['--viewers']]) await streams(...args);
    expect(kinds()).toEqual(['Query']);
    await streams('--name', 'room');
    await streams('--id', 'v1');
    expect(kinds()).toEqual(['Query', 'BatchGetItem', 'GetItem']);
  });

  it('writes a stop and its reason, and says what comes of it', async () => {
    expect((await streams('--stop', 'v3', '--reason', 'abuse')).text).toBe(
      'v3 (other, live) is stopped with its first keep-alive, where STOP_STREAMS=true: it has sent none yet. Are they on in WCS?',
    );
    expect(await dynamo.row('v3')).toMatchObject({ phase: 'live', stop: 'abuse' });
    expect((await streams('--stop', 'gone')).text).toBe(
      'gone (room, ended) has ended already, at 2026-01-01T00:00:06.000Z.',
    );
    expect(JSON.parse((await streams('--stop', 'v1', '--json')).text)).toMatchObject({
      mediaSessionId: 'v1',
      stop: true,
    });
  });

  it('makes no row of an id that is misspelt', async () => {
    expect(await streams('--stop', 'nobody')).toMatchObject({
      lines: [],
      missing: `There is no stream nobody in ${dynamo.table}.`,
    });
    expect(await dynamo.item('nobody')).toBeUndefined();
  });

  it('finds a stream by its name and id as WCS has them, and shows neither key nor password', async () => {
    const camera = 'rtsp://operator:s3cr%40t@192.0.2.55/cam?channel=1';
    const hls = `60709c5b-6950-40c3-8a3d-37ea0827ae32-${Buffer.from(camera).toString('hex')}-HLS`;
    await tell(hls, camera, 'PAUSED');
    await tell('camera-2', camera.replace('channel=1', 'channel=2'), 'STOPPED');
    await tell('encoder', 'user7?SECRETKEY', 'UNPUBLISHED');
    const shown = await idsOf('--name', camera);
    expect(shown).toHaveLength(1);
    expect(await idsOf('--name', 'rtsp://192.0.2.55/cam?channel=1')).toEqual(shown);
    expect(await idsOf('--name', 'user7?SECRETKEY')).toEqual(['encoder']);
    expect(await idsOf('--id', hls)).toEqual(shown);
    expect(await idsOf('--id', shown[0] ?? '')).toEqual(shown);
    const outputs = [
      await streams(),
      await streams('--name', camera),
      await streams('--id', hls),
      await streams('--stop', hls),
      await streams('--viewers'),
      await streams('--id', hls.replace('60709c5b', '00000000')),
    ];
    expect(outputs.map(({ text, missing }) => text + (missing ?? '')).join()).not.toMatch(/operator|s3cr|SECRETKEY/);
    expect(outputs[3]?.text).toContain('(rtsp://192.0.2.55/cam?channel=1, live) is stopped');
    expect(outputs[5]?.missing).toMatch(/^There is no stream 00000000-/);
    await tell(hls, camera, 'STOPPED');
  });

  it('finds a name that was too long for its index', async () => {
    await tell('long', 'é'.repeat(2000), 'UNPUBLISHED');
    expect(await idsOf('--name', 'é'.repeat(2000))).toEqual(['long']);
  });
});

describe('the options of npm run streams', () => {
  it.each([
    [['--nope'], /--nope/],
    [['one'], /one/],
    [['--id', 'a', '--name', 'b'], /--id and --name do not go together/],
    [['--stop', 'a', '--node', 'b'], /--stop and --node do not go together/],
    [['--reason', 'why'], /--reason is for --stop ID/],
    [['--limit', '0'], /--limit 0: expected a whole number/],
    [['--limit', '1.5'], /--limit 1.5/],
    [['--limit', 'Infinity'], /--limit Infinity/],
    [['--limit', 'x'], /--limit x/],
    [['--stage', 'a b'], /--stage a b: expected letters/],
    [['--name', ''], /--name is empty/],
    [['--name', '?key'], /--name has nothing but a key/],
    [['--stop', ''], /--stop is empty/],
  ])('%j are refused with the reason', (args, reason) => {
    expect(() => readOptions(args)).toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(reason) as string }),
    );
  });

  it('default to what is live on this machine, all of it', () => {
    expect(readOptions([])).toEqual({
      what: { kind: 'live', node: undefined },
      limit: Infinity,
      json: false,
      stage: 'local',
      region: undefined,
    });
  });
});
