import type { Context } from 'aws-lambda';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { isUpToDate } from '../../infra/build/build.ts';
import { FUNCTIONS } from '../../infra/cloudformation/functions.ts';
import type { HookAnswer, HookEvent } from '../../lib/http/hook-event.ts';
import { WARM_UP_ID } from '../../lib/composition/warm-up.ts';
import { METHOD_NAMES, METHODS } from '../../lib/wcs/methods.ts';
import { sign } from '../../lib/wcs/signature.ts';
import { startDynamo, tablesOf } from '../support/dynamo.ts';
import { capture, CAPTURES, SEED_STREAM } from '../support/fixtures.ts';
import { useOwnTime, useTimeOfMachine } from '../support/own-time.ts';
import { REQUIRED } from '../support/settings.ts';
import { gatewayEvent, type Request } from '../support/gateway-event.ts';
import { NOW, signToken, TOKEN_SECRET, WITH_SECRET } from '../support/tokens.ts';

const DIST = join(import.meta.dirname, '../../dist');

type Handler = (event: HookEvent, context: Context) => Promise<HookAnswer>;
let containers = 0;
/** As a container of its own, as Lambda loads it: with all that comes before the first hook. */
async function load(name: string): Promise<Handler> {
  delete createRequire(import.meta.url).cache[join(DIST, `${name}.cjs`)];
  const entry = (await import(`${join(DIST, `${name}.mjs`)}?${containers++}`)) as { handler: Handler };
  return entry.handler;
}

