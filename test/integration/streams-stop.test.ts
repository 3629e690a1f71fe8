import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sightingOf } from '../../lib/state/sighting-of.ts';
import { createDynamoStore } from '../../lib/store/dynamo-store.ts';
import { tablesOf } from '../support/dynamo.ts';
import { testSettings } from '../support/settings.ts';
import { startStreamsCommand, STOPPING } from '../support/streams-command.ts';

const { dynamo, control, tell, tellRooms, keepAlive, lose, streams, idsOf, reset } = await startStreamsCommand();
beforeAll(tellRooms);
afterAll(() => dynamo.close());
beforeEach(reset);

describe('npm run streams -- --stop', () => {
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
      sightingOf('publishStream', body, (control.clock += 1000), { denied: 'token: expired' }) ?? expect.fail(),
    );
    expect(await stop('denied')).toMatch(/ was denied \(token: expired\)\. If WCS continues with it, /);
    for (const id of ['waits', 'mute', 'denied']) await tell(id, 'room', 'STOPPED');
  });

  it('says that stopping is off there, or that this cannot be seen', async () => {
    control.rules = () => Promise.resolve({ ...STOPPING, stopsStreams: false });
    expect(await stop('v1')).toMatch(
      /^v1 \(room, live\) will NOT be stopped: stopping is off there\. STOP_STREAMS=true /,
    );
    control.rules = () => Promise.reject(Object.assign(new Error('not yours'), { name: 'AccessDeniedException' }));
    expect(await stop('v1')).toMatch(
      /if stopping is on there \(STOP_STREAMS=true, or a policy that can limit streams\), which cannot be seen from here: AccessDeniedException: not yours\.$/,
    );
  });

  it('gives a program the row, and whoever runs it the sentence', async () => {
    const { text, warnings } = await streams('--stop', 'v1', '--json');
    expect(JSON.parse(text)).toMatchObject({ mediaSessionId: 'v1', stop: true });
    expect(warnings).toEqual([expect.stringMatching(/^v1 \(room, live\) is stopped with its first keep-alive/)]);
  });

  it('is undone with --undo, as long as no keep-alive was answered 403', async () => {
    await tell('u', 'room', 'PUBLISHING');
    await stop('u', '--reason', 'by mistake');
    expect(await stop('u', '--undo')).toBe('u (room, live) will no longer be stopped: no keep-alive was answered 403.');
    expect(await dynamo.row('u')).not.toHaveProperty('stop');
    expect(await keepAlive('u', { STOP_STREAMS: 'true' })).toEqual({ outcome: 'applied' });
    expect(await stop('u', '--undo')).toBe('u (room, live) has no "stop": there is nothing to undo.');

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
    expect(await stop('t', '--undo')).toMatch(/nothing to undo\. "stopAt" stays \(2030-01-01T00:00:00.000Z\)/);
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

describe('npm run streams -- --end', () => {
  const end = (id: string, ...args: string[]) => streams('--end', id, ...args);
  const LEASE = 121_000;

  it('ends the row of a ghost, out of the index and by the rule, and no sign of life brings it back', async () => {
    await tell('ghost', 'room', 'PUBLISHING');
    await keepAlive('ghost');
    await lose('ghost');
    control.later = LEASE;
    const { text, missing } = await end('ghost');
    expect(missing).toBeUndefined();
    expect(text).toMatch(
      /^ghost \(room, lost\) is ended, in its row only: WCS does not learn of it\. It was last heard of 2 min ago /,
    );
    control.clock += LEASE;
    control.later = 0;
    const at = new Date(control.clock).toISOString();
    expect(await dynamo.row('ghost')).toMatchObject({
      phase: 'ended',
      info: 'presumed: ended by the operator',
      endedAt: at,
      expiresAt: Math.floor(control.clock / 1000) + STOPPING.retentionSeconds,
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

  it('requires --yes if it was heard of within its lease, or sends no keep-alives', async () => {
    await tell('young', 'room', 'PUBLISHING');
    expect((await end('young')).missing).toMatch(
      /^young \(room, live\) was heard of 0 s ago, within its lease of 120 s: .*--end young --yes$/,
    );
    control.later = LEASE;
    expect((await end('young')).missing).toMatch(
      /sends no keep-alives: that nothing was heard of it for 2 min says nothing\. .*--yes$/,
    );
    expect(await dynamo.row('young')).toMatchObject({ phase: 'live' });
    control.later = 0;
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
    control.later = LEASE;
    for (const id of ['kept', 'waiting']) {
      expect((await end(id)).missing).toBeUndefined();
      expect(await dynamo.row(id)).toMatchObject({ phase: 'ended' });
    }
    control.clock += LEASE;
  });

  it('ends nothing that has ended, was denied, or was never there', async () => {
    expect((await end('gone', '--yes')).missing).toBe(
      'gone (room, ended) has ended already, at 2026-01-01T00:00:06.000Z.',
    );
    const store = createDynamoStore(dynamo.client, testSettings(tablesOf(dynamo)));
    const body = { mediaSessionId: 'unwelcome', name: 'room' };
    await store.upsert(sightingOf('publishStream', body, (control.clock += 1000), { denied: 'no' }) ?? expect.fail());
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
    control.clock += LEASE;
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
    control.later = -3_600_000;
    await end('slow', '--yes');
    const { startedAt, endedAt } = await dynamo.row('slow');
    expect(Date.parse(String(endedAt))).toBe(Date.parse(String(startedAt)) + 1);
  });

  it('uses the defaults if the settings of the stage cannot be read, and says so', async () => {
    await tell('unseen', 'room', 'PUBLISHING');
    control.rules = () => Promise.reject(Object.assign(new Error('not yours'), { name: 'AccessDeniedException' }));
    const { warnings, missing } = await end('unseen');
    expect(missing).toMatch(/within its lease of 120 s/);
    expect(warnings).toEqual([expect.stringMatching(/cannot be seen \(AccessDeniedException: not yours\).* 30 days/)]);
    control.rules = () => Promise.resolve({ ...STOPPING, leaseSeconds: 300, retentionSeconds: 5_000_000 });
    control.later = LEASE;
    expect((await end('unseen')).missing).toMatch(/within its lease of 300 s/);
    await end('unseen', '--yes');
    expect(await dynamo.row('unseen')).toMatchObject({
      expiresAt: Math.floor((control.clock + control.later) / 1000) + 5_000_000,
    });
  });
});
