import { describe, expect, it } from 'vitest';
import { capture, FIXTURES, SEED_STREAM } from '../../support/fixtures.ts';
import { hooksUnderTest, json } from '../../support/hooks-under-test.ts';

const BODY = capture('StreamStatusEvent.publishing');

describe('without a store', () => {
  it('a stream hook is parked with its gateway time, and answered 200', async () => {
    const { send, memory, lines } = hooksUnderTest();
    memory.down.store = true;
    const answer = await send({ method: 'StreamStatusEvent', body: BODY, at: 1234 });
    expect(answer).toMatchObject({ statusCode: 200, body: BODY });
    expect(memory.parked).toMatchObject([
      { sighting: { id: SEED_STREAM, at: 1234, state: { status: 'PUBLISHING' } }, requestId: 'request-1' },
    ]);
    expect(lines()).toMatchObject([{ level: 'WARN', outcome: 'parked', status: 200, id: SEED_STREAM }]);
    expect(lines()[0]?.['cause']).toContain('ECONNREFUSED');
  });

  it('and without a queue it is a 503 that shows nothing of the causes, which are logged', async () => {
    const { send, memory, lines } = hooksUnderTest();
    memory.down.store = memory.down.queue = true;
    const answer = await send({ method: 'StreamStatusEvent', body: BODY });
    expect(answer.statusCode).toBe(503);
    expect(json(answer)).toEqual({ error: 'Service Unavailable' });
    expect(lines()).toMatchObject([{ level: 'ERROR', outcome: 'failed', status: 503, id: SEED_STREAM }]);
    expect(lines()[0]?.['cause']).toContain('ECONNREFUSED');
    expect(lines()[0]?.['cause']).toContain('no queue at sqs.internal');
  });

  it('a keep-alive is parked too, and a 200 whatever happens', async () => {
    const { send, memory, lines } = hooksUnderTest({ IS_OFFLINE: 'true', STOP_STREAMS: 'true' });
    memory.down.store = true;
    expect(await send({ method: 'StreamKeepAliveEvent', body: BODY })).toMatchObject({ statusCode: 200, body: BODY });
    memory.down.queue = true;
    expect(await send({ method: 'StreamKeepAliveEvent', body: BODY })).toMatchObject({ statusCode: 200, body: BODY });
    memory.store.keepAlive = () => Promise.reject(new Error('a bug'));
    expect(await send({ method: 'StreamKeepAliveEvent', body: BODY })).toMatchObject({ statusCode: 200, body: BODY });
    expect(lines()).toMatchObject([
      { outcome: 'parked' },
      { level: 'ERROR', outcome: 'failed', status: 200 },
      { outcome: 'failed' },
    ]);
  });

  it('other hooks are echoed', async () => {
    const { send, memory } = hooksUnderTest();
    memory.down.store = true;
    for (const { method, text } of FIXTURES.filter(({ method }) => /^(connect|On|Connection)/.test(method))) {
      expect(await send({ method, body: text })).toMatchObject({ statusCode: 200 });
    }
  });
});

it('a bug of ours is a bare 500', async () => {
  const { send, memory, lines } = hooksUnderTest();
  memory.store.upsert = () => Promise.reject(new Error('SECRET'));
  const answer = await send({ method: 'StreamStatusEvent', body: BODY });
  expect(answer.statusCode).toBe(500);
  expect(json(answer)).toEqual({ error: 'Internal Server Error' });
  expect(lines()).toMatchObject([{ outcome: 'failed', status: 500 }]);
});
