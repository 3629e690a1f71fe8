import { describe, expect, it } from 'vitest';
import { capture } from '../../support/fixtures.ts';
import { hooksUnderTest, json } from '../../support/hooks-under-test.ts';

const BODY = capture('StreamStatusEvent.publishing');

describe('a body', () => {
  const send = (body: string | undefined, method = 'StreamStatusEvent') => hooksUnderTest().send({ method, body });

  it.each([
    [undefined, 'the body is empty: expected a JSON object'],
    ['', 'the body is empty: expected a JSON object'],
    ['{"secret', 'the body is not JSON: expected a JSON object'],
    ['a=b', 'the body is not JSON: expected a JSON object'],
    ['[]', 'the body is an array: expected a JSON object'],
    ['null', 'the body is null: expected a JSON object'],
    ['"secret"', 'the body is a string: expected a JSON object'],
    ['5', 'the body is a number: expected a JSON object'],
  ])('%j is a 400 that says what was expected', async (body, message) => {
    for (const method of ['connect', 'publishStream', 'StreamStatusEvent', 'OnCallEvent', 'BrandNew']) {
      const answer = await send(body, method);
      expect(answer.statusCode).toBe(400);
      expect(json(answer)).toEqual({ error: 'Bad Request', message });
    }
  });

  it('of 262,144 bytes is accepted, of one more it is a 413', async () => {
    const filled = (size: number) => `{"mediaSessionId":"m","x":"${'ä'.repeat(1000)}${'x'.repeat(size - 2029)}"}`;
    expect(Buffer.byteLength(filled(262_144))).toBe(262_144);
    expect(await send(filled(262_144))).toMatchObject({ statusCode: 200 });
    const answer = await send(filled(262_145));
    expect(answer.statusCode).toBe(413);
    expect(json(answer)['message']).toContain('262144');
  });

  it('that is rejected is not quoted in the answer or the log', async () => {
    for (const body of ['{"token":"SECRET"', '"SECRET"', '{"mediaSessionId":["SECRET"],"sdp":"SECRET"}']) {
      const { send, lines } = hooksUnderTest();
      const answer = await send({ method: 'StreamStatusEvent', body });
      expect(answer.statusCode).toBe(400);
      expect(JSON.stringify([answer, lines()])).not.toContain('SECRET');
    }
  });

  it.each([
    ['unknown fields', '{"mediaSessionId":"m","status":"PLAYING","novel":{"a":[null]}}'],
    [
      'nulls',
      '{"mediaSessionId":"m","status":"PLAYING","name":null,"published":null,"width":null,"custom":null,"audioState":null}',
    ],
    ['an unknown status', '{"mediaSessionId":"m","status":"\u{1f600}"}'],
    [
      'junk in custom',
      `{"mediaSessionId":"m","status":"PLAYING","custom":{"__proto__":{"a":1},"constructor":{"prototype":1},"x":${'['.repeat(5000)}${']'.repeat(5000)}}}`,
    ],
    ['an empty name', '{"mediaSessionId":"m","status":"PLAYING","name":""}'],
    ['a long name', `{"mediaSessionId":"m","status":"PLAYING","name":"${'x'.repeat(5000)}"}`],
    ['an emoji name', '{"mediaSessionId":"m","status":"PLAYING","name":"\u{1f600}"}'],
    ['lone surrogates', '{"mediaSessionId":"m\\ud800","status":"PLAYING","name":"\\udc00\\ud800","info":"\\ud83d"}'],
    [
      'numbers at the edge of a double',
      '{"mediaSessionId":"m","status":"PLAYING","width":1e999,"height":5e-324,"fps":1.7976931348623157e308,"gop":-0,"bitrate":12345678901234567890123}',
    ],
    ['a BOM', '\ufeff{"mediaSessionId":"m","status":"PLAYING"}'],
    [
      'escapes, 1.0 and white space',
      ' {"mediaSessionId":"m","status":"PLAYING","name":"a\\/b\\u0041","fps":25.0} \r\n',
    ],
    ['duplicate keys', '{"mediaSessionId":"m","status":"NEW","status":"PLAYING"}'],
  ])('with %s is accepted, stored with its status, and echoed byte for byte', async (_, body) => {
    const { send, memory } = hooksUnderTest();
    const answer = await send({ method: 'StreamStatusEvent', body });
    expect(answer).toMatchObject({ statusCode: 200, body });
    const [row] = memory.rows.values();
    expect(row?.phase).toBe('live');
    expect(row?.status).toBe((JSON.parse(body.replace('\ufeff', '')) as { status: string }).status);
  });

  it('of another content type is accepted all the same', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await hooksUnderTest().send({ method: 'StreamStatusEvent', body: BODY, headers })).toMatchObject({
      statusCode: 200,
      body: BODY,
    });
  });
});
