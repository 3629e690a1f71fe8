import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HookAnswer } from '../../lib/http/hook-event.ts';
import { sign } from '../../lib/wcs/signature.ts';
import { startRelay } from '../programs/runtime/relay.ts';
import type { FromContainer, ToContainer } from '../support/container-process.ts';
import { startDynamo, tablesOf } from '../support/dynamo.ts';
import { gatewayEvent } from '../support/gateway-event.ts';
import { startParameterStore } from '../support/parameter-store.ts';
import { REQUIRED } from '../support/settings.ts';

const SECRET = 'secret';
/** Longer than every deadline: the function's own is 10 s. */
const FREEZE_MS = 10_500;
/** When a first attempt that nobody answers is given up. */
const STEP_MS = 900;

describe('a container that Lambda froze between its start and its first hook', () => {
  let dynamo: Awaited<ReturnType<typeof startDynamo>>;
  const closing: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    dynamo = await startDynamo();
  });
  afterAll(async () => {
    await Promise.all(closing.map((close) => close()));
    await dynamo.close();
  });

  /** With a way to DynamoDB, and a Parameter Store, of its own. */
  async function start() {
    const relay = await startRelay(dynamo.endpoint);
    const secrets = await startParameterStore();
    secrets.parameters.set('/wcs-hooks/test/hook-secret', SECRET);
    const run = async () => {
      const child = fork(
        join(import.meta.dirname, '../support/container-process.ts'),
        [join(import.meta.dirname, '../../dist/event.mjs')],
        {
          env: {
            ...REQUIRED,
            ...tablesOf(dynamo),
            ...secrets.environment,
            SECRETS_PATH: '/wcs-hooks/test',
            AWS_ENDPOINT_URL_DYNAMODB: relay.endpoint,
          },
          stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        },
      );
      closing.push(async () => {
        child.kill('SIGKILL');
        await relay.close();
        await secrets.close();
      });
      const started = performance.now();
      const [message] = (await once(child, 'message')) as [FromContainer];
      expect(message).toBe('ready');
      return { child, startedIn: performance.now() - started };
    };
    return { relay, secrets, run };
  }

  async function hook(child: ChildProcess, id: string, clockAhead = 0) {
    const body = JSON.stringify({ mediaSessionId: id, status: 'PUBLISHING' });
    const headers = { authorization: sign(Buffer.from(body), SECRET) };
    const started = performance.now();
    const event = gatewayEvent({ method: 'StreamStatusEvent', body, headers, at: Date.now() });
    child.send({ event, clockAhead } satisfies ToContainer);
    const [{ statusCode }] = (await once(child, 'message')) as [HookAnswer];
    return { statusCode, milliseconds: performance.now() - started };
  }

  it.concurrent(
    'answers it at once where DynamoDB closed its connections meanwhile',
    async () => {
      const { relay, run } = await start();
      const { child } = await run();
      child.kill('SIGSTOP');
      expect(relay.lose('end')).toBe(1);
      await sleep(FREEZE_MS);
      child.kill('SIGCONT');
      const { statusCode, milliseconds } = await hook(child, 'frozen-end');
      expect(statusCode).toBe(200);
      expect(milliseconds).toBeLessThan(STEP_MS);
      expect(await dynamo.row('frozen-end')).toMatchObject({ phase: 'live' });
    },
    60_000,
  );

  it.concurrent(
    'answers it at once where they were lost for minutes without a word',
    async () => {
      const { relay, run } = await start();
      const { child } = await run();
      child.kill('SIGSTOP');
      expect(relay.lose('silence')).toBe(1);
      await sleep(FREEZE_MS);
      child.kill('SIGCONT');
      const { statusCode, milliseconds } = await hook(child, 'frozen-silence', 3 * 60_000);
      expect(statusCode).toBe(200);
      expect(milliseconds).toBeLessThan(STEP_MS);
      expect(await dynamo.row('frozen-silence')).toMatchObject({ phase: 'live' });
    },
    60_000,
  );

  it.concurrent(
    'answers it where it could not be prepared: it started all the same, in time, and asks anew',
    async () => {
      const { relay, secrets, run } = await start();
      secrets.control.stalls = true;
      const { child, startedIn } = await run();
      // The bound is 1.5 s; the rest is a process on a busy machine.
      expect(startedIn).toBeLessThan(5000);
      child.kill('SIGSTOP');
      relay.lose('end');
      await sleep(FREEZE_MS);
      secrets.control.stalls = false;
      child.kill('SIGCONT');
      const { statusCode, milliseconds } = await hook(child, 'frozen-unprepared');
      expect(statusCode).toBe(200);
      expect(milliseconds).toBeLessThan(STEP_MS);
    },
    60_000,
  );
});
