import { describe, expect, it } from 'vitest';
import { capture, SEED_STREAM } from '../../support/fixtures.ts';
import { hooksUnderTest, json } from '../../support/hooks-under-test.ts';

const BODY = capture('StreamStatusEvent.publishing');

describe('stopping a stream', () => {
  const ON = { IS_OFFLINE: 'true', STOP_STREAMS: 'true' };
  const keepAlive = (at: number) => ({ method: 'StreamKeepAliveEvent', body: BODY, at });

  it.each([
    [{ stop: true }, 'stop'],
    [{ stop: 'abuse' }, 'stop'],
    [{ stopAt: '1970-01-01T00:00:05.000Z' }, 'stopAt'],
  ])('by %j in its row answers its keep-alives 403', async (attributes, reason) => {
    const { send, memory, lines } = hooksUnderTest(ON);
    memory.rows.set(SEED_STREAM, attributes);
    const answer = await send(keepAlive(5000));
    expect(answer.statusCode).toBe(403);
    expect(json(answer)).toEqual({ error: 'Forbidden', message: `the stream is stopped: ${reason}` });
    expect(lines()).toMatchObject([{ outcome: 'stopped', status: 403 }]);
  });

  it('by a maximum duration counts from its first sign of life', async () => {
    const { send } = hooksUnderTest({ ...ON, MAX_DURATION_SECONDS: '60' });
    await send({ method: 'StreamStatusEvent', body: BODY, at: 1000 });
    expect(await send(keepAlive(60_999))).toMatchObject({ statusCode: 200 });
    expect(await send(keepAlive(61_000))).toMatchObject({ statusCode: 403 });
  });

  it('needs a true word or a time that has come', async () => {
    for (const attributes of [
      { stop: false },
      { stop: '' },
      { stopAt: '1970-01-01T00:00:05.001Z' },
      { stopAt: 'tomorrow' },
    ]) {
      const { send, memory } = hooksUnderTest(ON);
      memory.rows.set(SEED_STREAM, attributes);
      expect(await send(keepAlive(5000))).toMatchObject({ statusCode: 200 });
    }
  });

  it('answers 403 to no other hook, and to none at all where it is off', async () => {
    const { send, memory } = hooksUnderTest(ON);
    memory.rows.set(SEED_STREAM, { stop: true });
    expect(await send({ method: 'StreamStatusEvent', body: BODY })).toMatchObject({ statusCode: 200 });
    const off = hooksUnderTest();
    off.memory.rows.set(SEED_STREAM, { stop: true });
    expect(await off.send(keepAlive(5000))).toMatchObject({ statusCode: 200 });
  });

  it('is a setting that puts FAIL on keep-alives, and on nothing else', async () => {
    const config = async (env: Record<string, string>) => {
      const { restClientConfig } = json(await hooksUnderTest(env).send({ method: 'connect', body: '{}' })) as {
        restClientConfig: object;
      };
      return Object.entries(restClientConfig as Record<string, { restOnError: string }>)
        .filter(([, { restOnError }]) => restOnError === 'FAIL')
        .map(([method]) => method);
    };
    expect(await config({ ...ON, BANS: 'false' })).toEqual(['StreamKeepAliveEvent']);
    expect(await config({ IS_OFFLINE: 'true' })).toEqual([]);
  });
});
