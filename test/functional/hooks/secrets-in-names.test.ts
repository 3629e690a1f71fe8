import { describe, expect, it } from 'vitest';
import { allow, deny } from '../../../lib/access/decision.ts';
import type { OwnPolicy } from '../../../lib/access/own-policy.ts';
import { toMessage } from '../../../lib/store/parked-message.ts';
import { METHOD_NAMES, METHODS } from '../../../lib/wcs/methods.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import { NOW, signToken, WITH_SECRET } from '../../support/tokens.ts';

const CAMERA = 'rtsp://operator:s3cr%40t@192.0.2.55:554/cam/realmonitor?channel=1&subtype=0';
const SHOWN = 'rtsp://192.0.2.55:554/cam/realmonitor?channel=1&subtype=0';
const UUID = '60709c5b-6950-40c3-8a3d-37ea0827ae32';
const hlsId = (name: string) => `${UUID}-${Buffer.from(name).toString('hex')}-HLS`;

type Hooks = ReturnType<typeof hooksUnderTest>;

/** All that leaves a function but the answer, which is WCS's own bytes. */
const everything = ({ memory, written }: Hooks) =>
  JSON.stringify([...memory.rows, ...memory.sessions]) +
  memory.parked.map(({ sighting, requestId }) => toMessage(sighting, requestId)).join('') +
  written.join('');

describe('a camera that is played by its URL', () => {
  const body = JSON.stringify({
    ...{ nodeId: 'n1@192.0.2.10', appKey: 'defaultApp', sessionId: '/198.51.100.7:5001/192.0.2.10:8443' },
    ...{ mediaSessionId: 'f-cam-1', name: CAMERA, published: false, status: 'PLAYING', mediaProvider: 'WebRTC' },
  });

  it('has a row without user and password, with what tells it from the next channel, and a byte-exact echo', async () => {
    const hooks = hooksUnderTest();
    expect(await hooks.send({ method: 'StreamStatusEvent', body })).toMatchObject({ statusCode: 200, body });
    expect(hooks.memory.rows.get('f-cam-1')).toMatchObject({ name: SHOWN, nodeId: 'n1@192.0.2.10', live: 'playing' });
    hooks.memory.down.store = true;
    await hooks.send({ method: 'StreamStatusEvent', body });
    expect(hooks.memory.parked).toHaveLength(1);
    expect(everything(hooks)).not.toMatch(/operator|s3cr/);
  });

  it('by HLS has one row for all its hooks, under an id without the password', async () => {
    const hooks = hooksUnderTest();
    const id = hlsId(CAMERA);
    for (const method of ['playHLS', 'StreamStatusEvent', 'StreamEvent'] as const) {
      await hooks.send({ method, body: JSON.stringify({ mediaSessionId: id, status: 'PLAYING' }) });
    }
    expect([...hooks.memory.rows.keys()]).toEqual([hlsId(SHOWN)]);
    expect(hooks.lines().map(({ id }) => id)).toEqual(Array(3).fill(hlsId(SHOWN)));
    expect(everything(hooks)).not.toMatch(/operator|s3cr/);
    expect(everything(hooks)).not.toContain(Buffer.from('s3cr').toString('hex'));
  });
});

it('the key that an encoder writes behind the name is no part of it', async () => {
  const hooks = hooksUnderTest();
  const body = JSON.stringify({
    ...{ nodeId: 'n1@192.0.2.10', appKey: 'flashStreamingApp', sessionId: 'p-3', mediaSessionId: 'nm-3' },
    ...{
      name: 'user7?SECRETKEY',
      recordName: 'user7?SECRETKEY',
      published: true,
      status: 'NEW',
      mediaProvider: 'Flash',
    },
  });
  expect(await hooks.send({ method: 'publishStream', body })).toMatchObject({ statusCode: 200, body });
  expect(hooks.memory.rows.get('nm-3')).toMatchObject({ name: 'user7', recordName: 'user7' });
  expect(everything(hooks)).not.toContain('SECRETKEY');
});

