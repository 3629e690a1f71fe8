import { describe, expect, it } from 'vitest';
import { configOf, connect, having, publish, send, statusOf } from '../../support/client.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import { NOW, signToken, WITH_SECRET } from '../../support/tokens.ts';

describe('a token', () => {
  it('puts FAIL on exactly what it decides, and OVERWRITE of the name or the callee where it can set one', async () => {
    const config = await configOf(hooksUnderTest(WITH_SECRET), await signToken());
    expect(having(config, 'restOnError', 'FAIL').sort()).toEqual(
      ['StreamKeepAliveEvent', 'call', 'playHLS', 'playRTSP', 'playStream', 'publishStream', 'transfer'].sort(),
    );
    expect(having(config, 'restPolicy', 'OVERWRITE').sort()).toEqual(['call', 'publishStream']);
    expect(config.call).toMatchObject({ restOverwrite: 'callee', restExclude: 'sdp' });
    expect(config.publishStream).toMatchObject({ restOverwrite: 'name', restExclude: 'sdp' });
  });

  it('renames: the answer carries the new name and is otherwise the received text, and the row has it', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    const token = await signToken({ claims: { publish: ['show'], rename: 'show-83\u00e9' } });
    const body = `{"mediaSessionId":"m","name":"show","fps":25.0,"custom":{"name":"show","token":"${token}"},"x":1e2}`;
    const answer = await hooks.send({ method: 'publishStream', body, at: NOW * 1000 });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe(body.replace('"name":"show","fps"', '"name":"show-83\u00e9","fps"'));
    expect(hooks.memory.rows.get('m')).toMatchObject({ phase: 'starting', name: 'show-83\u00e9' });
    const other = body.replace('"name":"show","fps"', '"name":"show-83\u00e9","fps"');
    expect((await hooks.send({ method: 'publishStream', body: other, at: NOW * 1000 })).statusCode).toBe(403);
  });

  it('limits: maxDuration becomes the stopAt of its stream, whose keep-alives are then answered 403', async () => {
    const hooks = hooksUnderTest(WITH_SECRET);
    await connect(hooks, await signToken({ claims: { publish: ['*'], maxDuration: 60 } }));
    await publish(hooks, 'm', {}, NOW * 1000);
    const stream = { mediaSessionId: 'stream-m', status: 'PUBLISHING', name: 'm', published: true };
    await send(hooks, 'StreamStatusEvent', stream, NOW * 1000 + 1000);
    expect(hooks.memory.rows.get('stream-m')).toMatchObject({
      phase: 'live',
      stopAt: new Date((NOW + 60) * 1000).toISOString(),
    });
    expect(await statusOf(hooks, 'StreamKeepAliveEvent', stream, NOW * 1000 + 59_999)).toBe(200);
    expect(await statusOf(hooks, 'StreamKeepAliveEvent', stream, NOW * 1000 + 60_000)).toBe(403);
    expect(hooks.lines().at(-1)).toMatchObject({ outcome: 'stopped' });
  });
});
