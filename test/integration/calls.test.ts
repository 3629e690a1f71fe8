import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readOptions } from '../../infra/cli/calls/options.ts';
import { show } from '../../infra/cli/calls/show.ts';
import { rulesOf } from '../../infra/cli/function-settings.ts';
import { widthOf } from '../../infra/cli/terminal-text.ts';
import { sightingOf } from '../../lib/state/sighting-of.ts';
import { createDynamoStore } from '../../lib/store/dynamo-store.ts';
import { startDynamo, tablesOf, type TestDynamo } from '../support/dynamo.ts';
import { testSettings } from '../support/settings.ts';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const NODE = 'one@10.0.0.1';

let dynamo: TestDynamo;
let clock = T0;
/** How long after the last hook the command runs. */
let later = 60_000;
beforeAll(async () => {
  dynamo = await startDynamo();
  await tell('rings', 'RING', { caller: '1001', callee: '4930901820' });
  await tell('talks', 'RING', { caller: 'sip:1002@pbx.example.com', callee: '4930901820', incoming: true });
  await tell('talks', 'ESTABLISHED', { sipStatus: 200 });
  // A number is its caller's: this one would clear the screen of who reads it, and write to the left from there.
  await tell('evil', 'ESTABLISHED', { caller: '\u001b[2J\u202e', callee: '4930901899' });
  await tell('over', 'ESTABLISHED', { caller: '1001', callee: '4930901820' });
  await tell('over', 'FINISH', {});
});
afterAll(() => dynamo.close());
beforeEach(() => {
  dynamo.requests.length = 0;
  later = 60_000;
});

async function tell(callId: string, status: string, fields: object, settings: Record<string, string> = {}) {
  const store = createDynamoStore(dynamo.client, testSettings({ ...tablesOf(dynamo), ...settings }));
  const body = { callId, status, nodeId: NODE, sessionId: 's', ...fields };
  return store.upsert(sightingOf('CallStatusEvent', body, (clock += 1000), {}) ?? expect.fail());
}

const STAGE = { name: 'test', place: 'here', isLocal: false, logs: () => Promise.reject(new Error('nobody asks')) };

/** What it prints, and the sentence about what it could not show. */
async function calls(args: readonly string[] = [], columns?: number) {
  const options = readOptions([...args]);
  if (options === 'help') return expect.fail();
  const lines: string[] = [];
  const warnings: string[] = [];
  const out = {
    ...{ write: (line: string) => lines.push(line), columns, now: () => clock + later },
    ...{ warn: (text: string) => warnings.push(text), progress: () => expect.fail() },
  };
  const rules = () => Promise.resolve(rulesOf({ MAX_AGE_SECONDS: '3600' }));
  const missing = await show({ ...STAGE, rules, dynamo: dynamo.client, callsTable: dynamo.callsTable }, options, out);
  return { lines, missing, warnings, text: lines.join('\n') };
}

const idsOf = async (...args: string[]) =>
  (await calls([...args, '--json'])).lines.map((line) => (JSON.parse(line) as { callId: string }).callId);

describe('the current calls', () => {
  it('are those that ring, then those that talk, each in the order of its beginning', async () => {
    expect(await idsOf()).toEqual(['rings', 'talks', 'evil']);
    const { lines } = await calls();
    expect(lines[0]).toMatch(/^live +firstSeenAt +answeredAt +callId +caller +callee +sub +nodeId$/);
    expect(lines[1]).toMatch(/^ringing +2026-01-01T00:00:01.000Z +- +rings +1001 +4930901820 +- +one@10.0.0.1$/);
    expect(lines[2]).toMatch(/^talking +2026-01-01T00:00:02.000Z +2026-01-01T00:00:03.000Z +talks /);
    expect(lines.at(-1)).toBe(`1 ringing and 2 talking calls in ${dynamo.callsTable}.`);
    for (const control of ['\u001b', '\u202e']) expect(lines.join('')).not.toContain(control);
  });

  it('are grouped on a terminal, with the time since the answer, and fit it', async () => {
    const { lines } = await calls([], 80);
    expect(lines[0]).toMatch(/^ringing +age +caller +callee +node$/);
    expect(lines[1]).toMatch(/^rings +1 min +1001 +4930901820 +10.0.0.1$/);
    expect(lines[2]).toMatch(/^talking +age /);
    expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
  });

  it.each([
    ['a caller', ['--caller', '1001'], ['rings']],
    ['a URI', ['--caller', 'sip:1002@pbx.example.com'], ['talks']],
    ['a URI with a password and parameters', ['--caller', 'sip:1002:x@pbx.example.com;user=phone'], ['talks']],
    ['the user of a URI', ['--caller', '1002'], ['talks']],
    ['a callee', ['--callee', '4930901820'], ['rings', 'talks']],
    ['both', ['--callee', '4930901820', '--caller', '1002'], ['talks']],
    ['a part of a number', ['--callee', '493090182'], []],
    ['nobody', ['--caller', 'undefined'], []],
  ])('can be those of %s', async (_, args, ids) => {
    expect(await idsOf(...args)).toEqual(ids);
  });

  it('say whose they are', async () => {
    const { lines } = await calls(['--callee', '4930901820', '--caller', '1002']);
    expect(lines.at(-1)).toBe(`0 ringing and 1 talking call from 1002 to 4930901820 in ${dynamo.callsTable}.`);
  });

  it('are no more than the limit, and what is read is one more', async () => {
    expect((await calls(['--limit', '1'])).lines.slice(2)).toEqual(['Only the first 1, there are more: --limit.']);
    const limits = dynamo.requests.filter(({ operation }) => operation === 'Query').map(({ body }) => body['Limit']);
    expect(new Set(limits)).toEqual(new Set([2]));
    expect((await calls(['--limit', '3'])).lines.at(-1)).toContain('1 ringing and 2 talking calls');
    expect((await calls(['--limit', '1', '--callee', '4930901899'])).lines.at(-1)).toContain('1 talking call to 49');
  });

  it('are found under every key of the index', async () => {
    const ids = Array.from({ length: 12 }, (_, n) => `shard-${n}`);
    for (const id of ids) await tell(id, 'RING', {}, { LIVE_SHARDS: '4' });
    expect(await idsOf()).toEqual(expect.arrayContaining(ids));
    for (const id of ids) await tell(id, 'FINISH', {}, { LIVE_SHARDS: '4' });
    expect(await idsOf()).toHaveLength(3);
  });
});

