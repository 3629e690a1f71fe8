import {
  BatchGetItemCommand,
  DescribeTableCommand,
  QueryCommand,
  ScanCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rulesOf, type StreamRules } from '../../infra/cli/function-settings.ts';
import { HELP } from '../../infra/cli/streams/help.ts';
import { readOptions } from '../../infra/cli/streams/options.ts';
import { createShow } from '../../infra/cli/streams/show.ts';
import { watch } from '../../infra/cli/streams/watch.ts';
import { widthOf } from '../../infra/cli/terminal-text.ts';
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
  rules = () => Promise.resolve(on);
  later = 0;
});

async function tell(mediaSessionId: string, name: string, status: string, nodeId: string = NODES[0], sub?: string) {
  const store = createDynamoStore(dynamo.client, testSettings(tablesOf(dynamo)));
  const body = { mediaSessionId, name, status, published: /PUBLISH/.test(status), nodeId };
  const recorded = sub === undefined ? {} : { isDecided: true, sub };
  return store.upsert(sightingOf('StreamStatusEvent', body, (clock += 1000), recorded) ?? expect.fail());
}

async function keepAlive(mediaSessionId: string, env: Record<string, string> = {}) {
  const store = createDynamoStore(dynamo.client, testSettings({ ...tablesOf(dynamo), ...env }));
  const body = { mediaSessionId, status: 'PUBLISHING', published: true, nodeId: NODES[0] };
  return store.keepAlive(sightingOf('StreamKeepAliveEvent', body, (clock += 1000), {}) ?? expect.fail());
}

const lose = (id: string, why = 'no keep-alive for 120 s') =>
  dynamo.set(id, { phase: { S: 'lost' }, lost: { S: why }, live: undefined, expiresAt: { N: '9999999999' } });

let isBusy = false;
let pageSize = 3;
let describeTable = (): object => ({ Table: { ItemCount: 12_345, TableSizeBytes: 8_192_000 } });

/** Small pages, and a table that is busy once where a test says so. */
function inSmallPages(): Pick<DynamoDBClient, 'send'> {
  const send = async (command: QueryCommand | BatchGetItemCommand | DescribeTableCommand) => {
    if (command instanceof QueryCommand || command instanceof ScanCommand) {
      command.input.Limit = Math.min(pageSize, command.input.Limit ?? pageSize);
    }
    if (command instanceof BatchGetItemCommand && isBusy) {
      isBusy = false;
      return { Responses: {}, UnprocessedKeys: command.input.RequestItems };
    }
    if (command instanceof DescribeTableCommand) return describeTable();
    return dynamo.client.send(command as QueryCommand);
  };
  return { send } as Pick<DynamoDBClient, 'send'>;
}

/** What the functions are set to, and the terminal; whoever asks later than the last hook says when. */
let rules: () => Promise<StreamRules> = () => Promise.reject(new Error('nobody asks'));
let columns: number | undefined;
let later = 0;
const on = { ...rulesOf({}), stopsStreams: true };

