import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { METHOD_NAMES } from '../../../lib/wcs/methods.ts';
import { hooksUnderTest, json } from '../../support/hooks-under-test.ts';
import { propertyRuns } from '../../support/property-runs.ts';

describe('any bytes', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('PUBLISHING', 'UNPUBLISHED', '', '\ud800', 1e308, 5e-324, -0, 0, true, false, null),
    fc.constant({ muted: true }),
    fc.jsonValue(),
  );
  const fields = [
    'name',
    'status',
    'info',
    'published',
    'width',
    'fps',
    'custom',
    'audioState',
    'sessionId',
    'createDate',
    'origin',
  ];
  /** Bodies with the keys that the schemas know, most of them with an id that can have a row, in JSON as odd as it gets. */
  const hookBody = fc
    .tuple(
      fc.option(fc.oneof(fc.uuid(), fc.string({ minLength: 1 })), { freq: 9 }),
      fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 3 }),
      fc.constantFrom('', ' ', '\ufeff', '\r\n'),
      fc.constantFrom('', '"status":"NEW",', '"x":1.0,"x":1e999,', '"y":"\\/\\ud83d",'),
    )
    .map(([id, rest, before, first]) => {
      const members = JSON.stringify({ ...(id === null ? {} : { mediaSessionId: id }), ...rest }).slice(1);
      return Buffer.from(`${before}{${members === '}' ? first.replace(/,$/, '') : first}${members}`);
    });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => Buffer.from(text)),
    { weight: 4, arbitrary: hookBody },
  );
  const words = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...METHOD_NAMES) }, fc.string());
  const headers = fc.option(
    fc.oneof(
      fc.string(),
      fc.string().map((text) => `WCS ${text}`),
      fc.string().map((text) => `Basic ${text}`),
    ),
  );
  let stored = 0;
  const doors = [{ IS_OFFLINE: 'true' }, { HOOK_SECRET: 's', HOOK_USER: 'u', HOOK_PASSWORD: 'p' }].map((env) =>
    hooksUnderTest(env),
  );

  test.prop([words, bytes, fc.boolean(), headers], { numRuns: propertyRuns(1_000) })(
    'in give a valid answer out',
    async (method, body, base64, authorization) => {
      const text = Buffer.from(body).toString(base64 ? 'base64' : 'utf8');
      for (const { send, memory } of doors) {
        const request = { method, body: text, base64, headers: authorization === null ? {} : { authorization } };
        const answer = await send(request);
        stored += memory.rows.size;
        memory.rows.clear();
        memory.sessions.clear();
        memory.calls.clear();
        const isOneMethod = method.split('/').filter((segment) => segment !== '').length <= 1;
        expect(isOneMethod ? [200, 400, 401, 403] : [404]).toContain(answer.statusCode);
        expect(answer.headers).toHaveProperty('content-type', 'application/json');
        if (answer.statusCode === 200 && method !== 'connect') expect(answer.body).toBe(text);
        else if (answer.statusCode !== 200) expect(json(answer)).toHaveProperty('error');
      }
    },
  );

  it('were often enough those of a stream, which was stored', () => {
    expect(stored).toBeGreaterThan(50);
  });
});
