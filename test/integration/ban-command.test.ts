import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bans as bansOfTemplate } from '../../infra/cloudformation/bans.ts';
import { createTables, type Resources } from '../../infra/local/tables.ts';
import { createBanTable } from '../../lib/store/ban-table.ts';
import { shellWith } from '../support/cloudformation.ts';
import { startDynamo } from '../support/dynamo.ts';
import { runScript } from '../support/run-script.ts';

const TABLE = 'wcs-hooks-local-bans';
const PAST = Math.floor(Date.now() / 1000) - 60;

let dynamo: Awaited<ReturnType<typeof startDynamo>>;
/** Where the command asks for the settings of the functions. */
let lambda: Server;
let variables: Record<string, string> | undefined;
let table: ReturnType<typeof createBanTable>;
beforeAll(async () => {
  dynamo = await startDynamo();
  const { BansTable } = (await bansOfTemplate(shellWith({}))).Resources;
  const resources = { BansTable: { ...BansTable, Properties: { ...BansTable?.Properties, TableName: TABLE } } };
  await createTables(resources as Resources, dynamo.direct);
  table = createBanTable(dynamo.client, TABLE, Date.now);
  lambda = createServer((_, response) => {
    if (!variables) response.statusCode = 403;
    response.end(JSON.stringify(variables ? { Environment: { Variables: variables } } : { message: 'not yours' }));
  });
  await new Promise<void>((resolve) => lambda.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  lambda.close();
  await dynamo.close();
});

const ban = (...options: string[]) =>
  runScript('ban', options, {
    ...process.env,
    DYNAMODB_PORT: new URL(dynamo.endpoint).port,
    QUEUE_PORT: String((lambda.address() as AddressInfo).port),
    COLUMNS: '1000',
  });
/** Of people: in one line, whatever the width. */
const flat = (text: string) => text.replace(/\s+/g, ' ').trim();
const held = async () =>
  new Map((await table.read(AbortSignal.timeout(20_000))).map(({ key, ...rest }) => [key, rest]));

describe('npm run ban', () => {
  it('keeps somebody out for a while or until it is lifted, and says what will come of it', async () => {
    variables = { STOP_STREAMS: 'true' };
    const began = Math.floor(Date.now() / 1000);
    const [alice, room, session] = await Promise.all([
      ban('--sub', 'alice', '--for', '1h', '--reason', 'spam from rtsp://u:pw@cam/1'),
      // As WCS has it: the row has neither the user nor the password.
      ban('--name', 'rtsp://user:password@cam/1'),
      ban('--session', 's-1', '--for', '7d', '--json'),
    ]);
    expect([alice.code, room.code, session.code]).toEqual([0, 0, 0]);
    expect(flat(alice.stdout)).toMatch(
      /^sub:alice is banned from local until 20\S+Z \(in (?:1 h|60 min|59 min)\)\. Its live streams end with their next keep-alive\.$/,
    );
    expect(flat(room.stdout)).toMatch(/^name:rtsp:\/\/cam\/1 is banned from local until the ban is lifted\. /);
    expect(session.stderr).toContain('session:s-1 is banned from local until');
    const { until, ...shown } = JSON.parse(session.stdout) as Record<string, string>;
    expect(shown).toEqual({ key: 'session:s-1', by: userInfo().username, at: expect.any(String) as string });
    expect(Date.parse(String(until)) / 1000 - began - 7 * 86_400).toBeLessThan(60);

    const bans = await held();
    expect([...bans.keys()].toSorted()).toEqual(['name:rtsp://cam/1', 'session:s-1', 'sub:alice']);
    expect(bans.get('sub:alice')).toEqual({
      until: expect.any(Number) as number,
      reason: 'spam from rtsp://cam/1',
      by: userInfo().username,
      at: expect.any(String) as string,
    });
    expect(bans.get('name:rtsp://cam/1')).not.toHaveProperty('until');
    expect(JSON.stringify([...bans])).not.toMatch(/password|pw@/);
  });

  it('says that stopping is off there, or that this cannot be seen', async () => {
    variables = {};
    expect(flat((await ban('--sub', 'bob')).stdout)).toContain('Stopping is off there: its live streams continue');
    variables = undefined;
    expect(flat((await ban('--sub', 'bob')).stdout)).toMatch(
      /end with their next keep-alive if stopping is on there\.$/,
    );
  });

  it('lists who is kept out now, and lifts one', async () => {
    for (const key of (await held()).keys()) await table.remove(key, AbortSignal.timeout(20_000));
    const empty = await ban('--list');
    expect(flat(empty.stdout)).toBe('Nobody is banned from local.');
    const write = (key: string, rest: object) => table.put({ key, ...rest }, AbortSignal.timeout(20_000));
    // A key is its user's: this one would clear the screen of who reads it.
    await write('sub:b\u001b[2J', { reason: 'spam', by: 'ops' });
    await write('name:a', { until: 4_000_000_000 });
    await write('sub:over', { until: PAST });
    const [people, program] = await Promise.all([ban('--list'), ban('--list', '--json')]);
    expect(people.stdout).not.toContain('\u001b');
    expect(people.stdout).not.toContain('sub:over');
    expect(people.stdout).toContain('spam');
    expect(program.code).toBe(0);
    expect(
      program.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { key: 'name:a', until: '2096-10-02T07:06:40.000Z' },
      { key: 'sub:b\u001b[2J', reason: 'spam', by: 'ops' },
    ]);
    const [lifted, over] = await Promise.all([ban('--lift', '--name', 'a', '--json'), ban('--lift', '--sub', 'over')]);
    expect(lifted.code).toBe(0);
    expect(JSON.parse(lifted.stdout)).toEqual({ key: 'name:a', until: '2096-10-02T07:06:40.000Z' });
    expect(flat(lifted.stderr)).toBe('The ban on name:a is lifted; this takes effect everywhere within 5 s.');
    expect(over).toMatchObject({ code: 1, stderr: `There is no ban on sub:over in ${TABLE}.\n` });
    expect([...(await held()).keys()]).toEqual(['sub:b\u001b[2J']);
  });

  it('says which option is wrong, and writes nothing', async () => {
    const before = await held();
    const wrong: readonly (readonly [options: string[], says: RegExp])[] = [
      [[], /who\? Give exactly one of --sub NAME, --name NAME and --session ID, or --list/],
      [['--sub', 'a', '--name', 'b'], /who\? Give exactly one of/],
      [['--sub', ''], /--sub is empty: expected whom to ban/],
      [['--sub', 'a', '--for', '1 week'], /--for is not a duration: expected a number and s, m, h or d, such as 1h/],
      [['--list', '--sub', 'a'], /--list takes no other option/],
      [['--lift', '--sub', 'a', '--for', '1h'], /--lift takes neither --for nor --reason/],
      [['--sub', 'a', '--stage', 'a b'], /--stage a b: expected letters/],
    ];
    const answers = await Promise.all(wrong.map(([options]) => ban(...options)));
    for (const [n, { code, stdout, stderr }] of answers.entries()) {
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(wrong[n]?.[1] ?? /never/);
    }
    expect(await held()).toEqual(before);
  });

  it('says what to do where there is no such table', async () => {
    const elsewhere = await runScript('ban', ['--list'], { ...process.env, DYNAMODB_PORT: '1' });
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.stderr).toMatch(/^wcs-hooks-local-bans cannot be used: [^]*npm start[^]*BANS=false/);
  });
});
