import { describe, expect, it } from 'vitest';
import { METHOD_NAMES } from '../../../lib/wcs/methods.ts';
import { isStart } from '../../simulator/stream-states.ts';
import { createConfigAwareWcs, type ClientNotice } from '../../simulator/config-aware-wcs.ts';
import type { Fields, Hook } from '../../simulator/wcs.ts';

const SESSION = { nodeId: 'node', appKey: 'app', sessionId: 'session' };
const STREAM = { ...SESSION, mediaSessionId: 'stream', name: 'name', published: true };
const SUBJECTS: Record<string, Fields> = { call: { ...SESSION, callId: 'call' }, session: SESSION, stream: STREAM };
const hookOf = (method: string, subject: string, fields: Fields = {}): Hook => ({
  method,
  body: JSON.stringify({ ...SUBJECTS[subject], ...fields }),
});

const connect = hookOf('connect', 'session', { sipRegisterRequired: true, sipLogin: '1000' });
const established = hookOf('ConnectionStatusEvent', 'session', { status: 'ESTABLISHED' });
const publish = hookOf('publishStream', 'stream', { status: 'PENDING' });
const publishing = hookOf('StreamStatusEvent', 'stream', { status: 'PUBLISHING' });
const keepAlive = hookOf('StreamKeepAliveEvent', 'stream', { status: 'PUBLISHING' });
const unpublished = hookOf('StreamStatusEvent', 'stream', { status: 'UNPUBLISHED', info: 'Stopped by user' });

/** A status is an error, fields change the echo, undefined is left out of it. */
type Answers = Record<string, number | string | Fields>;

/** A WCS whose backend gave `config` to the connection, and answers as told to. */
async function connected(config: Record<string, Fields>, answers: Answers = {}, forgetsConfig = false) {
  const sent: Hook[] = [];
  const taken: (readonly string[] | undefined)[] = [];
  const notices: ClientNotice[] = [];
  const wcs = createConfigAwareWcs({
    wcs: {
      send(hook, names) {
        sent.push(hook);
        taken.push(names);
        const special = answers[hook.method] ?? {};
        const echo = {
          ...(JSON.parse(hook.body) as Fields),
          ...(hook.method === 'connect' ? { restClientConfig: config } : {}),
        };
        const isError = typeof special !== 'object';
        return Promise.resolve({
          method: hook.method,
          status: isError ? special : 200,
          acknowledged: !isError,
          milliseconds: 0,
          fields: isError ? undefined : (JSON.parse(JSON.stringify({ ...echo, ...special })) as Fields),
        });
      },
    },
    forgetsConfig,
    onTold: (one) => notices.push(one),
  });
  await wcs.send(connect);
  const start = sent.length;
  const toldAtFirst = notices.length;
  return {
    wcs,
    /** The methods of the hooks that were sent. */
    play: async (...hooks: Hook[]) => {
      for (const hook of hooks) await wcs.send(hook);
      return sent.slice(start).map(({ method }) => method);
    },
    sent: () => sent.slice(start),
    bodies: () => sent.slice(start).map(({ body }) => JSON.parse(body) as Fields),
    taken: () => taken.slice(start),
    notices: () => notices.slice(toldAtFirst),
    stream: () => wcs.streams.get('stream'),
  };
}

const on = (method: string, entry: Fields) => ({ [method]: entry });

