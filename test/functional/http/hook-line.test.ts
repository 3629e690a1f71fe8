import { describe, expect, it } from 'vitest';
import type { HookOutcome } from '../../../lib/hooks/hook.ts';
import { METHOD_NAMES } from '../../../lib/wcs/methods.ts';
import { sign } from '../../../lib/wcs/signature.ts';
import { FIXTURES } from '../../support/fixtures.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';

type Hooks = ReturnType<typeof hooksUnderTest>;
const lastOf = ({ written }: Hooks) => JSON.parse(written.at(-1) ?? '') as Record<string, unknown>;

/** All that a hook's line may have. A field more is a place where a secret may come to stand: look at it before it joins. */
const FIELDS = [
  ...['time', 'level', 'message', '_aws'],
  ...['method', 'type', 'id', 'name', 'wcsStatus', 'app', 'node', 'leftOut', 'outcome', 'status', 'milliseconds'],
  ...['requestId', 'requests', 'reason', 'sub', 'cause', 'caller', 'callee', 'target', 'sipStatus', 'info'],
  ...['hooks', 'fieldsLeftOut', 'failedOpen'],
];

describe('the line of a hook', () => {
  const SECRETS = { HOOK_SECRET: 'S3CRET-key', HOOK_USER: 'wcs', HOOK_PASSWORD: 'S3CRET-password' };
  const BASIC = Buffer.from('wcs:S3CRET-password').toString('base64');

  it('has no credential in it, right or wrong, whatever comes of the hook', async () => {
    for (const method of [...METHOD_NAMES, 'NovelEvent']) {
      for (const body of ['{"mediaSessionId":"m","sessionId":"s","callId":"c"}', '{"mediaSessionId":', '{}']) {
        const signature = sign(Buffer.from(body), SECRETS.HOOK_SECRET);
        const wrong = Buffer.from('wcs:S3CRET-typo').toString('base64');
        for (const authorization of [signature, `Basic ${BASIC}`, `Basic ${wrong}`, 'Bearer S3CRET-token', 'S3CRET']) {
          const hooks = hooksUnderTest(SECRETS);
          await hooks.send({ method, body, headers: { Authorization: authorization, Cookie: 'S3CRET-cookie' } });
          const log = hooks.written.join();
          expect(hooks.written).toHaveLength(1);
          for (const secret of ['S3CRET', BASIC, wrong, signature.slice(4)]) expect(log).not.toContain(secret);
        }
      }
    }
  });

  it('has nothing of what a client shows or sends: tokens, custom, sdp, passwords of URLs, fields that nobody knows', async () => {
    const body = JSON.stringify({
      ...{
        mediaSessionId: 'm',
        sessionId: 's',
        callId: 'c',
        name: 'rtsp://user:S3CRET@host/a?token=S3CRET',
        status: 'X',
      },
      ...{ sdp: 'S3CRET', custom: { token: 'S3CRET', a: { b: 'S3CRET' } }, authToken: 'S3CRET', token: 'S3CRET' },
      ...{ rtmpUrl: 'rtmp://user:S3CRET@host/live', password: 'S3CRET', sipPassword: 'S3CRET', novel: ['S3CRET'] },
      ...{ body: 'S3CRET', message: 'S3CRET', dtmf: 'S3CRET', data: 'S3CRET', payload: 'S3CRET', width: 'S3CRET' },
    });
    for (const method of [...METHOD_NAMES, 'NovelEvent']) {
      for (const down of [false, true]) {
        const hooks = hooksUnderTest();
        hooks.memory.down.store = hooks.memory.down.queue = down;
        await hooks.send({ method, body, headers: { 'x-token': 'S3CRET' } });
        expect(hooks.written).toHaveLength(1);
        expect(hooks.written.join()).not.toContain('S3CRET');
      }
    }
  });

  it('has the fields that are listed here, and no other', async () => {
    for (const { method, text } of FIXTURES) {
      const hooks = hooksUnderTest();
      await hooks.send({ method, body: text });
      await hooks.send({ method, body: '{"mediaSessionId":' });
      hooks.memory.down.store = hooks.memory.down.queue = true;
      await hooks.send({ method, body: text });
      const fields = hooks.written.flatMap((line) => Object.keys(JSON.parse(line) as object));
      expect(fields.filter((field) => !FIELDS.includes(field))).toEqual([]);
    }
  });

  it('has how long the hook took in this function', async () => {
    const hooks = hooksUnderTest();
    hooks.setNow(5000);
    const upsert = hooks.memory.store.upsert.bind(hooks.memory.store);
    hooks.memory.store.upsert = (sighting) => {
      hooks.setNow(5042);
      return upsert(sighting);
    };
    await hooks.send({ method: 'StreamStatusEvent', body: '{"mediaSessionId":"m","status":"PUBLISHING"}' });
    expect(lastOf(hooks)['milliseconds']).toBe(42);
  });
});

