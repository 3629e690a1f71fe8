import { describe, expect, it } from 'vitest';
import { sign } from '../../../lib/wcs/signature.ts';
import { capture } from '../../support/fixtures.ts';
import { hooksUnderTest, json } from '../../support/hooks-under-test.ts';

const BODY = capture('StreamStatusEvent.publishing');
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('authentication', () => {
  const SIGNED = { HOOK_SECRET: 'new', HOOK_SECRET_PREVIOUS: 'old' };
  const BOTH = { ...SIGNED, HOOK_USER: 'u', HOOK_PASSWORD: 'p' };
  const ask = (env: Record<string, string>, authorization?: string, body = BODY) => {
    const hooks = hooksUnderTest(env);
    const headers: Record<string, string> = authorization === undefined ? {} : { Authorization: authorization };
    return hooks.send({ method: 'StreamStatusEvent', body, headers }).then((answer) => ({ answer, ...hooks }));
  };

  it('accepts a hook with either secret, or with Basic where both are set', async () => {
    for (const header of [sign(Buffer.from(BODY), 'new'), sign(Buffer.from(BODY), 'old'), basic('u:p')]) {
      expect((await ask(BOTH, header)).answer).toMatchObject({ statusCode: 200, body: BODY });
    }
  });

  it('is over the raw bytes of a base64 body too, which is echoed in base64', async () => {
    const raw = Buffer.concat([
      Buffer.from('{"mediaSessionId":"m","x":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]);
    const body = raw.toString('base64');
    const headers = { authorization: sign(raw, 'new') };
    const answer = await hooksUnderTest(SIGNED).send({ method: 'StreamEvent', body, base64: true, headers });
    expect(answer).toMatchObject({ statusCode: 200, body, isBase64Encoded: true });
  });

  it('rejects wrong credentials of any kind with 403, stores nothing and does not read the body', async () => {
    const hex = sign(Buffer.from(BODY), 'new').slice(4);
    const reserialised = Buffer.from(JSON.stringify(JSON.parse(BODY), null, 2));
    for (const wrong of [
      ...[
        `WCS ${hex.slice(1)}`,
        `WCS ${hex}0`,
        `WCS ${'z'.repeat(32)}`,
        `WCS ${'0'.repeat(32)}`,
        'WCS',
        `Bearer ${hex}`,
        hex,
      ],
      ...[
        sign(Buffer.from('{}'), 'new'),
        sign(reserialised, 'new'),
        sign(Buffer.from(BODY), 'other'),
        basic('u:x'),
        basic('x:p'),
      ],
    ]) {
      const { answer, memory, lines } = await ask(BOTH, wrong);
      expect(answer).toMatchObject({ statusCode: 403, headers: { 'content-type': 'application/json' } });
      expect(json(answer)).toEqual({ error: 'Forbidden', message: 'the credentials are wrong' });
      expect(memory.rows.size).toBe(0);
      expect(lines()).toMatchObject([{ outcome: 'rejected', status: 403, id: undefined }]);
      expect((await ask(BOTH, wrong, 'not json')).answer).toMatchObject({ statusCode: 403 });
    }
  });

  it('challenges a hook without credentials where Basic is configured, and rejects it elsewhere', async () => {
    const challenged = await ask(BOTH);
    expect(challenged.answer).toMatchObject({
      statusCode: 401,
      headers: { 'www-authenticate': 'Basic realm="wcs-hooks", charset="UTF-8"' },
    });
    const { answer } = await ask(SIGNED);
    expect(answer.statusCode).toBe(403);
    expect(answer.headers).not.toHaveProperty('www-authenticate');
    expect(json(answer)['message']).toContain('expected a signed hook');
  });

  it('comes after the size and before everything else', async () => {
    expect((await ask(SIGNED, undefined, 'x'.repeat(262_145))).answer.statusCode).toBe(413);
    expect((await ask(SIGNED, undefined, 'x'.repeat(262_144))).answer.statusCode).toBe(403);
    expect((await ask(SIGNED, sign(Buffer.from('x'), 'new'), 'x')).answer.statusCode).toBe(400);
  });
});