describe('an error to connect', () => {
  it('declines the connection, whatever the config says: all that follows is its failure, once', async () => {
    for (const status of [403, 500, 204, 'TIMEOUT']) {
      const { wcs, play, bodies } = await connected({}, { connect: status });
      const disconnected = hookOf('ConnectionStatusEvent', 'session', { status: 'DISCONNECTED' });
      const methods = await play(connect, established, established, publish, publishing, keepAlive, disconnected);
      expect([status, methods]).toEqual([status, ['ConnectionStatusEvent']]);
      expect(bodies()[0]).toEqual({ status: 'FAILED', info: 'The backend declined the connection', ...SESSION });
      expect(wcs.declinedConnections).toBe(1);
      expect(wcs.streams.get('stream')).toMatchObject({ state: 'declined', sent: new Set() });
    }
  });

  it('is told in place of the establishment only', async () => {
    const { play } = await connected({}, { connect: 403 });
    expect(await play(hookOf('ConnectionStatusEvent', 'session', { status: 'DISCONNECTED' }))).toEqual([]);
  });

  it('binds also the WCS that forgets its config', async () => {
    const { wcs, play } = await connected({}, { connect: 403 }, true);
    expect(await play(publish, established)).toEqual(['ConnectionStatusEvent']);
    expect(wcs.declinedConnections).toBe(1);
  });

  it('does not touch another connection', async () => {
    const { wcs } = await connected({}, { connect: 403 });
    expect(await wcs.send(hookOf('ConnectionStatusEvent', 'session', { sessionId: 'other' }))).toBeDefined();
  });

  it('comes too late for what was sent before it', async () => {
    const { wcs, play } = await connected({}, { connect: 403 });
    const early = { sessionId: 'early', mediaSessionId: 'early' };
    const hooks = [publish, connect, publishing].map(({ method, body }) => ({
      method,
      body: JSON.stringify({ ...(JSON.parse(body) as Fields), ...early }),
    }));
    expect(await play(...hooks)).toEqual(['publishStream', 'connect']);
    expect(wcs.streams.get('early')).toMatchObject({ state: 'declined', sent: new Set(['publishStream']) });
  });
});

describe('an error', () => {
  const next = (subject: string) => hookOf(subject === 'call' ? 'CallStatusEvent' : 'StreamStatusEvent', subject);
  it.each([
    ['publishStream', 'stream', 'FAIL', []],
    ['publishStream', 'stream', 'LOG', ['StreamStatusEvent']],
    ['call', 'call', 'FAIL', []],
    ['call', 'call', 'LOG', ['CallStatusEvent']],
    ['OnCallEvent', 'call', 'FAIL', []],
    ['OnCallEvent', 'call', 'LOG', ['CallStatusEvent']],
    ['StreamStatusEvent', 'stream', 'FAIL', ['StreamStatusEvent']],
    ['StreamStatusEvent', 'stream', 'LOG', ['StreamStatusEvent']],
    ['CallStatusEvent', 'call', 'FAIL', ['CallStatusEvent']],
    ['CallStatusEvent', 'call', 'LOG', ['CallStatusEvent']],
  ])('to %s of a %s with %s is followed by %j', async (method, subject, restOnError, follows) => {
    for (const status of [403, 500, 202, 'ECONNREFUSED']) {
      const { play } = await connected(on(method, { restOnError }), { [method]: status });
      expect([status, ...(await play(hookOf(method, subject), next(subject)))]).toEqual([status, method, ...follows]);
    }
  });

  it('stops one stream, not another, not the session', async () => {
    const { play } = await connected(on('publishStream', { restOnError: 'FAIL' }), { publishStream: 403 });
    const other = hookOf('StreamStatusEvent', 'stream', { mediaSessionId: 'other' });
    const methods = await play(publish, other, hookOf('sendMessage', 'session'), keepAlive);
    expect(methods).toEqual(['publishStream', 'StreamStatusEvent', 'sendMessage']);
  });

  it('that has no stream or call to stop leaves the session alone', async () => {
    const { play, notices } = await connected(on('sendMessage', { restOnError: 'FAIL' }), { sendMessage: 403 });
    const message = hookOf('sendMessage', 'session');
    expect(await play(message, message, publish)).toEqual(['sendMessage', 'sendMessage', 'publishStream']);
    expect(notices()[0]?.fields).toMatchObject({ status: 'FAILED' });
  });

  it('to a method that the protocol does not know is that of an event', async () => {
    const { play, notices } = await connected(on('NewMethod', { restOnError: 'FAIL' }), { NewMethod: 403 });
    await play(hookOf('NewMethod', 'stream'), publish);
    expect(notices().map(({ method }) => method)).toEqual(['NewMethod', 'ErrorEvent', 'publishStream']);
  });

  it('is LOG where the config is no config, or says nothing', async () => {
    for (const config of [
      null,
      'FAIL',
      [],
      { publishStream: 'FAIL' },
      { publishStream: { restOnError: 'fail' } },
      {},
    ]) {
      const { play } = await connected(config as Record<string, Fields>, { publishStream: 403 });
      expect(await play(publish, publishing)).toHaveLength(2);
    }
  });

  it('is what the table says of a method by any of its spellings', async () => {
    const { notices, play } = await connected(on('sendDtmf', { restOnError: 'FAIL' }), { sendDTMF: 403 });
    expect(await play(hookOf('sendDTMF', 'call'), hookOf('CallStatusEvent', 'call'))).toEqual(['sendDTMF']);
    expect(notices()[0]).toMatchObject({ method: 'sendDTMF', fields: { status: 'FAILED' } });
  });

  it('before connect is LOG', async () => {
    const { wcs } = await connected(on('publishStream', { restOnError: 'FAIL' }), { publishStream: 403 });
    const early = { sessionId: 'early', mediaSessionId: 'early' };
    await wcs.send(hookOf('publishStream', 'stream', early));
    expect(await wcs.send(hookOf('StreamStatusEvent', 'stream', early))).toBeDefined();
    expect(wcs.streams.get('early')).toMatchObject({ state: 'running', isDeniedInVain: true });
  });
});

