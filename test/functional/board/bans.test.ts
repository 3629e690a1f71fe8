import { beforeEach, describe, expect, it } from 'vitest';
import { boardToken, boardUnderTest } from '../../support/board-under-test.ts';
import { NOW, WITH_SECRET } from '../../support/tokens.ts';

let board: ReturnType<typeof boardUnderTest>;
let token: string;
beforeEach(async () => {
  board = boardUnderTest();
  token = await boardToken('read', 'ban');
});
const NOW_ISO = new Date(NOW * 1000).toISOString();
const inSeconds = (seconds: number) => new Date((NOW + seconds) * 1000).toISOString();
const ban = (body: object) => board.ask('POST', '/board/bans', { token, body });
const list = async () => (await board.ask('GET', '/board/bans', { token })).json;

describe('/board/bans', () => {
  it('bans for a time, with the reason and who it was; a second time anew', async () => {
    const first = await ban({ key: 'sub:alice', for: '1h', reason: 'spam' });
    expect(first.status).toBe(200);
    const shown = { key: 'sub:alice', until: inSeconds(3600), reason: 'spam', by: 'alice', at: NOW_ISO };
    expect(first.json).toEqual({ ban: shown });
    expect(board.table.get('sub:alice')).toEqual({ ...shown, until: NOW + 3600 });
    expect(await list()).toEqual({ at: NOW_ISO, items: [shown] });
    expect(board.lines[0]?.fields).toMatchObject({ method: 'POST /board/bans', id: 'sub:alice', sub: 'alice' });
    await ban({ key: 'sub:alice' });
    expect(await list()).toEqual({ at: NOW_ISO, items: [{ key: 'sub:alice', by: 'alice', at: NOW_ISO }] });
  });

  it('bans until a time, and forever', async () => {
    expect((await ban({ key: 'name:room-1', until: '2099-01-01T00:00:00Z' })).json).toMatchObject({
      ban: { key: 'name:room-1', until: '2099-01-01T00:00:00.000Z' },
    });
    expect((await ban({ key: 'session:/10.0.0.1:5000/10.0.0.2:8443' })).json).not.toHaveProperty('ban.until');
  });

  it('bans a name as rows show it', async () => {
    expect((await ban({ key: 'name:rtsp://user:password@cam/1' })).json).toMatchObject({
      ban: { key: 'name:rtsp://cam/1' },
    });
  });

  it('shows none that is over, though the table still has it', async () => {
    await ban({ key: 'sub:alice', for: '60s' });
    board.clock.now += 60_000;
    token = await boardToken('read', 'ban');
    expect(board.table.size).toBe(1);
    expect((await list())?.['items']).toEqual([]);
    expect((await board.ask('DELETE', '/board/bans', { token, query: 'key=sub:alice' })).status).toBe(404);
  });

  it('shows none that came to its end since the list was read', async () => {
    await ban({ key: 'sub:alice', for: '1s' });
    expect((await list())?.['items']).toHaveLength(1);
    board.clock.now += 1000;
    expect((await list())?.['items']).toEqual([]);
  });

  it('lifts a ban, and says what it was', async () => {
    await ban({ key: 'sub:a/b&c', for: '1d' });
    const lift = () => board.ask('DELETE', '/board/bans', { token, query: `key=${encodeURIComponent('sub:a/b&c')}` });
    expect((await lift()).json).toMatchObject({ lifted: { key: 'sub:a/b&c', until: inSeconds(86_400) } });
    expect((await lift()).status).toBe(404);
    expect((await list())?.['items']).toEqual([]);
  });

  it('needs the right ban to change, and read to show', async () => {
    const [read, stop] = [await boardToken('read', 'stop'), await boardToken('stop', 'ban')];
    expect((await board.ask('POST', '/board/bans', { token: read, body: { key: 'sub:a' } })).status).toBe(403);
    expect((await board.ask('DELETE', '/board/bans', { token: read, query: 'key=sub:a' })).status).toBe(403);
    expect((await board.ask('GET', '/board/bans', { token: stop })).status).toBe(403);
    expect(board.table.size).toBe(0);
  });

  it.each([
    [{}, 'key', 'key is missing'],
    [{ key: '' }, 'key', 'key is empty: give one, or leave it out'],
    [{ key: 'alice' }, 'key', 'key does not start with sub:, name:, session:'],
    [{ key: 'sub:' }, 'key', 'sub is empty: expected whom to ban'],
    [{ key: 5 }, 'key', 'key is not a string'],
    [{ key: 'sub:a', for: '1' }, 'for', 'for is not a duration: expected a number and s, m, h or d, such as 1h'],
    [
      { key: 'sub:a', until: 'tomorrow' },
      'until',
      'until is not a time: expected ISO 8601, such as 2026-11-25T10:00:00Z',
    ],
    [{ key: 'sub:a', until: NOW_ISO }, 'until', 'until is in the past: expected a time in the future'],
    [
      { key: 'sub:a', until: '2099-01-01T00:00:00Z', for: '1h' },
      'until',
      'for and until cannot be combined: give one of them',
    ],
    [{ key: 'sub:a', reason: 'x'.repeat(257) }, 'reason', 'reason has more than 256 bytes'],
    [{ key: 'sub:a', days: 3 }, 'days', 'unknown member: expected any of key, for, until, reason'],
  ])('takes no %j', async (body, parameter, detail) => {
    const { status, json } = await ban(body);
    expect([status, json?.['parameter'], json?.['detail']]).toEqual([400, parameter, detail]);
    expect(board.table.size).toBe(0);
  });

  it.each(['2099-02-30T00:00:00Z', '2099-02-28T00:00:00+01', '2099-02-28T00:00:00', '2099-02-28T25:00:00Z'])(
    'takes no until %s, which is no time',
    async (until) => {
      const { status, json } = await ban({ key: 'sub:a', until });
      expect([status, json?.['parameter'], json?.['detail']]).toEqual([
        400,
        'until',
        'until is not a time: expected ISO 8601, such as 2026-11-25T10:00:00Z',
      ]);
    },
  );

  it('takes 10,000 bans, and no more', async () => {
    for (let n = 0; n < 9999; n++) board.table.set(`sub:${n}`, { key: `sub:${n}` });
    expect((await ban({ key: 'sub:last' })).status).toBe(200);
    const { status, json } = await ban({ key: 'sub:one more' });
    expect([status, json?.['detail']]).toEqual([409, 'there are 10000 bans: lift some']);
    expect(board.table.size).toBe(10_000);
    // One that is there already may change.
    expect((await ban({ key: 'sub:last', reason: 'spam' })).status).toBe(200);
  });

  it('is not there with BANS=false', async () => {
    board = boardUnderTest({ ...WITH_SECRET, BANS: 'false' });
    for (const [method, question] of [
      ['GET', {}],
      ['POST', { body: { key: 'sub:a' } }],
      ['DELETE', { query: 'key=sub:a' }],
    ] as const) {
      const { status, json } = await board.ask(method, '/board/bans', { token, ...question });
      expect([status, json?.['detail']]).toEqual([404, 'bans are off in this stage (BANS=false)']);
    }
  });
});