describe('a secret in a URI', () => {
  const MARKER = 'MARKER';
  const uris = [
    `rtsp://${MARKER}:${MARKER}@host/x?password=${MARKER}&channel=1&token=${MARKER}`,
    `see rtsp%3A%2F%2F${MARKER}%3A${MARKER}%40host%2Fx%3Ftoken%3D${MARKER}`,
  ];

  it.each(METHOD_NAMES)('in any field of %s gets no further than the answer', async (method) => {
    for (const env of [{ IS_OFFLINE: 'true' }, { ...WITH_SECRET, FAIL_OPEN: 'connect,publish,play,call' }]) {
      const hooks = hooksUnderTest(env);
      for (const uri of uris) {
        for (const field of [...Object.keys(METHODS[method].schema.entries), 'somethingNew']) {
          const ids = { mediaSessionId: 'm', sessionId: 's', callId: 'c', status: 'PLAYING' };
          const body = JSON.stringify({ ...ids, [field]: uri });
          for (const isDown of [false, true]) {
            hooks.memory.down.store = isDown;
            await hooks.send({ method, body });
          }
        }
      }
      expect(hooks.written.length).toBeGreaterThan(0);
      expect(everything(hooks)).not.toContain(MARKER);
    }
  });

  it('in the name of an unknown method, or of a path, is not logged', async () => {
    const hooks = hooksUnderTest();
    await hooks.send({
      method: `rtsp%3A%2F%2F${MARKER}%40host`,
      body: JSON.stringify({ appKey: uris[0], nodeId: uris[1] }),
    });
    expect(hooks.lines()).toMatchObject([{ outcome: 'unknown method' }]);
    expect(everything(hooks)).not.toContain(MARKER);
  });

  it('in a token, or in the reason of a policy, is kept nowhere', async () => {
    const own: OwnPolicy = {
      decides: { playStream: ['name'] },
      decide: ({ body }) =>
        body['name'] === 'room' ? allow({ overwrite: { name: uris[0] as string } }) : deny(`no ${uris[0]}`),
    };
    const hooks = hooksUnderTest(WITH_SECRET, own);
    const names = [`rtsp://u:${MARKER}@host/*`, 'room'];
    const custom = { token: await signToken({ claims: { play: names, publish: names, rename: uris[0] } }) };
    const send = (method: string, fields: object) =>
      hooks.send({ method, at: NOW * 1000, body: JSON.stringify({ sessionId: 's', mediaSessionId: 'm', ...fields }) });
    expect((await send('connect', { custom })).statusCode).toBe(200);
    expect((await send('playStream', { name: 'rtsp://host/1' })).statusCode).toBe(403);
    expect(hooks.memory.rows.get('m')?.denied).toBe('own: no rtsp://host/x?channel=1');
    expect((await send('playStream', { mediaSessionId: 'n', name: 'room' })).statusCode).toBe(200);
    expect(hooks.memory.rows.get('n')?.name).toBe('rtsp://host/x?channel=1');
    expect(everything(hooks)).not.toContain(MARKER);
  });
});

describe('policies compare the name that is shown', () => {
  const play = async (list: string[], name: string, own?: OwnPolicy) => {
    const hooks = hooksUnderTest(WITH_SECRET, own);
    const custom = { token: await signToken({ claims: { play: list } }) };
    const body = JSON.stringify({ mediaSessionId: 'm', name, custom });
    return (await hooks.send({ method: 'playStream', at: NOW * 1000, body })).statusCode;
  };

  it.each([
    [SHOWN, CAMERA, 200],
    // A list that names a password, which no row shows, means the stream.
    [CAMERA, CAMERA, 200],
    ['rtsp://192.0.2.55:554/*', CAMERA, 200],
    ['rtsp://operator*', CAMERA, 403],
    ['rtsp://192.0.2.55:554/cam/realmonitor', CAMERA, 403],
    ['rtsp://192.0.2.55:554/cam/realmonitor?channel=2*', CAMERA, 403],
    ['*/room-1', 'rtsp://host/secret?x=/room-1', 403],
    ['*/room-1', 'rtsp://host/secret#/room-1', 403],
    ['*/secret?x=*', 'rtsp://host/secret?x=/room-1', 200],
    ['rtsp://allowed/*', 'rtsp://evil\\@allowed/x', 403],
    ['rtsp://allowed/*', 'rtsp://allowed:x@evil/x', 403],
    ['room#1', 'room#1', 200],
    ['*1', 'room#1', 200],
    ['user7', 'user7?SECRETKEY', 200],
    ['*SECRETKEY', 'user7?SECRETKEY', 403],
  ])('%s for %s: %i', async (glob, name, status) => expect(await play([glob], name)).toBe(status));

  it('also your own', async () => {
    const names: unknown[] = [];
    const own: OwnPolicy = { decides: { playStream: [] }, decide: ({ body }) => (names.push(body['name']), allow()) };
    await play(['*'], CAMERA, own);
    await play(['*'], 'user7?SECRETKEY', own);
    await play(['*'], 'x'.repeat(3000), own);
    expect(names).toEqual([SHOWN, 'user7', 'x'.repeat(2048)]);
  });

  it('and find the connection of a client whose session id has a password in it', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    const ids = { sessionId: 'rtsp://u:SECRET@host/x-HLS', appKey: 'a', nodeId: 'n' };
    const custom = { token: await signToken({ claims: { play: ['room'] } }) };
    await hooks.send({ method: 'connect', at: NOW * 1000, body: JSON.stringify({ ...ids, custom }) });
    const body = JSON.stringify({ ...ids, mediaSessionId: 'm', name: 'room' });
    expect((await hooks.send({ method: 'playStream', at: NOW * 1000, body })).statusCode).toBe(200);
    expect(hooks.memory.rows.get('m')?.sessionId).toBe('rtsp://host/x-HLS');
    expect([...hooks.memory.sessions.keys()]).toEqual(['rtsp://host/x-HLS']);
  });
});
