import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readParameters } from '../../lib/platform/parameter-store.ts';
import { createSecretSource, secretsUnder } from '../../lib/platform/secrets.ts';

const NONE = '{"Parameters":[],"InvalidParameters":["/wcs-hooks/prod/hook-secret"]}';
const ONE = '{"Parameters":[{"Name":"/wcs-hooks/prod/hook-secret","Value":"s"}]}';

describe('Parameter Store', () => {
  let answer: (response: ServerResponse, request: number) => void;
  let requests = 0;
  const server = createServer((incoming, response) => {
    incoming.resume().on('end', () => answer(response, ++requests));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    Object.assign(process.env, {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
      AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
  });
  beforeEach(() => void (requests = 0));
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const answers = (status: number, body: string) => (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
  };
  const read = (patience = 0) => readParameters(['/wcs-hooks/prod/hook-secret'], patience);

  it('that knows no such parameter has none', async () => {
    answer = answers(200, NONE);
    expect(await read()).toEqual(new Map());
  });

  it.each([400, 403, 404, 429, 500, 503])(
    'that answers %i does not say that there are no parameters',
    async (status) => {
      for (const body of [NONE, ONE, '{}', '', '<html>']) {
        answer = answers(status, body);
        await expect(read()).rejects.toThrow(`Parameter Store answered ${status}`);
      }
    },
  );

  it.each(['', '<html>', '{}', '[]', 'null', '{"Parameters":null}'])(
    'that answers 200 with %j says nothing of its parameters',
    async (body) => {
      answer = answers(200, body);
      await expect(read()).rejects.toThrow();
    },
  );

  it.each([403, 500])('that answers %i leaves a container the secrets that it has', async (status) => {
    let now = 0;
    answer = answers(200, ONE);
    const secrets = createSecretSource(secretsUnder('/wcs-hooks/prod', readParameters), () => now);
    expect(await secrets.current()).toEqual({ HOOK_SECRET: 's' });
    answer = answers(status, NONE);
    now += 300_000;
    expect(await secrets.current()).toEqual({ HOOK_SECRET: 's' });
    expect(requests).toBeGreaterThan(1);
  });

  it('is tried again after an answer that is not its own', async () => {
    answer = (response, request) => answers(request < 3 ? 500 : 200, ONE)(response);
    expect(await read(5000)).toEqual(new Map([['/wcs-hooks/prod/hook-secret', 's']]));
    expect(requests).toBe(3);
  });

  it('is asked until there is no time for another try, however long the pauses between are', async () => {
    const isWellAt = Date.now() + 1200;
    answer = (response) => answers(Date.now() < isWellAt ? 500 : 200, ONE)(response);
    const all = await Promise.all(Array.from({ length: 20 }, () => read(2100)));
    expect(all.map((parameters) => parameters.size)).toEqual(Array(20).fill(1));
  });

  it('that does not answer is not waited for, and asked again only where there is time for another try', async () => {
    answer = () => {};
    const started = Date.now();
    await expect(read(1000)).rejects.toThrow();
    expect(requests).toBe(1);
    expect(Date.now() - started).toBeLessThan(3000);
  });

  it('is quoted in a few words at most', async () => {
    answer = answers(400, 'x'.repeat(10_000));
    await expect(read()).rejects.toThrow(/^Parameter Store answered 400: x{200}$/);
  });
});
