import { beforeEach, describe, expect, it } from 'vitest';
import { connect, publish, send, SESSION, statusOf, type Hooks } from '../../support/client.ts';
import { hooksUnderTest, json } from '../../support/hooks-under-test.ts';
import { NOW, signToken, WITH_SECRET } from '../../support/tokens.ts';

const STOPPING = { IS_OFFLINE: 'true', STOP_STREAMS: 'true' };
const ALL = { publish: ['*'], play: ['*'], call: ['100'] };
const play = (hooks: Hooks, name = 'room-1', fields: object = {}) =>
  statusOf(hooks, 'playStream', { mediaSessionId: `player-${name}`, name, ...fields });
const call = (hooks: Hooks, fields: object = {}) => statusOf(hooks, 'call', { callId: 'c', callee: '100', ...fields });
const keepAlive = (hooks: Hooks, mediaSessionId: string, at = NOW * 1000 + 10_000) =>
  statusOf(hooks, 'StreamKeepAliveEvent', { mediaSessionId, status: 'PUBLISHING', published: true }, at);

describe('a ban', () => {
  let token: string;
  beforeEach(async () => {
    token = await signToken({ claims: ALL });
  });

  it('of a user keeps him from connecting, publishing, playing and calling, and lifts when it is over', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    const all = async (at: number) => [
      await statusOf(hooks, 'connect', { custom: { token } }, at),
      (await publish(hooks, 'room-1', { custom: { token } }, at)).statusCode,
      await statusOf(hooks, 'playStream', { mediaSessionId: 'p', name: 'x', custom: { token } }, at),
      await statusOf(hooks, 'call', { callId: 'c', callee: '100', custom: { token } }, at),
    ];
    hooks.bans.list = [{ key: 'sub:alice', until: NOW + 60, reason: 'spam' }];
    expect(await all(NOW * 1000)).toEqual([403, 403, 403, 403]);
    expect(hooks.lines().at(-1)).toMatchObject({ outcome: 'denied', reason: 'ban: sub:alice (spam)', sub: 'alice' });
    expect(hooks.memory.rows.get('stream-room-1')).toMatchObject({ denied: 'ban: sub:alice (spam)', sub: 'alice' });
    expect(await all((NOW + 59) * 1000 + 999)).toEqual([403, 403, 403, 403]);
    expect(await all((NOW + 60) * 1000)).toEqual([200, 200, 200, 200]);
  });

  it('tells the client no more than that it is one', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    hooks.bans.list = [{ key: 'sub:alice', reason: 'spam' }];
    expect(json(await connect(hooks, token))).toEqual({ error: 'Forbidden', message: 'denied by the policy ban' });
  });

  it('of a user reaches what his connection asks for later, also what needs no token', async () => {
    const hooks = hooksUnderTest({ ...WITH_SECRET, TOKEN_FOR: 'publish' });
    await connect(hooks, token);
    expect([await play(hooks), await call(hooks)]).toEqual([200, 200]);
    hooks.bans.list = [{ key: 'sub:alice' }];
    expect([await play(hooks), await call(hooks)]).toEqual([403, 403]);
    expect((await publish(hooks, 'room-1')).statusCode).toBe(403);
    // A token that says nothing hides nobody.
    expect(await play(hooks, 'room-1', { custom: { token: 'junk' } })).toBe(403);
    expect(await play(hooks, 'room-1', { sessionId: 'of somebody else' })).toBe(200);
  });

  it('reaches whoever shows a token of the user that has expired', async () => {
    const hooks = hooksUnderTest({ ...WITH_SECRET, TOKEN_FOR: 'publish' });
    hooks.bans.list = [{ key: 'sub:alice' }];
    const expired = await signToken({ claims: { ...ALL, exp: NOW - 3600 } });
    expect(await play(hooks, 'x', { custom: { token: expired } })).toBe(403);
  });

  it('of a name is on this name alone, as it is shown', async () => {
    const hooks = hooksUnderTest(STOPPING);
    hooks.bans.list = [{ key: 'name:room-1' }, { key: 'name:rtsp://cam/1' }];
    expect((await publish(hooks, 'room-1')).statusCode).toBe(403);
    expect((await publish(hooks, 'room-11')).statusCode).toBe(200);
    expect(await play(hooks, 'rtsp://user:password@cam/1')).toBe(403);
    expect((await connect(hooks, undefined, { name: 'room-1' })).statusCode).toBe(200);
    expect(await call(hooks, { name: 'room-1' })).toBe(200);
  });

  it('of a connection is on whatever it asks for', async () => {
    const hooks = hooksUnderTest(STOPPING);
    hooks.bans.list = [{ key: `session:${SESSION}` }];
    expect((await connect(hooks)).statusCode).toBe(403);
    expect((await publish(hooks, 'x')).statusCode).toBe(403);
    expect([await play(hooks), await call(hooks)]).toEqual([403, 403]);
    expect(await play(hooks, 'x', { sessionId: 'another' })).toBe(200);
  });

  it.each([
    ['sub:alice', { ...WITH_SECRET }],
    ['name:room-1', STOPPING],
    [`session:${SESSION}`, STOPPING],
  ])('on %s ends a live stream with its next keep-alive', async (key, env) => {
    const hooks = hooksUnderTest(env);
    await publish(hooks, 'room-1', { custom: { token } });
    expect(await keepAlive(hooks, 'stream-room-1')).toBe(200);
    hooks.bans.list = [{ key, until: NOW + 30 }];
    expect(await keepAlive(hooks, 'stream-room-1', NOW * 1000 + 20_000)).toBe(403);
    expect(hooks.lines().at(-1)).toMatchObject({ outcome: 'stopped', status: 403 });
    expect(await keepAlive(hooks, 'stream-room-1', NOW * 1000 + 30_000)).toBe(200);
    hooks.bans.list = [{ key: `${key}x` }];
    expect(await keepAlive(hooks, 'stream-room-1')).toBe(200);
  });

  it('of a user ends what his connection has live, also what needed no token', async () => {
    const hooks = hooksUnderTest({ ...WITH_SECRET, ...STOPPING, TOKEN_FOR: 'connect' });
    await connect(hooks, token);
    await publish(hooks, 'room-1');
    await publish(hooks, 'room-2', { sessionId: 'of somebody else' });
    expect(hooks.memory.rows.get('stream-room-1')).not.toHaveProperty('sub');
    hooks.bans.list = [{ key: 'sub:bob' }];
    expect(await keepAlive(hooks, 'stream-room-1')).toBe(200);
    hooks.bans.list = [{ key: 'sub:alice' }];
    expect(await keepAlive(hooks, 'stream-room-1')).toBe(403);
    expect(
      await statusOf(
        hooks,
        'StreamKeepAliveEvent',
        { mediaSessionId: 'stream-room-2', sessionId: 'of somebody else' },
        NOW * 1000 + 10_000,
      ),
    ).toBe(200);
  });

  it('ends nothing where stopping is off: WCS would ignore it, or end more than that', async () => {
    const hooks = hooksUnderTest();
    await publish(hooks, 'room-1');
    hooks.bans.list = [{ key: 'name:room-1' }];
    expect(await keepAlive(hooks, 'stream-room-1')).toBe(200);
  });

  it('is asked about before all others', async () => {
    const hooks = hooksUnderTest({ ...WITH_SECRET, ALLOWED_ORIGINS: 'https://a.com' });
    hooks.bans.list = [{ key: `session:${SESSION}` }];
    await connect(hooks, 'junk', { origin: 'https://b.com' });
    expect(hooks.lines().at(-1)).toMatchObject({ reason: `ban: session:${SESSION}` });
  });

  it('keeps nobody from leaving', async () => {
    const hooks = hooksUnderTest(STOPPING);
    hooks.bans.list = [{ key: `session:${SESSION}` }];
    for (const method of ['unPublishStream', 'stopStream', 'hangup', 'StreamStatusEvent', 'ConnectionStatusEvent']) {
      expect([method, await statusOf(hooks, method, { mediaSessionId: 'm', callId: 'c' })]).toEqual([method, 200]);
    }
  });
});

