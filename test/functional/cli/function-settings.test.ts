import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { readFunctionSettings, rulesOf } from '../../../infra/cli/function-settings.ts';
import { SETTINGS } from '../../../infra/cloudformation/environment.ts';
import { createQueueServer } from '../../../infra/local/queue-server.ts';
import { useLocalAws } from '../../../infra/local/settings.ts';

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server = undefined;
});

async function at(listening: Server): Promise<string> {
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

/** A Lambda of one answer. */
const lambda = (status: number, body: object, headers: Record<string, string> = {}) =>
  createServer((request, response) => {
    const isSigned = /^AWS4-HMAC-SHA256 .*\/lambda\/aws4_request/.test(request.headers.authorization ?? '');
    const isAsked = request.url === '/2015-03-31/functions/wcs-hooks-prod-event/configuration';
    response.writeHead(isSigned && isAsked ? status : 400, headers).end(JSON.stringify(body));
  });

describe('what the functions of a stage are set to', () => {
  it('is asked of Lambda, by a signed request', async () => {
    useLocalAws();
    const endpoint = await at(lambda(200, { Environment: { Variables: { STOP_STREAMS: 'true' } } }));
    expect(await readFunctionSettings('wcs-hooks-prod-event', endpoint)).toEqual({ STOP_STREAMS: 'true' });
  });

  it("fails by AWS's name for it, with AWS's words", async () => {
    useLocalAws();
    const headers = { 'x-amzn-errortype': 'AccessDeniedException:http://internal.amazon.com/' };
    const endpoint = await at(
      lambda(403, { Message: 'not authorized to perform: lambda:GetFunctionConfiguration' }, headers),
    );
    await expect(readFunctionSettings('wcs-hooks-prod-event', endpoint)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'not authorized to perform: lambda:GetFunctionConfiguration',
    });
  });

  it('is reported by the local stack, too, without secrets', async () => {
    useLocalAws();
    const settings = { STOP_STREAMS: 'true', LEASE_SECONDS: '300' };
    const endpoint = await at(createQueueServer(':memory:', [], { settings }));
    const told = await readFunctionSettings('wcs-hooks-local-event', endpoint);
    expect(rulesOf(told)).toMatchObject({ stopsStreams: true, leaseSeconds: 300 });
    expect(SETTINGS.filter((name) => /SECRET|PASSWORD|USER/.test(name))).toEqual([]);
  });

  it.each([
    [{}, false],
    [{ STOP_STREAMS: 'false', TOKEN_JWKS_URL: '' }, false],
    [{ ALLOWED_ORIGINS: 'https://example.com' }, false],
    [{ STOP_STREAMS: 'true' }, true],
    // A token may limit a stream.
    [{ TOKEN_ISSUER: 'i', TOKEN_AUDIENCE: 'a', SECRETS_PATH: '/wcs-hooks/prod' }, true],
    [{ TOKEN_ISSUER: 'i', TOKEN_AUDIENCE: 'a', TOKEN_JWKS_URL: 'https://example.com/jwks' }, true],
  ])('%j means that keep-alives stop streams: %s', (environment, stopsStreams) => {
    expect(rulesOf(environment).stopsStreams).toBe(stopsStreams);
  });
});