describe('the client', () => {
  it('learns of a stopped action and of the error of an event, with FAIL only', async () => {
    for (const restOnError of ['FAIL', 'LOG']) {
      const config = { ...on('OnCallEvent', { restOnError }), ...on('StreamStatusEvent', { restOnError }) };
      const { play, notices } = await connected(config, { OnCallEvent: 403, StreamStatusEvent: 500 });
      await play(hookOf('OnCallEvent', 'call'), publishing);
      const events = notices().map(({ method, fields }) => [method, fields['status']]);
      expect(events).toEqual(
        restOnError === 'FAIL'
          ? [
              ['OnCallEvent', 'FAILED'],
              ['StreamStatusEvent', 'PUBLISHING'],
              ['ErrorEvent', 500],
            ]
          : [
              ['OnCallEvent', undefined],
              ['StreamStatusEvent', 'PUBLISHING'],
            ],
      );
      expect(notices().every(({ sessionId }) => sessionId === 'session')).toBe(true);
    }
  });

  it('is not told the fields of clientExclude, which the backend gets', async () => {
    const { play, notices, sent } = await connected(on('publishStream', { clientExclude: 'name, nodeId' }));
    await play(publish);
    expect(Object.keys(notices()[0]?.fields ?? {})).toEqual([
      'appKey',
      'sessionId',
      'mediaSessionId',
      'published',
      'status',
    ]);
    expect(sent()).toEqual([publish]);
  });
});

describe('restPolicy', () => {
  it('DISABLE does not ask the backend, and the action continues', async () => {
    const { wcs, play, notices, stream } = await connected(on('publishStream', { restPolicy: 'DISABLE' }), {
      publishStream: 403,
    });
    expect(await wcs.send(publish)).toBeUndefined();
    expect(await play(publishing)).toEqual(['StreamStatusEvent']);
    expect(notices()[0]).toMatchObject({ method: 'publishStream', fields: STREAM });
    expect(stream()).toMatchObject({ state: 'running', isStarted: true });
  });

  it('NOTIFY ignores what the answer says', async () => {
    for (const entry of [{ restPolicy: 'NOTIFY', restOverwrite: 'name' }, { restOverwrite: 'name' }]) {
      const { play, sent, taken, notices, stream } = await connected(on('publishStream', entry), {
        publishStream: { name: 'other' },
      });
      await play(publish, publishing);
      expect(sent()).toEqual([publish, publishing]);
      expect(taken()[0]).toEqual([]);
      expect(notices()[0]?.fields).toMatchObject({ name: 'name' });
      expect(stream()?.overwritten).toEqual({});
    }
  });

  const overwrite = on('publishStream', {
    restPolicy: 'OVERWRITE',
    restOverwrite: 'name, record,nodeId,sessionId,appKey',
  });

  it('OVERWRITE takes the fields that it names for all later hooks of the stream, but never the protected ones', async () => {
    const { play, bodies, taken, notices, stream } = await connected(overwrite, {
      publishStream: { name: 'new', record: true, nodeId: 'x', sessionId: 'x', appKey: 'x', info: 'x' },
    });
    const other = hookOf('StreamStatusEvent', 'stream', { mediaSessionId: 'other' });
    await play(publish, publishing, other);
    expect(taken()).toEqual([['name', 'record'], [], []]);
    expect(bodies()[0]).toEqual({ ...STREAM, status: 'PENDING' });
    expect(bodies()[1]).toEqual({ ...STREAM, name: 'new', record: true, status: 'PUBLISHING' });
    expect(bodies()[2]).toMatchObject({ name: 'name' });
    expect(notices()[0]?.fields).toEqual({ ...STREAM, name: 'new', record: true, status: 'PENDING' });
    expect(stream()).toMatchObject({ overwritten: { name: 'new', record: true }, isRenamedLate: false });
  });

  it('OVERWRITE with an echo, an answer without the field, or an error changes nothing', async () => {
    for (const answer of [{}, { name: undefined }, 403]) {
      const { play, sent, stream } = await connected(overwrite, { publishStream: answer });
      await play(publish, publishing);
      expect(sent()).toEqual([publish, publishing]);
      expect(stream()?.overwritten).toEqual({});
    }
  });

  it('OVERWRITE can give a stream its own name back, and knows when a name came late', async () => {
    const config = {
      ...overwrite,
      ...on('StreamStatusEvent', { restPolicy: 'OVERWRITE', restOverwrite: 'name' }),
    };
    const { play, bodies, stream } = await connected(config, {
      publishStream: { name: 'new' },
      StreamStatusEvent: { name: 'name' },
    });
    await play(publish, publishing, keepAlive);
    expect(bodies().map(({ name }) => name)).toEqual(['name', 'new', 'name']);
    expect(stream()?.overwritten).toEqual({});
    expect(stream()?.isRenamedLate).toBe(true);
  });
});