/** The files that are deployed, in a Lambda's environment. */
describe('the bundled', () => {
  let dynamo: Awaited<ReturnType<typeof startDynamo>>;
  const handlers: Record<string, Handler> = {};
  const lines: string[] = [];

  beforeAll(async () => {
    // Functions and DynamoDB are one process here: what it does not get to in time is no deadline.
    useOwnTime();
    dynamo = await startDynamo();
    Object.assign(process.env, {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
      ...REQUIRED,
      BANS: 'false',
      ...tablesOf(dynamo),
      HOOK_SECRET: 'secret',
    });
    for (const name of ['connect', 'invocation', 'event', 'incoming']) handlers[name] = await load(name);
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  });
  afterAll(async () => {
    useTimeOfMachine();
    await dynamo.close();
  });
  beforeEach(() => {
    dynamo.requests.length = 0;
    lines.length = 0;
  });

  const send = (name: string, request: Request) => {
    const headers = { authorization: sign(Buffer.from(request.body ?? ''), 'secret') };
    const handler = handlers[name];
    if (!handler) throw new Error(`no function ${name}`);
    return handler(gatewayEvent({ headers, ...request }), { awsRequestId: 'r' } as Context);
  };

  it('functions answer every signed capture, each of a stream, a call or a connection with one request to DynamoDB', async () => {
    // In the order of a stream's life: publishStream, then StreamStatusEvent.
    const inOrder = CAPTURES.toSorted(
      (a, b) => Number(a.method === 'StreamStatusEvent') - Number(b.method === 'StreamStatusEvent'),
    );
    for (const { method, text } of inOrder) {
      dynamo.requests.length = 0;
      const { type, subject } = METHODS[method as (typeof METHOD_NAMES)[number]];
      const answer = await send(type, { method, body: text, at: Date.now() });
      expect(answer.statusCode).toBe(200);
      if (method !== 'connect') expect(answer.body).toBe(text);
      const isFirstSeen = method === 'StreamEvent' || method === 'sendStreamEvent';
      // A hook without a status that opens a row finds out that there is none.
      const isKept = subject !== 'session' || /^connect|^Connection/.test(method);
      expect(dynamo.requests.length).toBe(!isKept ? 0 : isFirstSeen ? 3 : 1);
    }
    expect(await dynamo.row(SEED_STREAM)).toMatchObject({ phase: 'live', status: 'PUBLISHING' });
  });

  it('load nothing in a hook: what Node has comes by require, as its ES modules bring undici with them', () => {
    const bundles = readdirSync(DIST).filter((file) => file.endsWith('.cjs'));
    expect(bundles.sort()).toEqual(FUNCTIONS.map((name) => `${name}.cjs`).sort());
    for (const file of bundles) expect(readFileSync(join(DIST, file), 'utf8')).not.toMatch(/\bimport\s*\(/);
  });

  it('are up to date once they are built: a start builds nothing, which another user may not', () => {
    expect(isUpToDate()).toBe(true);
  });

  it.each(['connect', 'invocation', 'event', 'incoming', 'sweep', 'replay', 'board'])(
    'function %s is warm before it is called: it has read once, and written nothing',
    async (name) => {
      await load(name);
      const reads = dynamo.requests.map(({ operation }) => operation);
      expect(reads).toEqual([name === 'sweep' ? 'BatchGetItem' : 'GetItem']);
      expect(lines).toEqual([]);
      expect(await dynamo.item(WARM_UP_ID)).toBeUndefined();
      expect(await dynamo.sessionRow(WARM_UP_ID)).toEqual({});
    },
  );

  it.each([
    ['does not answer', () => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 3000))],
    ['loses every request', () => 'lose request' as const],
  ])('functions start in time where DynamoDB %s', async (_, fault) => {
    dynamo.control.fault = fault;
    const started = performance.now();
    await Promise.all(['event', 'sweep', 'replay'].map(load));
    expect(performance.now() - started).toBeLessThan(2500);
    dynamo.control.fault = () => undefined;
  });

  it('functions reject a hook that is not signed', async () => {
    for (const name of Object.keys(handlers)) {
      const answer = await send(name, {
        method: 'StreamStatusEvent',
        body: capture('StreamStatusEvent.publishing'),
        headers: {},
      });
      expect(answer.statusCode).toBe(403);
    }
    expect(dynamo.requests).toEqual([]);
  });

  it('functions keep invocations apart that interleave', async () => {
    const bodies = Array.from(
      { length: 50 },
      (_, n) => `{"mediaSessionId":"interleaved-${n}","status":"PUBLISHING","name":"${n}"}`,
    );
    // Sixteen at any time: more would be a test of how busy this machine is.
    const answers: (string | undefined)[] = [];
    const waiting = bodies.entries();
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (const [n, body] of waiting) answers[n] = (await send('event', { method: 'StreamStatusEvent', body })).body;
      }),
    );
    expect(answers).toEqual(bodies);
    for (const n of bodies.keys()) expect(await dynamo.row(`interleaved-${n}`)).toMatchObject({ name: String(n) });
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id).sort()).toEqual(
      bodies.map((_, n) => `interleaved-${n}`).sort(),
    );
  });

  it('functions decide with one read beside the upsert, and with none where the token is on the hook', async () => {
    const settings = {
      TOKEN_SECRET,
      TOKEN_ISSUER: WITH_SECRET.TOKEN_ISSUER,
      TOKEN_AUDIENCE: WITH_SECRET.TOKEN_AUDIENCE,
    };
    Object.assign(process.env, settings);
    const [connect, invocation] = [await load('connect'), await load('invocation')];
    for (const name of Object.keys(settings)) delete process.env[name];
    const ask = async (handler: Handler, method: string, fields: object) => {
      dynamo.requests.length = 0;
      const body = JSON.stringify({ sessionId: 'decided', mediaSessionId: `m-${JSON.stringify(fields)}`, ...fields });
      const headers = { authorization: sign(Buffer.from(body), 'secret') };
      const request = gatewayEvent({ method, body, headers, at: NOW * 1000 });
      const { statusCode } = await handler(request, { awsRequestId: 'r' } as Context);
      const told = JSON.parse(lines.at(-1) ?? '') as { requests: number };
      expect(told.requests).toBe(dynamo.requests.length);
      return [statusCode, ...dynamo.requests.map(({ operation }) => operation)];
    };
    const custom = { token: await signToken({ claims: { publish: ['room-*'] } }) };
    expect(await ask(connect, 'connect', { custom })).toEqual([200, 'UpdateItem']);
    expect(await ask(invocation, 'publishStream', { name: 'room-1' })).toEqual([200, 'GetItem', 'UpdateItem']);
    expect(await ask(invocation, 'publishStream', { name: 'room-2', custom })).toEqual([200, 'UpdateItem']);
    expect(await ask(invocation, 'publishStream', { name: 'other' })).toEqual([403, 'GetItem', 'UpdateItem']);
    expect(await ask(invocation, 'call', { callee: '100' })).toEqual([403, 'GetItem']);
    expect(await dynamo.sessionRow('decided')).toMatchObject({ phase: 'starting', claims: '{"publish":["room-*"]}' });
  });
});
