import type { Context } from 'aws-lambda';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HookAnswer, HookEvent } from '../../lib/http/hook-event.ts';
import { sign } from '../../lib/wcs/signature.ts';
import { startDynamo, tablesOf } from '../support/dynamo.ts';
import { gatewayEvent } from '../support/gateway-event.ts';
import { startParameterStore } from '../support/parameter-store.ts';
import { REQUIRED } from '../support/settings.ts';

const DIST = join(import.meta.dirname, '../../dist');
const LINE = '/wcs-hooks/prod/sip/line';
const ACCOUNT = { sipLogin: 'MARKER-login', sipPassword: 'MARKER-password', sipDomain: 'MARKER-domain' };

/** The bundles, with Parameter Store and DynamoDB as a deployed stage has them. */
describe('the SIP accounts of a deployed stage', () => {
  let store: Awaited<ReturnType<typeof startParameterStore>>;
  let dynamo: Awaited<ReturnType<typeof startDynamo>>;
  const lines: string[] = [];
  /** Milliseconds by which the clock is put forward. */
  let ahead = 0;
  beforeAll(async () => {
    [store, dynamo] = await Promise.all([startParameterStore(), startDynamo()]);
    Object.assign(process.env, {
      ...REQUIRED,
      BANS: 'false',
      ...tablesOf(dynamo),
      ...store.environment,
      ...{ AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint, STAGE: 'prod', SECRETS_PATH: '/wcs-hooks/prod' },
      SIP_ACCOUNT: 'phoneApp=line',
    });
    const real = Date.now;
    vi.spyOn(Date, 'now').mockImplementation(() => real() + ahead);
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await Promise.all([store.close(), dynamo.close()]);
  });
  beforeEach(() => {
    Object.assign(store.control, { requests: 0, fail: 0, stalls: false });
    store.parameters.clear();
    store.parameters.set('/wcs-hooks/prod/hook-secret', 'secret').set(LINE, JSON.stringify(ACCOUNT));
    dynamo.requests.length = 0;
    lines.length = 0;
  });

  /** A container of its own that connects clients. */
  function container(name = 'connect', method = 'connect') {
    const require = createRequire(import.meta.url);
    const file = require.resolve(join(DIST, `${name}.cjs`));
    delete require.cache[file];
    const { handler } = require(file) as { handler: (event: HookEvent, context: Context) => Promise<HookAnswer> };
    return async (appKey: string, sessionId = 's') => {
      const body = JSON.stringify({ sessionId, appKey, nodeId: 'n', sipLogin: 'own' });
      const headers = { authorization: sign(Buffer.from(body), 'secret') };
      const event = gatewayEvent({ method, body, headers, at: Date.now() });
      const answer = await handler(event, { awsRequestId: 'r' } as Context);
      return { status: answer.statusCode, ...(JSON.parse(answer.body ?? '') as Record<string, unknown>) };
    };
  }

  it.each([
    ['connect', 'connect'],
    ['invocation', '/connect'],
  ])('are read by %s for those who get one, with one request in five minutes', async (name, method) => {
    const connect = container(name, method);
    expect(await connect('webApp')).toMatchObject({ status: 200, sipLogin: '', sipRegisterRequired: false });
    expect(store.control.requests).toBe(1);
    const both = await Promise.all([connect('phoneApp'), connect('phoneApp')]);
    expect(both).toMatchObject([ACCOUNT, ACCOUNT]);
    expect(store.control.requests).toBe(2);
    store.parameters.set(LINE, JSON.stringify({ ...ACCOUNT, sipLogin: 'MARKER-new' }));
    ahead += 300_000;
    expect(await connect('phoneApp')).toMatchObject({ status: 200, sipLogin: 'MARKER-new' });
    // The account, and the other secrets.
    expect(store.control.requests).toBe(4);
  });

  it('are tried again where Parameter Store throttles, and good while it is away', async () => {
    const connect = container();
    await connect('webApp');
    store.control.fail = 1;
    expect(await connect('phoneApp')).toMatchObject({ status: 200, ...ACCOUNT });
    expect(store.control.requests).toBe(3);
    store.control.fail = Infinity;
    ahead += 300_000;
    expect(await connect('phoneApp')).toMatchObject({ status: 200, ...ACCOUNT });
  });

  it('decline a connection in time while Parameter Store does not answer, with the reason in its row', async () => {
    const connect = container();
    await connect('webApp');
    store.control.stalls = true;
    const started = performance.now();
    expect(await connect('phoneApp', 'waiting')).toEqual({ status: 503, error: 'Service Unavailable' });
    expect(performance.now() - started).toBeLessThan(2500);
    const reason = 'sip: the account line cannot be read';
    expect(await dynamo.sessionRow('waiting')).toMatchObject({ phase: 'denied', denied: reason });
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ outcome: 'undecided', reason, requests: 1 });
    // No other client waits for it.
    expect(await connect('webApp')).toMatchObject({ status: 200 });
    store.control.stalls = false;
    expect(await connect('phoneApp')).toMatchObject({ status: 200, ...ACCOUNT });
  });

  it('that are not there decline a connection, until they are', async () => {
    const connect = container();
    store.parameters.delete(LINE);
    expect(await connect('phoneApp', 'early')).toMatchObject({ status: 403, message: 'denied by the policy sip' });
    expect(await dynamo.sessionRow('early')).toMatchObject({
      denied: 'sip: the account line cannot be used: it does not exist',
    });
    store.parameters.set(LINE, JSON.stringify(ACCOUNT));
    expect(await connect('phoneApp')).toMatchObject({ status: 200, ...ACCOUNT });
  });

  it('are in no request to DynamoDB, and in no line', async () => {
    const connect = container();
    await connect('phoneApp', 'marked');
    store.parameters.set(LINE, JSON.stringify({ ...ACCOUNT, sipPort: 'MARKER' }));
    await container()('phoneApp', 'broken');
    expect(await dynamo.sessionRow('broken')).toMatchObject({ phase: 'denied' });
    expect(lines).toHaveLength(2);
    expect(lines.join('') + JSON.stringify(dynamo.requests)).not.toContain('MARKER');
  });

  it('can be read by the functions alone that serve connect', () => {
    const bundles = readdirSync(DIST).filter((file) => file.endsWith('.cjs'));
    const readers = bundles.filter((file) => readFileSync(join(DIST, file), 'utf8').includes('/sip/'));
    expect(readers.sort()).toEqual(['connect.cjs', 'invocation.cjs']);
  });
});