describe('restExclude', () => {
  it('keeps fields from the backend, of this method only, and nothing from the client', async () => {
    const { play, sent, bodies, notices } = await connected(
      on('publishStream', { restExclude: 'name,nope, published' }),
    );
    await play(publish, publishing);
    expect(bodies()[0]).toEqual({ ...SESSION, mediaSessionId: 'stream', status: 'PENDING' });
    expect(sent()[1]).toEqual(publishing);
    expect(notices()[0]?.fields).toMatchObject({ name: 'name', published: true });
  });

  it('leaves the bytes alone where there is nothing to exclude', async () => {
    const { play, sent } = await connected(on('publishStream', { restExclude: 'sdp' }));
    const spaced = { method: 'publishStream', body: JSON.stringify(STREAM, null, 2) };
    await play(spaced);
    expect(sent()).toEqual([spaced]);
  });

  it('holds for a stream whose fields were overwritten', async () => {
    const config = {
      ...on('publishStream', { restPolicy: 'OVERWRITE', restOverwrite: 'name' }),
      ...on('StreamStatusEvent', { restExclude: 'name' }),
    };
    const { play, bodies } = await connected(config, { publishStream: { name: 'new' } });
    await play(publish, publishing, keepAlive);
    expect(bodies().map(({ name }) => name)).toEqual(['name', undefined, 'new']);
  });
});

