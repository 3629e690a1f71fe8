import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import type { HookEvent } from '../../../lib/http/hook-event.ts';
import type { Line } from '../../../lib/platform/log.ts';
import { createSecretSource, type Secrets } from '../../../lib/platform/secrets.ts';
import { createRotatingHooks } from '../../../lib/composition/rotating-hooks.ts';

const MINUTE = 60_000;

describe('hooks with secrets that rotate', () => {
  let now = 0;
  let stored: Secrets;
  let composed: Secrets[];
  let lines: Line[];
  beforeEach(() => {
    now = 1e12;
    stored = { HOOK_SECRET: 'a' };
    composed = [];
    lines = [];
  });

  /** Secrets are usable if HOOK_USER and HOOK_PASSWORD are both there, or none. The answer names what it was made with. */
  function hooks() {
    const source = createSecretSource(
      () => Promise.resolve(stored),
      () => now,
    );
    let rotated: (() => Promise<Secrets | undefined>) | undefined;
    const { handler } = createRotatingHooks(
      (secrets, rotatedSecrets) => {
        composed.push(secrets);
        if (Boolean(secrets.HOOK_USER) !== Boolean(secrets.HOOK_PASSWORD)) throw new Error('half a user');
        rotated = rotatedSecrets;
        return () => Promise.resolve({ statusCode: 200, body: JSON.stringify(secrets) });
      },
      source,
      (line) => void lines.push(line),
    );
    return {
      send: () => handler({} as HookEvent, { awsRequestId: 'r' } as Context),
      rotated: () => rotated?.(),
    };
  }

  it('are composed once, and anew when the secrets changed', async () => {
    const { send } = hooks();
    await send();
    await send();
    expect(composed).toHaveLength(1);
    stored = { HOOK_SECRET: 'b', HOOK_SECRET_PREVIOUS: 'a' };
    now += 5 * MINUTE;
    expect(await send()).toMatchObject({ statusCode: 200, body: JSON.stringify(stored) });
    expect(composed).toHaveLength(2);
    expect(lines).toEqual([]);
  });

  it('get secrets that have just changed before a rejection, and none while nothing changed', async () => {
    const { send, rotated } = hooks();
    await send();
    now += MINUTE;
    expect(await rotated()).toBeUndefined();
    stored = { HOOK_SECRET: 'b' };
    now += MINUTE;
    expect(await rotated()).toEqual({ HOOK_SECRET: 'b' });
  });

  it('keep what works while half a change is stored, and report it once', async () => {
    const { send } = hooks();
    await send();
    stored = { HOOK_SECRET: 'a', HOOK_USER: 'wcs' };
    now += 5 * MINUTE;
    expect(await send()).toMatchObject({ body: '{"HOOK_SECRET":"a"}' });
    expect(await send()).toMatchObject({ statusCode: 200 });
    expect(lines).toMatchObject([{ level: 'ERROR', message: 'added secrets not usable', metrics: { notReady: 1 } }]);
  });

  it('answer 503 once a secret was taken away and the rest is not usable, without a word of it to the caller', async () => {
    const { send } = hooks();
    await send();
    stored = { HOOK_USER: 'wcs' };
    now += 5 * MINUTE;
    const answer = await send();
    expect(answer.statusCode).toBe(503);
    expect(answer.body).not.toContain('half');
    expect(lines).toMatchObject([{ message: 'not ready', fields: { requestId: 'r', cause: 'Error: half a user' } }]);
  });

  it('work with the next hook once what was missing is stored', async () => {
    stored = { HOOK_USER: 'wcs' };
    const { send } = hooks();
    expect((await send()).statusCode).toBe(503);
    stored = { HOOK_USER: 'wcs', HOOK_PASSWORD: 'p' };
    now += MINUTE;
    expect((await send()).statusCode).toBe(200);
  });

  it('warn of a secret that WCS may read otherwise, each time that they are composed with it', async () => {
    stored = { HOOK_SECRET: 'back\\slash' };
    const { send } = hooks();
    await send();
    await send();
    expect(lines).toMatchObject([{ level: 'WARN', message: 'secret that WCS may read otherwise' }]);
    expect(JSON.stringify(lines)).not.toContain('slash"');
  });
});
