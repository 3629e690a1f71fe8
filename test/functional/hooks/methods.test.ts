import { describe, expect, it } from 'vitest';
import { METHOD_NAMES, METHODS } from '../../../lib/wcs/methods.ts';
import { capture, captureBody } from '../../support/fixtures.ts';
import { hooksUnderTest, json } from '../../support/hooks-under-test.ts';

const BODY = capture('StreamStatusEvent.publishing');

describe('every method', () => {
  it('of the table is accepted; those of a stream or a call make its row, the three that report a connection its session’s', async () => {
    for (const method of METHOD_NAMES) {
      const { send, memory, lines } = hooksUnderTest();
      const answer = await send({ method, body: '{"mediaSessionId":"m","sessionId":"s","callId":"c"}' });
      expect(answer.statusCode).toBe(200);
      const isStream = METHODS[method].subject === 'stream';
      const isCall = METHODS[method].subject === 'call';
      const isTelling = ['connect', 'ConnectionStatusEvent', 'RegistrationStatusEvent'].includes(method);
      const rows = [memory.rows.size, memory.sessions.size, memory.calls.size];
      expect([method, ...rows]).toEqual([method, ...[isStream, isTelling, isCall].map(Number)]);
      const subject = { stream: 'm', session: 's', call: 'c' }[METHODS[method].subject];
      expect(lines()).toMatchObject([
        {
          method,
          id: subject,
          outcome: isStream || isCall || isTelling ? 'applied' : 'echoed',
          status: 200,
          requestId: 'request-1',
        },
      ]);
    }
  });

  it('is one line in the log, with what an operator looks for', async () => {
    const { send, lines } = hooksUnderTest();
    await send({ method: 'StreamStatusEvent', body: BODY });
    await send({ method: 'NovelEvent', body: '{"appKey":"a","nodeId":5}' });
    await send({ method: 'connect', body: '{"appKey":' });
    await send({ method: 'playRTSP', body: '{"mediaSessionId":"m","name":"rtsp://host/cam?aclAuth=S3CRET"}' });
    await send({ method: 'call', body: '{"callId":"c","name":"no stream"}' });
    const { appKey, nodeId } = captureBody('StreamStatusEvent.publishing');
    expect(lines()).toMatchObject([
      {
        ...{ method: 'StreamStatusEvent', type: 'event', app: appKey, node: nodeId, wcsStatus: 'PUBLISHING' },
        ...{ name: 'b4e7', outcome: 'applied', hooks: 1 },
      },
      { method: 'NovelEvent', type: undefined, app: 'a', node: undefined, outcome: 'unknown method' },
      { method: 'connect', type: 'connect', app: undefined, id: undefined, outcome: 'rejected' },
      { method: 'playRTSP', name: 'rtsp://host/cam' },
      { method: 'call', name: undefined },
    ]);
  });

  it('in another spelling is the same method', async () => {
    const { send, lines } = hooksUnderTest();
    expect(await send({ method: 'sendDTMF', body: '{"callId":"c","dtmf":"1"}' })).toMatchObject({ statusCode: 200 });
    expect(await send({ method: 'sendDTMF/', body: '{"callId":"d","dtmf":"1"}' })).toMatchObject({ statusCode: 200 });
    expect(lines()).toMatchObject([
      { method: 'sendDTMF', id: 'c', outcome: 'applied' },
      { method: 'sendDTMF', id: 'd', outcome: 'applied' },
    ]);
  });

  it('with slashes before and behind it is the same method', async () => {
    const body = '{"mediaSessionId":"m","status":"PENDING"}';
    for (const method of ['publishStream/', 'publishStream//', '/publishStream', '//publishStream///']) {
      const { send, lines, memory } = hooksUnderTest();
      expect(await send({ method, body })).toMatchObject({ statusCode: 200, body });
      expect(memory.rows.get('m')).toMatchObject({ phase: 'starting', status: 'PENDING' });
      expect(lines()).toMatchObject([{ method: 'publishStream', outcome: 'applied' }]);
    }
    const { send, lines } = hooksUnderTest();
    expect(json(await send({ method: '/connect', body: '{}' }))).toHaveProperty('restClientConfig');
    expect(await send({ method: '///', body })).toMatchObject({ statusCode: 200, body });
    expect(lines()).toMatchObject([{ method: 'connect' }, { method: '', outcome: 'unknown method' }]);
    for (const method of ['a/publishStream', 'publishStream/a/', '//connect/connect']) {
      expect(await send({ method, body })).toMatchObject({ statusCode: 404 });
    }
  });

  it('that is unknown is echoed, and counted by its name', async () => {
    const { send, lines, memory } = hooksUnderTest();
    const body = '{"mediaSessionId":5,"a":[1.0]}';
    expect(await send({ method: 'BrandNewEvent', body })).toMatchObject({ statusCode: 200, body });
    expect(await send({ method: '__proto__', body })).toMatchObject({ statusCode: 200, body });
    expect(lines()).toMatchObject([{ method: 'BrandNewEvent', outcome: 'unknown method' }, { method: '__proto__' }]);
    expect(memory.rows.size).toBe(0);
    expect(await send({ method: 'BrandNewEvent', body: 'x' })).toMatchObject({ statusCode: 400 });
  });
});
