import { describe, expect, it } from 'vitest';
import { capture, FIXTURES, SEED_STREAM } from '../../support/fixtures.ts';
import { hooksUnderTest, json } from '../../support/hooks-under-test.ts';

const BODY = capture('StreamStatusEvent.publishing');

describe('a capture', () => {
  for (const { file, method, text } of FIXTURES) {
    it(`${file} is answered 200 with what was sent`, async () => {
      // Otherwise the account of the phone page would be replaced.
      const env = { IS_OFFLINE: 'true', SIP_ACCOUNT: 'client' };
      const answer = await hooksUnderTest(env).send({ method, body: text });
      expect(answer).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } });
      if (method !== 'connect') expect(answer.body).toBe(text);
      else {
        expect(answer.body?.startsWith(text.slice(0, -1))).toBe(true);
        const { restClientConfig, ...received } = json(answer);
        expect(received).toEqual(JSON.parse(text));
        expect(restClientConfig).toMatchObject({ publishStream: { restExclude: 'sdp', restOnError: 'LOG' } });
      }
    });
  }

  it('of a starting and a live stream makes its row', async () => {
    const { send, memory } = hooksUnderTest();
    await send({ method: 'publishStream', body: capture('publishStream.pending'), at: 1000 });
    await send({ method: 'StreamStatusEvent', body: BODY, at: 2000 });
    expect(memory.rows.get(SEED_STREAM)).toMatchObject({
      phase: 'live',
      status: 'PUBLISHING',
      published: true,
      live: 'publishing',
    });
    expect(memory.rows.get(SEED_STREAM)).toMatchObject({
      firstSeenAt: '1970-01-01T00:00:01.000Z',
      statusAt: '1970-01-01T00:00:02.000Z',
    });
  });
});