async function streams(...args: string[]) {
  const options = readOptions(args);
  if (options === 'help') throw new Error('--help');
  const [lines, warnings, progress]: [string[], string[], (string | undefined)[]] = [[], [], []];
  const at = { name: 'test', place: 'here', isLocal: false };
  const stage = { ...at, dynamo: inSmallPages(), streamsTable: dynamo.table, rules: () => rules() };
  const missing = await createShow(stage, options)(options.limit, {
    write: (line) => lines.push(line),
    columns,
    now: () => clock + later,
    warn: (text) => warnings.push(text),
    progress: (text) => progress.push(text),
  });
  return { lines, missing, warnings, progress, text: lines.join('\n') };
}
async function onTerminal(width: number, ...args: string[]) {
  columns = width;
  return streams(...args).finally(() => (columns = undefined));
}
const idsOf = async (...args: string[]) =>
  (await streams(...args, '--json')).lines.map(
    (line) => (JSON.parse(line) as { mediaSessionId: string }).mediaSessionId,
  );

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
    later = 3 * 60_000;
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
    later = 50 * 3_600_000;
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
    isBusy = true;
    expect(await idsOf('--name', 'room')).toEqual(['gone', 'v2', 'v1', 'p-room']);
    expect(isBusy).toBe(false);
    const { text } = await streams('--name', 'room');
    expect(text).toMatch(/^ended +STOPPED +false +\S+Z +\S+Z +2026-01-01T00:00:06.000Z +gone +- +one@10.0.0.1$/m);
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
    later = 60_000 - (clock - T0 - 6000);
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
        await store.upsert(sightingOf('StreamStatusEvent', body, (clock += 1000), {}) ?? expect.fail());
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
    pageSize = 100;
    await streams('--node', NODES[0], '--limit', '1');
    pageSize = 3;
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
    later = 3_600_000;
    const { lines, warnings, progress } = await onTerminal(80, '--lost', '--limit', '5');
    expect(warnings).toEqual([
      'No index holds what is lost: the whole table is read, about 12,345 rows, 1,000 read units. Ctrl-C ends it.',
    ]);
    expect(progress[0]).toBe('3 of about 12,345 rows read');
    expect(progress.at(-1)).toBeUndefined();
    expect(lines[0]).toMatch(/^mediaSessionId +age +heard +node +name$/);
    expect(lines).toContainEqual(expect.stringMatching(/^l2 +1 h +1 h +10.0.0.11 +ghost$/));
    expect(lines.at(-1)).toMatch(/^2 streams lost in \S+: \d+ rows read, \d+ read units\.$/);
    describeTable = () => {
      throw Object.assign(new Error('not yours'), { name: 'AccessDeniedException' });
    };
    const unknown = await streams('--lost');
    expect(unknown.warnings).toEqual(['No index holds what is lost: the whole table is read. Ctrl-C ends it.']);
    expect(unknown.progress[0]).toBe('3 rows read');
    expect((await streams('--lost', '--limit', '1')).lines.at(-1)).toBe('Only the first 1, there are more: --limit.');
    for (const id of ['l1', 'l3']) await tell(id, 'ghost', 'STOPPED');
    await tell('l2', 'ghost', 'STOPPED', NODES[1]);
  });

  describe('--stop', () => {
    const stop = async (id: string, ...args: string[]) => (await streams('--stop', id, ...args)).text;

    it('writes the reason into the row, and says what will come of it', async () => {
      expect(await stop('v3', '--reason', 'abuse')).toMatch(
        /^v3 \(other, live\) is stopped with its first keep-alive, but has sent none yet: are they on in WCS\?/,
      );
      expect(await dynamo.row('v3')).toMatchObject({ phase: 'live', stop: 'abuse' });
      await keepAlive('v3');
      expect(await stop('v3')).toMatch(/ is stopped with its next keep-alive; it was last heard of 0 s ago\.$/);
      expect(await stop('gone')).toBe(
        'gone (room, ended) has ended already, at 2026-01-01T00:00:06.000Z: there is nothing to stop.',
      );
      await tell('waits', 'room', 'PENDING');
      expect(await stop('waits')).toMatch(/ has not started yet: its first keep-alive stops it\.$/);
      await tell('mute', 'room', 'PUBLISHING');
      await lose('mute');
      expect(await stop('mute')).toMatch(/ is lost \(no keep-alive for 120 s\): nothing happens unless /);
      const store = createDynamoStore(dynamo.client, testSettings(tablesOf(dynamo)));
      const body = { mediaSessionId: 'denied', name: 'room' };
      await store.upsert(
        sightingOf('publishStream', body, (clock += 1000), { denied: 'token: expired' }) ?? expect.fail(),
      );
      expect(await stop('denied')).toMatch(/ was denied \(token: expired\)\. If WCS continues with it, /);
      for (const id of ['waits', 'mute', 'denied']) await tell(id, 'room', 'STOPPED');
    });

    it('says that stopping is off there, or that this cannot be seen', async () => {
      rules = () => Promise.resolve({ ...on, stopsStreams: false });
      expect(await stop('v1')).toMatch(
        /^v1 \(room, live\) will NOT be stopped: stopping is off there\. STOP_STREAMS=true /,
      );
      rules = () => Promise.reject(Object.assign(new Error('not yours'), { name: 'AccessDeniedException' }));
      expect(await stop('v1')).toMatch(
        /if stopping is on there \(STOP_STREAMS=true, or a policy that can limit streams\), which cannot be seen from here: AccessDeniedException: not yours\.$/,
      );
    });

    it('gives a program the row, and whoever runs it the sentence', async () => {
      const { text, warnings } = await streams('--stop', 'v1', '--json');
      expect(JSON.parse(text)).toMatchObject({ mediaSessionId: 'v1', stop: true });
      expect(warnings).toEqual([expect.stringMatching(/^v1 \(room, live\) is stopped with its first keep-alive/)]);
    });

    it('is taken back with --undo, as long as no keep-alive was refused', async () => {
      await tell('u', 'room', 'PUBLISHING');
      await stop('u', '--reason', 'by mistake');
      expect(await stop('u', '--undo')).toBe(
        'u (room, live) will not be stopped any more: no keep-alive was answered 403.',
      );
      expect(await dynamo.row('u')).not.toHaveProperty('stop');
      expect(await keepAlive('u', { STOP_STREAMS: 'true' })).toEqual({ outcome: 'applied' });
      expect(await stop('u', '--undo')).toBe('u (room, live) has no "stop": there is nothing to take back.');

      await stop('u');
      expect(await keepAlive('u', { STOP_STREAMS: 'true' })).toMatchObject({ stop: 'stop' });
      expect(await stop('u')).toMatch(
        /: its keep-alives have been answered 403 since 2026-\S+Z, and WCS should end it\./,
      );
      expect(await stop('u', '--undo')).toMatch(
        /^Too late: a keep-alive of u \(room, live\) was answered 403 at 2026-\S+Z, /,
      );
      const row = await dynamo.row('u');
      for (const field of ['stop', 'stopSentAt']) expect(row).not.toHaveProperty(field);
      // One that goes on all the same may be stopped again, and the row says since when then.
      await stop('u');
      const { stop: _, outcome } = await keepAlive('u', { STOP_STREAMS: 'true' });
      expect(outcome).toBe('applied');
      await tell('u', 'room', 'STOPPED');
      expect(await stop('u', '--undo')).toMatch(/^Too late: u \(room, ended\) has ended, at /);
    });

    it("leaves a stopAt alone, which may be a token's, and says so", async () => {
      await tell('t', 'room', 'PUBLISHING');
      await dynamo.set('t', { stopAt: { S: '2030-01-01T00:00:00.000Z' } });
      expect(await stop('t', '--undo')).toMatch(/nothing to take back\. "stopAt" stays \(2030-01-01T00:00:00.000Z\)/);
      expect(await dynamo.row('t')).toMatchObject({ stopAt: '2030-01-01T00:00:00.000Z' });
      await tell('t', 'room', 'STOPPED');
    });

    it('taken back wins against a keep-alive that read the row before', async () => {
      await tell('race', 'room', 'PUBLISHING');
      await stop('race');
      let isRead = false;
      dynamo.control.fault = async ({ operation }) => {
        if (operation !== 'UpdateItem' || isRead) return undefined;
        isRead = true;
        await stop('race', '--undo');
        return undefined;
      };
      const result = await keepAlive('race', { STOP_STREAMS: 'true' });
      dynamo.control.fault = () => undefined;
      expect(isRead).toBe(true);
      expect(result).not.toHaveProperty('stop');
      const row = await dynamo.row('race');
      for (const field of ['stop', 'stopSentAt']) expect(row).not.toHaveProperty(field);
      await tell('race', 'room', 'STOPPED');
    });
  });

  describe('--end', () => {
    const end = (id: string, ...args: string[]) => streams('--end', id, ...args);
    const LEASE = 121_000;

    it('ends the row of a ghost, out of the index and by the rule, and no sign of life brings it back', async () => {
      await tell('ghost', 'room', 'PUBLISHING');
      await keepAlive('ghost');
      await lose('ghost');
      later = LEASE;
      const { text, missing } = await end('ghost');
      expect(missing).toBeUndefined();
      expect(text).toMatch(
        /^ghost \(room, lost\) is ended, in its row: WCS is told nothing\. It was last heard of 2 min ago /,
      );
      clock += LEASE;
      later = 0;
      const at = new Date(clock).toISOString();
      expect(await dynamo.row('ghost')).toMatchObject({
        phase: 'ended',
        info: 'presumed: ended by the operator',
        endedAt: at,
        expiresAt: Math.floor(clock / 1000) + on.retentionSeconds,
        rank: expect.stringMatching(/^5#/) as string,
      });
      expect(await dynamo.row('ghost')).not.toHaveProperty('lost');
      // At once: nothing has overtaken the word of the operator.
      expect(await keepAlive('ghost')).toEqual({ outcome: 'live after end' });
      expect(await tell('ghost', 'room', 'PUBLISHING')).toBe('live after end');
      expect(await dynamo.row('ghost')).toMatchObject({ phase: 'ended', endedAt: at });
      // What WCS itself says of the end stands, whenever it comes.
      await tell('ghost', 'room', 'UNPUBLISHED');
      expect(await dynamo.row('ghost')).toMatchObject({
        status: 'UNPUBLISHED',
        rank: expect.stringMatching(/^6#/) as string,
      });
      expect(await keepAlive('ghost')).toEqual({ outcome: 'fresh' });
    });

    it('asks for --yes where it was heard of within its lease, or sends no keep-alives', async () => {
      await tell('young', 'room', 'PUBLISHING');
      expect((await end('young')).missing).toMatch(
        /^young \(room, live\) was heard of 0 s ago, within its lease of 120 s: .*--end young --yes$/,
      );
      later = LEASE;
      expect((await end('young')).missing).toMatch(
        /sends no keep-alives: that nothing was heard of it for 2 min says nothing\. .*--yes$/,
      );
      expect(await dynamo.row('young')).toMatchObject({ phase: 'live' });
      later = 0;
      expect(JSON.parse((await end('young', '--yes', '--json')).text)).toMatchObject({
        mediaSessionId: 'young',
        phase: 'ended',
      });
      expect(await idsOf()).not.toContain('young');
      await tell('kept', 'room', 'PUBLISHING');
      await keepAlive('kept');
      await tell('waiting', 'room', 'PENDING');
      expect((await end('kept')).missing).toMatch(/within its lease/);
      expect((await end('waiting')).missing).toMatch(/within its lease/);
      later = LEASE;
      for (const id of ['kept', 'waiting']) {
        expect((await end(id)).missing).toBeUndefined();
        expect(await dynamo.row(id)).toMatchObject({ phase: 'ended' });
      }
      clock += LEASE;
    });

    it('ends nothing that has ended, was denied, or was never there', async () => {
      expect((await end('gone', '--yes')).missing).toBe(
        'gone (room, ended) has ended already, at 2026-01-01T00:00:06.000Z.',
      );
      const store = createDynamoStore(dynamo.client, testSettings(tablesOf(dynamo)));
      const body = { mediaSessionId: 'unwelcome', name: 'room' };
      await store.upsert(sightingOf('publishStream', body, (clock += 1000), { denied: 'no' }) ?? expect.fail());
      expect((await end('unwelcome', '--yes')).missing).toMatch(
        /is neither live, lost nor starting: there is nothing to end\.$/,
      );
      expect(await dynamo.row('unwelcome')).toMatchObject({ phase: 'denied' });
      expect((await end('nobody', '--yes')).missing).toBe(`There is no stream nobody in ${dynamo.table}.`);
      expect(await dynamo.item('nobody')).toBeUndefined();
    });

    it('sees a hook that comes in between, and ends nothing that it proves alive', async () => {
      await tell('back', 'room', 'PUBLISHING');
      await keepAlive('back');
      await lose('back');
      clock += LEASE;
      let isRead = false;
      dynamo.control.fault = async ({ operation }) => {
        if (operation !== 'UpdateItem' || isRead) return undefined;
        isRead = true;
        await keepAlive('back');
        return undefined;
      };
      const { missing } = await end('back');
      dynamo.control.fault = () => undefined;
      expect(missing).toMatch(/^back \(room, live\) was heard of 0 s ago, within its lease/);
      expect(await dynamo.row('back')).toMatchObject({ phase: 'live' });
      await tell('back', 'room', 'STOPPED');
    });

    it('comes after all that is known, whatever the clock of the operator says', async () => {
      await tell('slow', 'room', 'PUBLISHING');
      later = -3_600_000;
      await end('slow', '--yes');
      const { startedAt, endedAt } = await dynamo.row('slow');
      expect(Date.parse(String(endedAt))).toBe(Date.parse(String(startedAt)) + 1);
    });

    it('takes the defaults where the settings of the stage cannot be seen, and says so', async () => {
      await tell('unseen', 'room', 'PUBLISHING');
      rules = () => Promise.reject(Object.assign(new Error('not yours'), { name: 'AccessDeniedException' }));
      const { warnings, missing } = await end('unseen');
      expect(missing).toMatch(/within its lease of 120 s/);
      expect(warnings).toEqual([
        expect.stringMatching(/cannot be seen \(AccessDeniedException: not yours\).* 30 days/),
      ]);
      rules = () => Promise.resolve({ ...on, leaseSeconds: 300, retentionSeconds: 5_000_000 });
      later = LEASE;
      expect((await end('unseen')).missing).toMatch(/within its lease of 300 s/);
      await end('unseen', '--yes');
      expect(await dynamo.row('unseen')).toMatchObject({ expiresAt: Math.floor((clock + later) / 1000) + 5_000_000 });
    });
  });

  it('watches: shows as much as fits, again and again, until it is interrupted', async () => {
    const written: string[] = [];
    const controller = new AbortController();
    const seen: number[] = [];
    const started = performance.now();
    const screen = { write: (text: string) => written.push(text), rows: () => 10, now: () => T0 };
    const result = await watch(
      (limit, write) => {
        seen.push(limit);
        for (let n = 0; n < 20; n++) write(`line ${n}`);
        setTimeout(() => controller.abort(), 20);
        return Promise.resolve(undefined);
      },
      screen,
      controller.signal,
    );
    expect(result).toBeUndefined();
    expect(seen).toEqual([4]);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(written.at(-1)?.split('\n')).toHaveLength(10);
    expect(written.at(-1)).toContain('00:00:00 UTC, Ctrl-C ends');
    expect(await watch(() => Promise.resolve('gone'), screen, new AbortController().signal)).toBe('gone');
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
    [['--stop', 'a', '--undo', '--reason', 'why'], /--reason is for --stop ID/],
    [['--undo'], /--undo is for --stop ID/],
    [['--yes', '--stop', 'a'], /--yes is for --end ID/],
    [['--stop', 'a', '--end', 'a'], /--stop and --end do not go together/],
    [['--viewers', '--lost'], /--viewers and --lost do not go together/],
    [['--id', 'a', '--sub', 'b'], /--id and --sub do not go together/],
    [['--watch', '--end', 'a'], /--watch is for what is shown/],
    [['--watch', '--json'], /--watch is for people/],
    [['--watch', '--lost'], /--watch is for --lost with --name NAME/],
    [['--end', ''], /--end is empty/],
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
      what: { kind: 'list', name: undefined, node: undefined, sub: undefined, lost: false },
      watch: false,
      limit: Infinity,
      wide: false,
      json: false,
      stage: 'local',
      region: undefined,
    });
  });

  it('are explained in lines that no terminal folds', () => {
    expect(HELP.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
