import { describe, expect, it } from 'vitest';
import { type RestClientConfig } from '../../../lib/wcs/rest-client-config.ts';
import { connect, having, publish, SESSION } from '../../support/client.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';

describe('policy origin', () => {
  const ORIGINS = {
    IS_OFFLINE: 'true',
    ALLOWED_ORIGINS:
      'https://example.com, *.example.org,http://localhost:8080,capacitor://localhost,ionic://localhost:8100',
  };
  it.each([
    ['https://example.com', 200],
    ['capacitor://localhost', 200],
    ['ionic://localhost:8100', 200],
    ['capacitor://evil', 403],
    ['capacitor://localhost.evil', 403],
    ['capacitor://localhost:1', 403],
    ['capacitor://localhost/', 403],
    ['capacitor://a.example.org', 403],
    ['ionic://localhost', 403],
    ['https://localhost', 403],
    ['http://localhost:8080', 200],
    ['https://a.example.org', 200],
    ['https://a.b.example.org:8443', 200],
    ['https://example.org', 403],
    ['https://evilexample.org', 403],
    ['http://a.example.org', 403],
    ['https://example.com:444', 403],
    ['https://sub.example.com', 403],
    ['https://example.com.evil.net', 403],
    ['https://a.example.org.evil.net', 403],
    ['https://evil.net/.example.org', 403],
    ['https://evil.net#.example.org', 403],
    ['https://evil.net?a.example.org', 403],
    ['https://user@a.example.org', 403],
    ['https://.example.org', 403],
    ['https://a..example.org', 403],
    ['https://A.example.org', 403],
    ['HTTPS://example.com', 403],
    ['https://\u0435xample.com', 403],
    ['https://a.\u0435xample.org', 403],
    ['null', 403],
    ['', 403],
    [undefined, 403],
    ['https://example.com ', 403],
    ['https://example.com,https://evil.net', 403],
    [`https://${'a.'.repeat(300)}example.org`, 403],
  ])('answers a client from %j with %i', async (origin, status) => {
    const hooks = hooksUnderTest(ORIGINS);
    const answer = await connect(hooks, undefined, { origin });
    expect(answer.statusCode).toBe(status);
    const row = hooks.memory.sessions.get(SESSION);
    if (status === 200) {
      expect(row).toMatchObject({ phase: 'starting', origin });
    } else {
      expect(answer.body).toBe('{"error":"Forbidden","message":"denied by the policy origin"}');
      expect(row).toMatchObject({
        phase: 'denied',
        status: 'DENIED',
        denied: expect.stringMatching(/^origin: /) as string,
      });
    }
  });

  it('decides connections alone: they need no FAIL, and nothing else is denied', async () => {
    const hooks = hooksUnderTest(ORIGINS);
    const { body = '' } = await connect(hooks, undefined, { origin: 'https://example.com' });
    const { restClientConfig } = JSON.parse(body) as { restClientConfig: RestClientConfig };
    expect(having(restClientConfig, 'restOnError', 'FAIL')).toEqual([]);
    expect((await publish(hooks, 'any')).statusCode).toBe(200);
    expect(hooks.memory.counts.reads).toBe(0);
  });
});