describe('the level of a hook’s line', () => {
  const status = (status: string, at = 1000, more: object = {}) => ({
    method: 'StreamStatusEvent',
    body: JSON.stringify({ mediaSessionId: 'm', status, ...more }),
    at,
  });
  const NONE = { hooks: 1 };

  it.each<[string, HookOutcome, string, number, object, (hooks: Hooks) => Promise<unknown>]>([
    ['a hook that is saved', 'applied', 'INFO', 200, NONE, (hooks) => hooks.send(status('PUBLISHING'))],
    [
      'a hook that says nothing new',
      'superseded',
      'INFO',
      200,
      NONE,
      async (hooks) => {
        await hooks.send(status('PUBLISHING'));
        await hooks.send(status('PENDING', 500));
        await hooks.send(status('PENDING', 500));
      },
    ],
    ['a hook without a row', 'echoed', 'INFO', 200, NONE, (hooks) => hooks.send({ method: 'OnCallEvent', body: '{}' })],
    ['an unknown method', 'unknown method', 'INFO', 200, NONE, (hooks) => hooks.send({ method: 'New', body: '{}' })],
    [
      'a stream that lives after its end',
      'live after end',
      'WARN',
      200,
      NONE,
      async (hooks) => {
        await hooks.send(status('UNPUBLISHED'));
        await hooks.send(status('PUBLISHING', 62_000));
      },
    ],
    [
      'a hook with fields of another type',
      'applied',
      'WARN',
      200,
      { hooks: 1, fieldsLeftOut: 2 },
      (hooks) => hooks.send(status('PUBLISHING', 1000, { name: 5, width: 'wide' })),
    ],
    ['a body that is not JSON', 'rejected', 'WARN', 400, NONE, (hooks) => hooks.send({ method: 'connect', body: 'x' })],
    [
      'a hook that is parked',
      'parked',
      'WARN',
      200,
      NONE,
      (hooks) => {
        hooks.memory.down.store = true;
        return hooks.send(status('PUBLISHING'));
      },
    ],
    [
      'a hook that is lost',
      'failed',
      'ERROR',
      503,
      NONE,
      (hooks) => {
        hooks.memory.down.store = hooks.memory.down.queue = true;
        return hooks.send(status('PUBLISHING'));
      },
    ],
    [
      'a keep-alive that is lost and answered all the same',
      'failed',
      'ERROR',
      200,
      NONE,
      (hooks) => {
        hooks.memory.down.store = hooks.memory.down.queue = true;
        return hooks.send({ ...status('PUBLISHING'), method: 'StreamKeepAliveEvent' });
      },
    ],
    [
      'a bug of ours',
      'failed',
      'ERROR',
      500,
      NONE,
      (hooks) => {
        hooks.memory.store.upsert = () => Promise.reject(new TypeError('a bug'));
        return hooks.send(status('PUBLISHING'));
      },
    ],
  ])('and its metrics are those of %s: %s is %s', async (_, outcome, level, answered, metrics, tell) => {
    const hooks = hooksUnderTest();
    await tell(hooks);
    const line = lastOf(hooks);
    expect(line).toMatchObject({
      level,
      message: 'hook',
      outcome,
      status: answered,
      requestId: 'request-1',
      ...metrics,
    });
    expect(line['_aws']).toEqual({
      Timestamp: 0,
      CloudWatchMetrics: [
        {
          Namespace: 'wcs-hooks/test',
          Dimensions: [['outcome']],
          Metrics: Object.keys(metrics).map((Name) => ({ Name, Unit: 'Count' })),
        },
      ],
    });
    if (answered >= 500 || level === 'ERROR') expect(line['cause']).toBeTruthy();
  });

  it('names the fields that were left out', async () => {
    const hooks = hooksUnderTest();
    await hooks.send(status('PUBLISHING', 1000, { name: 5, width: 'wide' }));
    expect(String(lastOf(hooks)['leftOut']).split(' ').sort()).toEqual(['name', 'width']);
  });

  it('is WARN for a hook with wrong credentials', async () => {
    const hooks = hooksUnderTest({ HOOK_SECRET: 'a' });
    await hooks.send({ ...status('PUBLISHING'), headers: { authorization: sign(Buffer.from(''), 'b') } });
    expect(lastOf(hooks)).toMatchObject({ level: 'WARN', outcome: 'rejected', status: 403 });
  });
});
