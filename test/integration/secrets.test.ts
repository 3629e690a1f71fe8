import type { Context } from 'aws-lambda';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HookAnswer, HookEvent } from '../../lib/http/hook-event.ts';
import { readParameters } from '../../lib/platform/parameter-store.ts';
import { sign } from '../../lib/wcs/signature.ts';
import { gatewayEvent } from '../support/gateway-event.ts';
import { startParameterStore } from '../support/parameter-store.ts';
import { REQUIRED } from '../support/settings.ts';

describe('a deployed stage', () => {
  let store: Awaited<ReturnType<typeof startParameterStore>>;
  const lines: string[] = [];
  /** Milliseconds by which the clock is put forward. */
  let ahead = 0;
  beforeAll(async () => {
    store = await startParameterStore();
    Object.assign(process.env, {
      ...store.environment,
      ...REQUIRED,
      STAGE: 'prod',
      SECRETS_PATH: '/wcs-hooks/prod',
    });
    const real = Date.now;
    vi.spyOn(Date, 'now').mockImplementation(() => real() + ahead);
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await store.close();
  });
  beforeEach(() => {
    store.parameters.clear();
    Object.assign(store.control, { requests: 0, fail: 0, stalls: false });
    lines.length = 0;
  });

  /** A container of its own. */
  function container(name = 'incoming') {
    const require = createRequire(import.meta.url);
    const file = require.resolve(join('../../dist', `${name}.cjs`));
    delete require.cache[file];
    const { handler } = require(file) as { handler: (event: HookEvent, context: Context) => Promise<HookAnswer> };
    return async (secret: string, method = 'OnMessageEvent', body = '{"sessionId":"s"}') => {
      const headers = { authorization: sign(Buffer.from(body), secret) };
      const answer = await handler(gatewayEvent({ method, body, headers }), { awsRequestId: 'r' } as Context);
      return answer.statusCode;
    };
  }
  const log = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

  it('reads its secrets with one request of a container', async () => {
    store.parameters.set('/wcs-hooks/prod/hook-secret', 'new').set('/wcs-hooks/prod/hook-secret-previous', 'old');
    const send = container();
    expect(await Promise.all([send('new'), send('old'), send('new')])).toEqual([200, 200, 200]);
    expect(store.control.requests).toBe(1);
    expect(await send('wrong')).toBe(403);
    expect(store.control.requests).toBe(1);
  });

  it('warns once of a secret that WCS would read otherwise, which works all the same, and does not show it', async () => {
    store.parameters.set('/wcs-hooks/prod/hook-secret', 'hidden\\x').set('/wcs-hooks/prod/hook-secret-previous', 'hex');
    const send = container();
    expect([await send('hidden\\x'), await send('hidden\\x'), await send('hex')]).toEqual([200, 200, 200]);
    expect(log().filter(({ level }) => level === 'WARN')).toMatchObject([
      {
        message: 'secret that WCS may read otherwise',
        cause: expect.stringMatching(/^HOOK_SECRET has a backslash/) as string,
      },
    ]);
    expect(lines.join()).not.toContain('hidden');
  });

  it('without credentials answers 503, says which parameter to put, and works once it is there', async () => {
    const send = container();
    expect(await send('new')).toBe(503);
    expect(log()).toMatchObject([
      {
        level: 'ERROR',
        message: 'not ready',
        requestId: 'r',
        notReady: 1,
        _aws: {
          CloudWatchMetrics: [{ Namespace: 'wcs-hooks/prod', Dimensions: [[]], Metrics: [{ Name: 'notReady' }] }],
        },
        cause: expect.stringContaining(
          'create the parameter /wcs-hooks/prod/hook-secret (npm run secrets -- --stage prod)',
        ) as string,
      },
    ]);
    store.parameters.set('/wcs-hooks/prod/hook-secret', 'new');
    expect(await send('new')).toBe(503);
    ahead += 60_000;
    expect(await send('new')).toBe(200);
  });

  it('tries again where Parameter Store is throttled, and with the next hook where that fails', async () => {
    store.parameters.set('/wcs-hooks/prod/hook-secret', 'new');
    store.control.fail = 3;
    expect(await container()('new')).toBe(200);
    // No container of a rush asks for ever.
    store.control.fail = Infinity;
    const send = container();
    expect(await send('new')).toBe(503);
    expect(log().at(-1)?.['cause']).toContain('ThrottlingException');
    expect(store.control.requests).toBeLessThan(20);
    store.control.fail = 0;
    expect(await send('new')).toBe(200);
  });

  it('waits no longer for an answer that stalls than for none', async () => {
    store.parameters.set('/wcs-hooks/prod/hook-secret', 'new');
    store.control.stalls = true;
    await expect(readParameters(['/wcs-hooks/prod/hook-secret'], 0)).rejects.toThrow();
  });

  it('takes a rotated secret at once, if it has not just read them', async () => {
    store.parameters.set('/wcs-hooks/prod/hook-secret', 'old');
    const send = container();
    expect(await send('old')).toBe(200);
    store.parameters.set('/wcs-hooks/prod/hook-secret', 'new').set('/wcs-hooks/prod/hook-secret-previous', 'old');
    expect(await send('new')).toBe(403);
    ahead += 60_000;
    expect([await send('new'), await send('old'), await send('new')]).toEqual([200, 200, 200]);
    expect(store.control.requests).toBe(2);
  });

  it('no longer accepts the previous secret once it is removed', async () => {
    store.parameters.set('/wcs-hooks/prod/hook-secret', 'new').set('/wcs-hooks/prod/hook-secret-previous', 'leaked');
    const send = container();
    expect([await send('new'), await send('leaked')]).toEqual([200, 200]);
    store.parameters.delete('/wcs-hooks/prod/hook-secret-previous');
    ahead += 300_000;
    expect([await send('leaked'), await send('new')]).toEqual([403, 200]);
  });

  it('continues with what it had while a change is unusable, says so once, and takes the whole change', async () => {
    store.parameters.set('/wcs-hooks/prod/hook-secret', 'good');
    const send = container();
    expect(await send('good')).toBe(200);
    store.parameters.set('/wcs-hooks/prod/hook-user', 'user');
    ahead += 300_000;
    lines.length = 0;
    expect([await send('good'), await send('good'), await send('wrong')]).toEqual([200, 200, 403]);
    expect(log().filter(({ message }) => message === 'added secrets not usable')).toEqual([
      expect.objectContaining({
        level: 'ERROR',
        notReady: 1,
        cause: expect.stringContaining('HOOK_USER is set without HOOK_PASSWORD') as string,
      }),
    ]);
    store.parameters.set('/wcs-hooks/prod/hook-password', 'password').set('/wcs-hooks/prod/hook-secret', 'new');
    // It looks again before it refuses, as with any other change.
    ahead += 60_000;
    expect([await send('new'), await send('good')]).toEqual([200, 403]);
  });

  it('no longer accepts a removed secret, whether the rest is usable or not', async () => {
    store.parameters.set('/wcs-hooks/prod/hook-secret', 'leaked');
    const send = container();
    expect(await send('leaked')).toBe(200);
    store.parameters.clear();
    ahead += 300_000;
    expect(await send('leaked')).toBe(503);
    store.parameters.set('/wcs-hooks/prod/hook-secret', 'new').set('/wcs-hooks/prod/hook-user', 'user');
    ahead += 300_000;
    expect([await send('leaked'), await send('new')]).toEqual([503, 503]);
  });

  it('reports every problem, even if there are many', async () => {
    Object.assign(process.env, {
      FAIL_OPEN: 'nonsense',
      ALLOWED_ORIGINS: ',',
      LEASE_SECONDS: '5',
      RETENTION_DAYS: '2',
    });
    try {
      expect(await container('connect')('new', 'connect')).toBe(503);
      const cause = String(log().at(-1)?.['cause']);
      for (const part of [
        'FAIL_OPEN',
        'ALLOWED_ORIGINS',
        'LEASE_SECONDS=5',
        'RETENTION_DAYS=2',
        '/wcs-hooks/prod/hook-secret',
      ]) {
        expect(cause).toContain(part);
      }
      expect(cause).not.toContain('\ufffd');
    } finally {
      for (const name of ['FAIL_OPEN', 'ALLOWED_ORIGINS', 'LEASE_SECONDS', 'RETENTION_DAYS']) delete process.env[name];
    }
  });

  it('verifies tokens with the secret from there', async () => {
    process.env['TOKEN_ISSUER'] = process.env['TOKEN_AUDIENCE'] = 'x';
    try {
      store.parameters.set('/wcs-hooks/prod/hook-secret', 'new');
      expect(await container('connect')('new', 'connect')).toBe(503);
      expect(log().at(-1)?.['cause']).toContain('TOKEN_SECRET (HS256, the parameter /wcs-hooks/prod/token-secret)');
      store.parameters.set('/wcs-hooks/prod/token-secret', 'x'.repeat(32));
      const send = container('connect');
      expect(await send('new', 'connect', '{"custom":{"token":"junk"}}')).toBe(403);
      expect(log().at(-1)).toMatchObject({ reason: 'token: no valid token' });
    } finally {
      delete process.env['TOKEN_ISSUER'];
      delete process.env['TOKEN_AUDIENCE'];
    }
  });

  it('never shows a secret', async () => {
    store.parameters.set('/wcs-hooks/prod/hook-secret', 'S3CRET').set('/wcs-hooks/prod/hook-user', 'half');
    expect(await container()('S3CRET')).toBe(503);
    expect(lines.join()).toContain('HOOK_USER is set without HOOK_PASSWORD');
    expect(lines.join()).not.toContain('S3CRET');
    await expect(readParameters(['/wcs-hooks/prod/hook-secret'], 1000)).resolves.toEqual(
      new Map([['/wcs-hooks/prod/hook-secret', 'S3CRET']]),
    );
  });
});