describe('one call', () => {
  it('is its row, in the order in which a person reads it', async () => {
    const { text } = await calls(['--id', 'over']);
    expect(text).toMatch(/^callId +over\nphase +ended\nstatus +FINISH\n/);
    expect(text).toMatch(/^talkSeconds +1$/m);
    expect((await calls(['--id', 'over'], 80)).text).toMatch(/^answeredAt +\S+Z \(\d+ min ago\)$/m);
    expect(JSON.parse((await calls(['--id', 'over', '--json'])).text)).toMatchObject({
      callId: 'over',
      talkSeconds: 1,
    });
  });

  it('that is not there is said to be', async () => {
    expect(await calls(['--id', 'nobody'])).toMatchObject({
      lines: [],
      missing: `There is no call nobody in ${dynamo.callsTable}.`,
    });
  });
});

describe('a call that is over without WCS having said so', () => {
  const end = (id: string, ...args: string[]) => calls(['--end', id, ...args]);

  it('is ended in its row, out of the index and by the rule, and no sign of life brings it back', async () => {
    await tell('ghost', 'ESTABLISHED', { caller: '1001', callee: '4930901820' });
    const { text } = await end('ghost', '--yes');
    expect(text).toMatch(
      /^ghost \(1001 to 4930901820, live\) is ended, in its row only: WCS does not learn of it\. It was last heard of 1 min ago /,
    );
    const endedAt = new Date(clock + later).toISOString();
    const ended = { phase: 'ended', info: 'presumed: ended by the operator', endedAt, talkSeconds: 60 };
    expect(await dynamo.callRow('ghost')).toMatchObject({ ...ended, rank: expect.stringMatching(/^5#/) as string });
    expect(await idsOf()).not.toContain('ghost');
    clock += later;
    expect(await tell('ghost', 'HOLD', {})).toBe('live after end');
    expect(await dynamo.callRow('ghost')).toMatchObject(ended);
    // What WCS itself says of the end stands, whenever it comes.
    await tell('ghost', 'FINISH', {});
    expect(await dynamo.callRow('ghost')).toMatchObject({ status: 'FINISH', talkSeconds: 62 });
  });

  it('needs --yes until it is lost: calls send no keep-alives', async () => {
    await tell('quiet', 'RING', { callee: '4930901820' });
    expect((await end('quiet')).missing).toMatch(
      /^quiet \(unknown to 4930901820, live\) was heard of 1 min ago, within its lease of 120 s: .*--end quiet --yes$/,
    );
    later = 121_000;
    expect((await end('quiet')).missing).toMatch(/sends no keep-alives: .* for 2 min says nothing\. .*--yes$/);
    expect(await dynamo.callRow('quiet')).toMatchObject({ phase: 'live' });
    later = 3_601_000;
    const { text, missing, warnings } = await end('quiet', '--json');
    expect([missing, JSON.parse(text)]).toEqual([
      undefined,
      expect.objectContaining({ callId: 'quiet', phase: 'ended', talkSeconds: 0 }),
    ]);
    expect(warnings).toEqual([expect.stringMatching(/^quiet \(.*\) is ended/)]);
  });

  it('is not one that has ended, nor one that never was', async () => {
    expect((await end('over', '--yes')).missing).toMatch(/^over \(1001 to 4930901820, ended\) has ended already, at /);
    expect((await end('nobody', '--yes')).missing).toBe(`There is no call nobody in ${dynamo.callsTable}.`);
  });
});
