import { describe, expect, it } from 'vitest';
import { capture, captureBody } from '../../support/fixtures.ts';
import { hooksUnderTest, json } from '../../support/hooks-under-test.ts';

describe('the answer to connect', () => {
  it('is a 200 for nulls where strings may be', async () => {
    const body = '{"mediaProviders":[null],"sessionId":null,"clientInfo":null}';
    expect(await hooksUnderTest().send({ method: 'connect', body })).toMatchObject({ statusCode: 200 });
  });

  const config = (env: Record<string, string>, body: string) =>
    hooksUnderTest({ IS_OFFLINE: 'true', ...env }).send({ method: 'connect', body });

  it.each([
    ['{}', '{"restClientConfig":'],
    [' { } ', ' { "restClientConfig":'],
    ['{"a":1.0}\n', '{"a":1.0,"restClientConfig":'],
    ['\ufeff{"a":"}"}', '\ufeff{"a":"}","restClientConfig":'],
    ['{"a":12345678901234567890,"a":2}', '{"a":12345678901234567890,"a":2,"restClientConfig":'],
    ['{"custom":{"a":{}}}', '{"custom":{"a":{}},"restClientConfig":'],
  ])('%j is the received text and the configuration', async (body, beginning) => {
    const answer = await config({}, body);
    expect(answer.body?.startsWith(beginning)).toBe(true);
    expect(answer.body?.endsWith(`}${body.slice(body.lastIndexOf('}'))}`)).toBe(true);
    expect(JSON.parse((answer.body ?? '').replace('\ufeff', ''))).toHaveProperty('restClientConfig.StreamStatusEvent');
  });

  it('is base64 where the request was', async () => {
    const body = Buffer.from('{"a":1}').toString('base64');
    const answer = await hooksUnderTest().send({ method: 'connect', body, base64: true });
    expect(answer.isBase64Encoded).toBe(true);
    expect(JSON.parse(Buffer.from(answer.body ?? '', 'base64').toString())).toMatchObject({
      a: 1,
      restClientConfig: {},
    });
  });

  it('says FAIL for the methods of FAIL_METHODS', async () => {
    const answer = await config({ FAIL_METHODS: 'StreamStatusEvent' }, capture('connect.webrtc'));
    expect(json(answer)).toMatchObject({
      ...captureBody('connect.webrtc'),
      restClientConfig: { StreamStatusEvent: { restOnError: 'FAIL' }, publishStream: { restOnError: 'LOG' } },
    });
  });
});
