import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse } from 'aws-lambda';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createQueueServer } from '../../../infra/local/queue-server.ts';
import { queuePath } from '../../../infra/local/queue-definitions.ts';
import type { HookAnswer } from '../../../lib/http/hook-event.ts';
import { METHODS, type MethodName } from '../../../lib/wcs/methods.ts';
import { sign } from '../../../lib/wcs/signature.ts';
import { startDynamo, tablesOf } from '../../support/dynamo.ts';
import { capture, CAPTURES, SEED_STREAM } from '../../support/fixtures.ts';
import { gatewayEvent } from '../../support/gateway-event.ts';
import { startParameterStore } from '../../support/parameter-store.ts';
import { startRelay } from './relay.ts';
import { startContainer, type Container, type ContainerOptions } from './container.ts';

const SECRET = 'secret';
const FUNCTIONS = ['connect', 'invocation', 'event', 'incoming'] as const;
type Line = Record<string, unknown>;

describe('under the runtime client of a Lambda', () => {
  let dynamo: Awaited<ReturnType<typeof startDynamo>>;
  const queues = createQueueServer(':memory:', [
    { name: 'parking', visibilityTimeout: 120 },
    { name: 'dead-letters', visibilityTimeout: 30 },
  ]);
  let queueEndpoint = '';
  const queueUrl = (name: string) => `${queueEndpoint}${queuePath(name)}`;
  const containers: Container[] = [];

  beforeAll(async () => {
    dynamo = await startDynamo({ givesItem: true });
    await new Promise<void>((resolve) => queues.listen(0, '127.0.0.1', resolve));
    queueEndpoint = `http://127.0.0.1:${(queues.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    dynamo.control.fault = () => undefined;
    await Promise.all(containers.splice(0).map((container) => container.stop()));
  });
  afterAll(async () => {
    queues.closeAllConnections();
    queues.close();
    await dynamo.close();
  });

  async function start(name: string, settings: Record<string, string> = {}, options: ContainerOptions = {}) {
    const container = await startContainer(
      name,
      {
        ...tablesOf(dynamo),
        PARKING_QUEUE_URL: queueUrl('parking'),
        DEAD_LETTER_QUEUE_URL: queueUrl('dead-letters'),
        STAGE: 'test',
        HOOK_SECRET: SECRET,
        AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
        AWS_ENDPOINT_URL_SQS: queueEndpoint,
        ...settings,
      },
      options,
    );
    containers.push(container);
    return container;
  }

  const send = (container: Container, method: string, body: string, authorization = sign(Buffer.from(body), SECRET)) =>
    container.invoke<HookAnswer>(
      gatewayEvent({ method, body, at: Date.now(), ...(authorization ? { headers: { authorization } } : {}) }),
    );

  /** The log, once it has as many lines; each must be JSON, and nothing else may be written. */
  async function linesOf({ output, complaints }: Container, count: number): Promise<Line[]> {
    await until(() => output.length >= count);
    expect(complaints).toEqual([]);
    expect(output).toHaveLength(count);
    return output.map((line) => JSON.parse(line) as Line);
  }

  it('the functions answer every recorded hook, one after another in one container each', async () => {
    const running = Object.fromEntries(
      await Promise.all(FUNCTIONS.map(async (name) => [name, await start(name)] as const)),
    );
    const sent = new Map<Container, { id: string; method: string }[]>();
    // In the order of a stream's life: publishStream, then StreamStatusEvent.
    const inOrder = CAPTURES.toSorted(
      (a, b) => Number(a.method === 'StreamStatusEvent') - Number(b.method === 'StreamStatusEvent'),
    );
    for (const { method, text } of inOrder) {
      const container = running[METHODS[method as MethodName].type] ?? expect.fail();
      const { id, answer } = send(container, method, text);
      expect(await answer).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } });
      if (method === 'connect') expect(JSON.parse((await answer).body ?? '')).toHaveProperty('restClientConfig');
      else expect((await answer).body).toBe(text);
      sent.set(container, [...(sent.get(container) ?? []), { id, method }]);
    }
    for (const [container, hooks] of sent) {
      const lines = await linesOf(container, hooks.length);
      // No prefix of the runtime: CloudWatch finds the metric in a line that is JSON as a whole.
      expect(lines).toMatchObject(
        hooks.map(({ id, method }) => ({
          message: 'hook',
          method,
          requestId: id,
          status: 200,
          hooks: 1,
          _aws: { CloudWatchMetrics: [{ Namespace: 'wcs-hooks/test' }] },
        })),
      );
    }
    expect(await dynamo.row(SEED_STREAM)).toMatchObject({ phase: 'live', status: 'PUBLISHING', name: 'b4e7' });
    const { sessionId } = JSON.parse(capture('connect.webrtc')) as { sessionId: string };
    expect(await dynamo.sessionRow(sessionId)).toMatchObject({ phase: 'starting' });

    for (const [name, container] of Object.entries(running)) {
      expect(container.peakMegabytes()).toBeLessThan(512);
      show(`${name}: start to first question`, `${(await container.ready).toFixed(0)} ms`);
      show(`${name}: most memory`, `${container.peakMegabytes().toFixed(0)} MB`);
    }
  });

  it('a hook that is not signed is rejected, as is one with a wrong signature; the container continues', async () => {
    const container = await start('event');
    const body = '{"mediaSessionId":"unsigned","status":"PUBLISHING"}';
    expect(await send(container, 'StreamStatusEvent', body, '').answer).toMatchObject({ statusCode: 403 });
    const wrong = sign(Buffer.from(body), 'another secret');
    expect(await send(container, 'StreamStatusEvent', body, wrong).answer).toMatchObject({ statusCode: 403 });
    expect(await dynamo.item('unsigned')).toBeUndefined();
    expect(await send(container, 'StreamStatusEvent', body).answer).toMatchObject({ statusCode: 200, body });
    expect(await dynamo.row('unsigned')).toMatchObject({ phase: 'live' });
    expect(await linesOf(container, 3)).toMatchObject([
      { outcome: 'rejected', status: 403, level: 'WARN' },
      { outcome: 'rejected', status: 403, level: 'WARN' },
      { status: 200, level: 'INFO' },
    ]);
  });

  it('a line is the same where the log of the function is set to JSON', async () => {
    const container = await start('event', { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: 'ERROR' });
    const { id, answer } = send(container, 'StreamStatusEvent', '{"mediaSessionId":"json","status":"PUBLISHING"}');
    expect(await answer).toMatchObject({ statusCode: 200 });
    expect(await linesOf(container, 1)).toMatchObject([{ message: 'hook', requestId: id, hooks: 1 }]);
  });

  it('500 hooks one after another in one container are each a row and a line', async () => {
    const container = await start('event');
    await container.ready;
    const times: number[] = [];
    for (let n = 0; n < 500; n++) {
      const body = JSON.stringify({
        ...(JSON.parse(capture('StreamStatusEvent.publishing')) as object),
        mediaSessionId: `one-after-another-${n}`,
      });
      const started = performance.now();
      expect(await send(container, 'StreamStatusEvent', body).answer).toMatchObject({ statusCode: 200, body });
      times.push(performance.now() - started);
    }
    const lines = await linesOf(container, 500);
    expect(new Set(lines.map(({ id }) => id)).size).toBe(500);
    const inOrder = times.slice(100).toSorted((a, b) => a - b);
    show('event: first hook', `${times[0]?.toFixed(1)} ms`);
    show('event: warm hook, p50', `${inOrder[Math.floor(inOrder.length * 0.5)]?.toFixed(1)} ms`);
    show('event: warm hook, p99', `${inOrder[Math.floor(inOrder.length * 0.99)]?.toFixed(1)} ms`);
    show('event: most memory after 500 hooks', `${container.peakMegabytes().toFixed(0)} MB`);
  });

  it('hooks that interleave in one container are kept apart', async () => {
    const COUNT = 20;
    const container = await start('event', {}, { concurrency: COUNT });
    await container.ready;
    // The first one's request to DynamoDB waits until all others are answered: only one that interleaves can pass it.
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    dynamo.control.fault = async ({ body }) => {
      if (JSON.stringify(body).includes('interleaved-0"')) await held;
      return undefined;
    };
    const bodies = Array.from(
      { length: COUNT },
      (_, n) => `{"mediaSessionId":"interleaved-${n}","status":"PUBLISHING","name":"${n}"}`,
    );
    const [first, ...others] = bodies.map((body) => send(container, 'StreamStatusEvent', body));
    const answers = await Promise.all(others.map(({ answer }) => answer));
    letGo();
    answers.unshift((await first?.answer) ?? expect.fail());

    expect(answers.map(({ statusCode, body }) => ({ statusCode, body }))).toEqual(
      bodies.map((body) => ({ statusCode: 200, body })),
    );
    for (const n of bodies.keys()) expect(await dynamo.row(`interleaved-${n}`)).toMatchObject({ name: String(n) });
    const lines = await linesOf(container, COUNT);
    expect(Object.fromEntries(lines.map(({ id, requestId }) => [String(id), requestId]))).toEqual(
      Object.fromEntries([first, ...others].map((one, n) => [`interleaved-${n}`, one?.id])),
    );
    expect(lines.at(-1)).toMatchObject({ id: 'interleaved-0' });
  });

  it.each(['end', 'silence'] as const)(
    'a container that was frozen while its connections were lost (%s) writes as before',
    async (how) => {
      const relay = await startRelay(dynamo.endpoint);
      const container = await start('event', { AWS_ENDPOINT_URL_DYNAMODB: relay.endpoint }, { freezes: true });
      const statuses = ['PUBLISHING', 'RESIZE', 'UNPUBLISHED'];
      for (const status of statuses) {
        const body = `{"mediaSessionId":"frozen-${how}","status":"${status}"}`;
        expect(await send(container, 'StreamStatusEvent', body).answer).toMatchObject({ statusCode: 200, body });
        await until(() => container.isStopped());
        expect(container.isStopped()).toBe(true);
        expect(relay.lose(how)).toBeGreaterThan(0);
      }
      expect(await dynamo.row(`frozen-${how}`)).toMatchObject({ phase: 'ended', status: 'UNPUBLISHED' });
      const lines = await linesOf(container, statuses.length);
      expect(lines.map(({ outcome }) => outcome)).toEqual(statuses.map(() => 'applied'));
      await container.stop();
      await relay.close();
    },
  );

  it('what DynamoDB does not take is parked, and replay brings it into its row', async () => {
    const [event, replay] = await Promise.all([start('event'), start('replay')]);
    dynamo.control.fault = () => 'lose request';
    const body = '{"mediaSessionId":"parked","status":"PUBLISHING","name":"n"}';
    expect(await send(event, 'StreamStatusEvent', body).answer).toMatchObject({ statusCode: 200, body });
    expect(await linesOf(event, 1)).toMatchObject([{ outcome: 'parked', status: 200 }]);
    dynamo.control.fault = () => undefined;
    expect(await dynamo.item('parked')).toBeUndefined();

    const sqs = new SQSClient({
      endpoint: queueEndpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl('parking') }));
    sqs.destroy();
    expect(Messages).toHaveLength(1);
    const Records = Messages.map(({ MessageId, Body }) => ({ messageId: MessageId, body: Body }));
    expect(await replay.invoke<SQSBatchResponse>({ Records }).answer).toEqual({ batchItemFailures: [] });
    expect(await dynamo.row('parked')).toMatchObject({ phase: 'live', name: 'n' });
    expect(await linesOf(replay, 1)).toMatchObject([{ message: 'replay', id: 'parked', outcome: 'applied' }]);
  });

  it('the sweep marks a live stream past its lease as lost', async () => {
    const [event, sweep] = await Promise.all([start('event'), start('sweep')]);
    const body = '{"mediaSessionId":"silent","status":"PUBLISHING","nodeId":"n"}';
    const headers = { authorization: sign(Buffer.from(body), SECRET) };
    const at = Date.now() - 25 * 3600 * 1000;
    await event.invoke(gatewayEvent({ method: 'StreamStatusEvent', body, headers, at })).answer;
    expect(await dynamo.row('silent')).toMatchObject({ phase: 'live' });
    // A handler that returns nothing.
    expect(await sweep.invoke({ 'detail-type': 'Scheduled Event' }).answer).toBeNull();
    expect(await dynamo.row('silent')).toMatchObject({ phase: 'lost' });
    expect(await linesOf(sweep, 2)).toMatchObject([
      { message: 'streams lost', nodeId: 'n', lostStreams: 1 },
      { message: 'sweep', level: 'INFO', lost: 1 },
    ]);
  });

  it('a sweep without DynamoDB is an error of its invocation; the container continues', async () => {
    const sweep = await start('sweep');
    dynamo.control.fault = () => 'lose request';
    await expect(sweep.invoke({}).answer).rejects.toThrow('the function failed');
    dynamo.control.fault = () => undefined;
    expect(await sweep.invoke({}).answer).toBeNull();
    expect(JSON.parse(sweep.output.at(-1) ?? '')).toMatchObject({ message: 'sweep', level: 'INFO' });
  });

  it('a deployed function takes its secret from Parameter Store; without it, its log says which one to create', async () => {
    const store = await startParameterStore();
    const deployed = { ...store.environment, HOOK_SECRET: '', SECRETS_PATH: '/wcs-hooks/test' };
    const body = '{"mediaSessionId":"deployed","status":"PUBLISHING"}';
    try {
      const early = await start('event', deployed);
      expect(await send(early, 'StreamStatusEvent', body).answer).toMatchObject({ statusCode: 503 });
      const put = expect.stringContaining('create the parameter /wcs-hooks/test/hook-secret') as string;
      expect(await linesOf(early, 1)).toMatchObject([{ message: 'not ready', level: 'ERROR', cause: put }]);

      store.parameters.set('/wcs-hooks/test/hook-secret', SECRET);
      const event = await start('event', deployed);
      expect(await send(event, 'StreamStatusEvent', body).answer).toMatchObject({ statusCode: 200, body });
      expect(await dynamo.row('deployed')).toMatchObject({ phase: 'live' });
    } finally {
      await store.close();
    }
  });

  it('a function with unusable settings does not start, and its error says what to set', async () => {
    for (const name of FUNCTIONS) {
      const container = await start(name, { HOOK_SECRET: '', LEASE_SECONDS: 'x', STREAMS_TABLE: '' });
      const { errorType, errorMessage } = await container.initError;
      expect(errorType).toBe('SettingsError');
      expect(errorMessage).toContain('set HOOK_SECRET');
      expect(errorMessage).toContain('LEASE_SECONDS="x"');
      expect(errorMessage).toContain('STREAMS_TABLE is missing');
      expect(await container.exited).not.toBe(0);
      // An operator reads it in the log of the function.
      expect([...container.output, ...container.complaints].join('\n')).toContain('set HOOK_SECRET');
    }
  });
});

async function until(isSo: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 5000; !isSo() && Date.now() < deadline; await sleep(5));
}

/** Figures of this machine. */
const show = (what: string, figure: string) => console.log(`${what.padEnd(50)} ${figure.padStart(12)}`);
