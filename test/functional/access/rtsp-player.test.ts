import { describe, expect, it } from 'vitest';
import { send, statusOf, type Hooks } from '../../support/client.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import { NOW, signToken, WITH_SECRET } from '../../support/tokens.ts';

describe('a player by RTSP', () => {
  const ask = (hooks: Hooks, fields: object, seconds: number) =>
    statusOf(
      hooks,
      'playRTSP',
      { mediaSessionId: 'm', name: 'rtsp://host:554/room-1', ...fields },
      (NOW + seconds) * 1000,
    );

  it('that asks again with a token is no longer denied, and its playing is no ignored denial', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    const token = await signToken({ claims: { play: ['rtsp://host:554/room-*'] } });
    expect(await ask(hooks, {}, 0)).toBe(403);
    expect(hooks.memory.rows.get('m')).toMatchObject({ phase: 'denied', denied: 'token: no token' });
    expect(await ask(hooks, { custom: { aclAuth: token } }, 1)).toBe(200);
    expect(hooks.memory.rows.get('m')).not.toHaveProperty('denied');
    await send(hooks, 'StreamStatusEvent', { mediaSessionId: 'm', status: 'PLAYING' }, (NOW + 2) * 1000);
    expect(hooks.memory.rows.get('m')).toMatchObject({ phase: 'live', sub: 'alice' });
    expect(hooks.lines().at(-1)).toMatchObject({ outcome: 'applied' });
  });

  it('is checked by its URI without the token in it, and neither row nor queue has it', async () => {
    const token = await signToken({ claims: { play: ['*/room-1'] } });
    const custom = { aclAuth: token };
    const hooks = hooksUnderTest(WITH_SECRET);
    const name = (path: string) => `rtsp://host:554/${path}aclAuth=${token}`;
    expect(await ask(hooks, { name: name('room-1?'), custom }, 0)).toBe(200);
    expect(await ask(hooks, { name: name('room-1#'), custom }, 1)).toBe(200);
    const secret = { mediaSessionId: 'secret', name: 'rtsp://host:554/secret?x=/room-1', custom };
    expect(await ask(hooks, secret, 2)).toBe(403);
    hooks.memory.down.store = true;
    const stream = { mediaSessionId: 'm', status: 'PLAYING', name: name('room-1?') };
    await send(hooks, 'StreamStatusEvent', stream, (NOW + 3) * 1000);
    expect(hooks.memory.rows.get('m')?.name).toBe('rtsp://host:554/room-1');
    expect(hooks.memory.parked.at(-1)?.sighting.attributes.name).toBe('rtsp://host:554/room-1');
    const told = JSON.stringify([...hooks.memory.rows, ...hooks.memory.parked, hooks.lines()]);
    expect(told).not.toContain(token.split('.')[1]);
  });
});
