import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { widthOf } from '../../infra/cli/terminal-text.ts';
import { sightingOf } from '../../lib/state/sighting-of.ts';
import { createDynamoStore } from '../../lib/store/dynamo-store.ts';
import { tablesOf } from '../support/dynamo.ts';
import { testSettings } from '../support/settings.ts';
import { NODES, startStreamsCommand, T0 } from '../support/streams-command.ts';

const { dynamo, control, tell, tellRooms, lose, streams, onTerminal, idsOf, reset } = await startStreamsCommand();
beforeAll(tellRooms);
afterAll(() => dynamo.close());
beforeEach(reset);

describe('npm run streams', () => {
  it('shows what is live, publishers first, in lines that a terminal bears', async () => {
    const { lines, text } = await streams();
    expect(lines[0]).toMatch(/^live +startedAt +lastSeenAt +mediaSessionId +nodeId +sub +name$/);
    expect(lines[1]).toMatch(
      /^publishing +2026-01-01T00:00:01.000Z +2026-01-01T00:00:01.000Z +p-room +one@10.0.0.1 +- +room$/,
    );
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
      status: 'PUBLISHING',
      lastSeenAt: '2026-01-01T00:00:07.000Z',
    });
  });

  it('fits a terminal: ages instead of times, of a node what is behind its @, the role as a heading', async () => {
    control.later = 3 * 60_000;
    const { lines } = await onTerminal(80);
    expect(lines).toEqual([
      'publishing  age     heard   node      name',
      'p-room      3 min   3 min   10.0.0.1  room',
      'evil        3 min   3 min   10.0.0.1  \ufffd[2Jevil\ufffd\ufffd\ufffd',
      'playing     age     heard   node       name',
      'v1          3 min   3 min   10.0.0.1   room',
      'v2          3 min   3 min   10.0.0.11  room',
      'v3          3 min   3 min   10.0.0.1   other',
      `2 publishers and 3 viewers live in ${dynamo.table}.`,
    ]);
  });

  it('never is wider than the terminal, whatever clients choose, and shows all of it with --wide', async () => {
    const id = 'fd14b8bd-9e24-4a7f-b8c1-594dc5bff447';
    const name = 'a name in 広い文字 that is far too long';
    const node = '0a4896f0b6a14f0a8f6c3a4d1a7f0f5d@192.168.100.101';
    await tell(id, name, 'PLAYING', node);
    control.later = 50 * 3_600_000;
    for (const width of [80, 120]) {
      for (const args of [[], ['--name', name], ['--viewers'], ['--id', id]]) {
        const { lines } = await onTerminal(width, ...args);
        expect(lines.flatMap((line) => line.split('\n')).filter((line) => widthOf(line) > width)).toEqual([]);
      }
    }
    expect((await onTerminal(80)).text).toMatch(new RegExp(`^${id}  2 d     2 d     192.168.100.101  a na…long$`, 'm'));
    expect((await onTerminal(80, '--name', name)).lines[1]).toBe(`${id}  playing  2 d     2 d     192.168.100.101`);
    expect((await streams('--wide')).text).toContain(node);
    expect((await streams('--wide')).text).toContain(name);
    await tell(id, name, 'STOPPED', node);
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
    control.isBusy = true;
    expect(await idsOf('--name', 'room')).toEqual(['gone', 'v2', 'v1', 'p-room']);
    expect(control.isBusy).toBe(false);
    const { text } = await streams('--name', 'room');
    expect(text).toMatch(/^ended +STOPPED +false +\S+Z +\S+Z +2026-01-01T00:00:06.000Z +gone +- +one@10.0.0.1$/m);
    expect(text).toContain(`4 streams named room in ${dynamo.table}: 1 publisher and 2 viewers live.`);
  });

  it('shows one stream in the order in which a person reads it, and says if there is none', async () => {
    const { text } = await streams('--id', 'gone');
    expect(text).toMatch(/^mediaSessionId +gone\nphase +ended\nstatus +STOPPED\n/);
    expect(text).toMatch(/^revision +2$/m);
    expect(await streams('--id', 'nobody')).toMatchObject({
      lines: [],
      missing: `There is no stream nobody in ${dynamo.table}.`,
    });
    control.later = 60_000 - (control.clock - T0 - 6000);
    const ended = (await onTerminal(80, '--id', 'gone')).text;
    expect(ended).toMatch(/^endedAt +2026-01-01T00:00:06.000Z \(1 min ago\)$/m);
    expect(ended).toMatch(/^expiresAt +\d+ \(in 29 d\)$/m);
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
        await store.upsert(sightingOf('StreamStatusEvent', body, (control.clock += 1000), {}) ?? expect.fail());
      }
    };
    await tellAll('PLAYING');
    expect(await idsOf()).toEqual(expect.arrayContaining(ids));
    expect((await streams('--viewers')).lines[1]).toMatch(/^30 +0 +sharded$/);
    await tellAll('STOPPED');
    expect(await idsOf()).toHaveLength(5);
  });

  it('reads the rows of what it shows and no others, and scans for nothing but what no index holds', async () => {
    const keysRead = () =>
      dynamo.requests
        .filter(({ operation }) => operation === 'BatchGetItem')
        .map(({ body }) => (body['RequestItems'] as Record<string, { Keys: unknown[] }>)[dynamo.table]?.Keys.length);
    await streams('--viewers');
    await streams('--node', 'x');
    expect(keysRead()).toEqual([]);
    await streams('--node', NODES[1]);
    await streams('--limit', '1');
    expect(keysRead()).toEqual([1, 2]);
    for (const id of ['bulk-1', 'bulk-2']) await tell(id, 'bulk', 'PUBLISHING');
    dynamo.requests.length = 0;
    control.pageSize = 100;
    await streams('--node', NODES[0], '--limit', '1');
    control.pageSize = 3;
    expect(keysRead()).toEqual([2]);
    for (const id of ['bulk-1', 'bulk-2']) await tell(id, 'bulk', 'STOPPED');
    dynamo.requests.length = 0;
    await streams();
    await streams('--sub', 'alice');
    await streams('--name', 'room');
    await streams('--lost', '--name', 'room');
    await streams('--id', 'v1');
    const kinds = [...new Set(dynamo.requests.map(({ operation }) => operation))];
    expect(kinds).toEqual(['Query', 'BatchGetItem', 'GetItem']);
  });

  it('shows what is live of one user', async () => {
    await tell('a1', 'room', 'PLAYING', NODES[0], 'alice');
    await tell('a2', 'other', 'PLAYING', NODES[1], 'alice');
    await tell('b1', 'room', 'PLAYING', NODES[0], 'alice2');
    expect(await idsOf('--sub', 'alice')).toEqual(['a1', 'a2']);
    expect(await idsOf('--sub', 'alice', '--node', '10.0.0.1')).toEqual(['a1']);
    expect((await streams('--sub', 'alice', '--limit', '1')).text).toContain('Only the first 1, there are more');
    expect((await streams('--sub', 'alice')).lines.at(-1)).toBe(
      `0 publishers and 2 viewers live in ${dynamo.table} of alice.`,
    );
    for (const id of ['a1', 'b1']) await tell(id, 'x', 'STOPPED');
    await tell('a2', 'x', 'STOPPED', NODES[1]);
    expect(await idsOf('--sub', 'alice')).toEqual([]);
  });

  it('shows what is lost, which no index holds, and says before and after what that costs', async () => {
    await tell('l1', 'ghost', 'PUBLISHING');
    await tell('l2', 'ghost', 'PLAYING', NODES[1]);
    for (const id of ['l1', 'l2']) await lose(id);
    await tell('l3', 'ghost', 'PLAYING');
    expect(await idsOf('--lost')).toEqual(expect.arrayContaining(['l1', 'l2']));
    expect(await idsOf('--lost', '--node', '10.0.0.11')).toEqual(['l2']);
    expect(await idsOf('--lost', '--name', 'ghost')).toEqual(['l2', 'l1']);
    expect(await idsOf('--name', 'ghost')).toEqual(['l3', 'l2', 'l1']);
    control.later = 3_600_000;
    const { lines, warnings, progress } = await onTerminal(80, '--lost', '--limit', '5');
    expect(warnings).toEqual([
      'No index holds what is lost: the whole table is read, about 12,345 rows, 1,000 read units. Ctrl-C ends it.',
    ]);
    expect(progress[0]).toBe('3 of about 12,345 rows read');
    expect(progress.at(-1)).toBeUndefined();
    expect(lines[0]).toMatch(/^mediaSessionId +age +heard +node +name$/);
    expect(lines).toContainEqual(expect.stringMatching(/^l2 +1 h +1 h +10.0.0.11 +ghost$/));
    expect(lines.at(-1)).toMatch(/^2 streams lost in \S+: \d+ rows read, \d+ read units\.$/);
    control.describeTable = () => {
      throw Object.assign(new Error('not yours'), { name: 'AccessDeniedException' });
    };
    const unknown = await streams('--lost');
    expect(unknown.warnings).toEqual(['No index holds what is lost: the whole table is read. Ctrl-C ends it.']);
    expect(unknown.progress[0]).toBe('3 rows read');
    expect((await streams('--lost', '--limit', '1')).lines.at(-1)).toBe('Only the first 1, there are more: --limit.');
    for (const id of ['l1', 'l3']) await tell(id, 'ghost', 'STOPPED');
    await tell('l2', 'ghost', 'STOPPED', NODES[1]);
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