describe('bans', () => {
  it('cost no request, and change no row, while nobody is banned', async () => {
    const rowOf = async (BANS: string) => {
      const hooks = hooksUnderTest({ ...STOPPING, BANS });
      await publish(hooks, 'room-1');
      return [hooks.memory.rows.get('stream-room-1'), hooks.memory.counts];
    };
    expect(await rowOf('true')).toEqual(await rowOf('false'));
  });

  it('read no connection for a name, nor for a user where there are no tokens', async () => {
    const hooks = hooksUnderTest(STOPPING);
    hooks.bans.list = [{ key: 'name:x' }, { key: 'sub:alice' }];
    await publish(hooks, 'room-1');
    expect(hooks.memory.counts.reads).toBe(0);
  });

  it('that nobody could read stop nobody, and no connection is remembered as undecided', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    hooks.bans.list = undefined;
    expect((await connect(hooks, await signToken({ claims: ALL }))).statusCode).toBe(200);
    expect(hooks.memory.sessions.get(SESSION)).not.toHaveProperty('failedOpen');
    expect((await publish(hooks, 'room-1')).statusCode).toBe(200);
    expect(await keepAlive(hooks, 'stream-room-1')).toBe(200);
  });

  it('that nobody could read stop what FAIL_OPEN does not name', async () => {
    const hooks = hooksUnderTest({ ...STOPPING, FAIL_OPEN: 'play' });
    hooks.bans.list = undefined;
    expect((await publish(hooks, 'x')).statusCode).toBe(503);
    expect(hooks.lines().at(-1)).toMatchObject({ outcome: 'undecided', reason: 'ban: the bans cannot be read' });
    expect(await play(hooks)).toBe(200);
    expect(await keepAlive(hooks, 'stream-x')).toBe(200);
  });

  it('decide nobody whose connection cannot be read, but where FAIL_OPEN says otherwise', async () => {
    const asked = async (env: Record<string, string>) => {
      const hooks = hooksUnderTest({ ...WITH_SECRET, TOKEN_FOR: 'publish', ...env });
      hooks.bans.list = [{ key: 'sub:bob' }];
      hooks.memory.down.store = true;
      return play(hooks);
    };
    expect(await asked({})).toBe(200);
    expect(await asked({ FAIL_OPEN: 'publish' })).toBe(503);
  });

  it('make no trouble of ours the clients’: what only bans decide is answered 200 though nothing can be saved', async () => {
    const hooks = hooksUnderTest(STOPPING);
    Object.assign(hooks.memory.down, { store: true, queue: true });
    expect((await publish(hooks, 'x')).statusCode).toBe(200);
    expect(hooks.lines().at(-1)).toMatchObject({ outcome: 'failed', level: 'ERROR' });
    const without = hooksUnderTest({ IS_OFFLINE: 'true' });
    Object.assign(without.memory.down, { store: true, queue: true });
    expect((await publish(without, 'x')).statusCode).toBe(503);
  });

  it('do not exist with BANS=false', async () => {
    const hooks = hooksUnderTest({ ...STOPPING, BANS: 'false' });
    hooks.bans.list = [{ key: 'name:room-1' }];
    expect((await publish(hooks, 'room-1')).statusCode).toBe(200);
    expect(await keepAlive(hooks, 'stream-room-1')).toBe(200);
  });

  it('do not let a second client take an id, nor deny the first', async () => {
    const hooks = hooksUnderTest(STOPPING);
    await publish(hooks, 'room-1');
    hooks.bans.list = [{ key: 'session:evil' }];
    expect((await publish(hooks, 'room-1', { sessionId: 'evil' })).statusCode).toBe(403);
    expect(hooks.memory.rows.get('stream-room-1')).toMatchObject({ phase: 'starting', sessionId: SESSION });
    expect(await keepAlive(hooks, 'stream-room-1')).toBe(200);
    await send(
      hooks,
      'StreamStatusEvent',
      { mediaSessionId: 'stream-room-1', status: 'PUBLISHING' },
      NOW * 1000 + 2000,
    );
    expect(hooks.memory.rows.get('stream-room-1')).not.toHaveProperty('denied');
  });
});