describe('a StreamKeepAliveEvent', () => {
  const fails = on('StreamKeepAliveEvent', { restOnError: 'FAIL' });

  it.each([
    [true, 'UNPUBLISHED'],
    [false, 'STOPPED'],
  ])(
    'answered 403 with FAIL ends its stream (published: %s) as %s, and nothing more of it is sent',
    async (published, status) => {
      const { wcs, play, bodies, stream, notices } = await connected(fails, { StreamKeepAliveEvent: 403 });
      const ofIt = [publish, keepAlive, keepAlive, unpublished].map(({ method, body }) => ({
        method,
        body: JSON.stringify({ ...(JSON.parse(body) as Fields), published }),
      }));
      const methods = await play(...ofIt, established);
      expect(methods).toEqual(['publishStream', 'StreamKeepAliveEvent', 'StreamStatusEvent', 'ConnectionStatusEvent']);
      expect(bodies()[2]).toEqual({ ...STREAM, published, status, info: 'Terminated by keep-alive' });
      expect(stream()).toMatchObject({ state: 'terminated', isStarted: true });
      expect(wcs.declinedConnections).toBe(0);
      expect(notices().slice(-2)).toMatchObject([{ fields: { status } }, { method: 'ConnectionStatusEvent' }]);
    },
  );

  it('answered with another error, or with LOG, ends nothing', async () => {
    for (const [config, status] of [
      [fails, 500],
      [fails, 401],
      [{}, 403],
    ] as const) {
      const { play, stream } = await connected(config, { StreamKeepAliveEvent: status });
      expect(await play(publish, keepAlive, keepAlive)).toHaveLength(3);
      expect(stream()?.state).toBe('running');
    }
  });

  it('is the only event that a 403 with FAIL makes an end of', async () => {
    const { play } = await connected(on('StreamStatusEvent', { restOnError: 'FAIL' }), { StreamStatusEvent: 403 });
    expect(await play(publishing, keepAlive)).toEqual(['StreamStatusEvent', 'StreamKeepAliveEvent']);
  });

  it('ends no stream twice', async () => {
    const { wcs, play, stream } = await connected(fails, { StreamKeepAliveEvent: 403 });
    await Promise.all([wcs.send(keepAlive), wcs.send(keepAlive)]);
    expect(await play()).toEqual(['StreamKeepAliveEvent', 'StreamKeepAliveEvent', 'StreamStatusEvent']);
    expect(stream()?.state).toBe('terminated');
    const stopped = hookOf('StreamStatusEvent', 'stream', { status: 'STOPPED' });
    for (const end of [unpublished, stopped]) {
      const late = await connected(fails, { StreamKeepAliveEvent: 403 });
      expect(await late.play(end, keepAlive)).toEqual(['StreamStatusEvent', 'StreamKeepAliveEvent']);
      expect(late.stream()?.state).toBe('running');
    }
  });

  it('ends no stream that was denied while it was under way', async () => {
    const config = { ...fails, ...on('publishStream', { restOnError: 'FAIL' }) };
    const { wcs, play, stream } = await connected(config, { publishStream: 403, StreamKeepAliveEvent: 403 });
    await Promise.all([wcs.send(publish), wcs.send(keepAlive)]);
    expect(await play()).toEqual(['publishStream', 'StreamKeepAliveEvent']);
    expect(stream()?.state).toBe('denied');
  });

  it('ends a stream under the name and the config that it has by then', async () => {
    const config = {
      ...fails,
      ...on('publishStream', { restPolicy: 'OVERWRITE', restOverwrite: 'name' }),
      ...on('StreamStatusEvent', { restExclude: 'appKey' }),
    };
    const { play, bodies } = await connected(config, { publishStream: { name: 'new' }, StreamKeepAliveEvent: 403 });
    await play(publish, keepAlive);
    expect(bodies()[2]).toMatchObject({ name: 'new', status: 'UNPUBLISHED' });
    expect(bodies()[2]).not.toHaveProperty('appKey');
  });
});

describe('the fate of a stream', () => {
  it('starts with the methods whose 403 keeps it from starting, as a call does', () => {
    expect(METHOD_NAMES.filter(isStart)).toEqual([
      ...['publishStream', 'playStream', 'playHLS', 'playRTSP', 'call', 'OnCallEvent'],
    ]);
  });

  it('is that of a started one only if its start was scripted, sent or not', async () => {
    const { play, stream } = await connected({});
    await play(publishing, hookOf('pauseStream', 'stream'));
    expect(stream()).toMatchObject({ state: 'running', isStarted: false });
    await play(publish);
    expect(stream()?.isStarted).toBe(true);
    const declined = await connected({}, { connect: 403 });
    await declined.play(publish);
    expect(declined.stream()?.isStarted).toBe(true);
  });

  it('is denied by a 403 to its start, and failed by any other error that stops it', async () => {
    const fails = { restOnError: 'FAIL' };
    for (const [method, status, state] of [
      ['publishStream', 403, 'denied'],
      ['publishStream', 500, 'failed'],
      ['pauseStream', 403, 'failed'],
    ] as const) {
      const { play, stream } = await connected(on(method, fails), { [method]: status });
      await play(hookOf(method, 'stream'));
      expect([method, stream()?.state]).toEqual([method, state]);
    }
  });
});

it('a WCS that forgets its config sends everything as it is scripted', async () => {
  const config = {
    publishStream: { restOnError: 'FAIL', restExclude: 'name', restPolicy: 'OVERWRITE', restOverwrite: 'name' },
    StreamStatusEvent: { restPolicy: 'DISABLE' },
    StreamKeepAliveEvent: { restOnError: 'FAIL' },
  };
  const hooks = [publish, publishing, keepAlive, unpublished];
  const { play, sent, stream } = await connected(config, { publishStream: 403, StreamKeepAliveEvent: 403 }, true);
  await play(...hooks);
  expect(sent()).toEqual(hooks);
  expect(stream()).toMatchObject({ state: 'running', isStarted: true, isDeniedInVain: true });
});

it('what the config says of connect does not bind the next connect', async () => {
  const { play } = await connected(on('connect', { restPolicy: 'DISABLE' }));
  expect(await play(connect)).toEqual(['connect']);
});
