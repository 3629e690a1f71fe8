import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConfigAwareWcs, type ClientNotice } from '../simulator/config-aware-wcs.ts';
import { createRandom } from '../simulator/random.ts';
import { connects, createClient, ends, keepAlives, starts, type Client } from '../simulator/sessions.ts';
import { createWcs, type Hook } from '../simulator/wcs.ts';
import { startStack, type LocalStack } from '../support/local-stack.ts';
import { runScript } from '../support/run-script.ts';

describe('a WCS that obeys, and policy token', () => {
  const SECRET = 'a secret of 32 bytes or a little more';
  const ENV = { TOKEN_SECRET: SECRET, TOKEN_ISSUER: 'i', TOKEN_AUDIENCE: 'a' };
  let stack: LocalStack;
  let wcs: ReturnType<typeof createWcs>;
  const random = createRandom(Date.now() % 2 ** 31);

  beforeAll(async () => {
    stack = await startStack({ env: ENV });
    wcs = createWcs({ url: stack.url, timeout: 10_000, connections: 4 });
  });
  afterAll(async () => {
    wcs.close();
    expect(await stack.stop()).toEqual([]);
  });

  const token = async (...options: string[]) =>
    (await runScript('token', ['--sub', 'alice', ...options], { ...process.env, ...ENV })).stdout.trim();
  const clientWith = (token: string, name: string, published = true) =>
    createClient(random, { name, published, nodeId: 'node', token });
  const play = async (hooks: readonly Hook[], forgetsConfig = false) => {
    const told: ClientNotice[] = [];
    const configAware = createConfigAwareWcs({ wcs, forgetsConfig, onTold: (one) => told.push(one) });
    const answers = [];
    for (const hook of hooks) answers.push((await configAware.send(hook))?.status);
    return { answers, told };
  };
  const life = (client: Client) => [...connects(client), ...starts(client), ...keepAlives(client, 1)];

  it('a denied publisher does not publish; without the config it would', async () => {
    const denied = clientWith(await token('--publish', 'other'), 'mine');
    expect((await play([...life(denied), ...ends(denied)])).answers).toEqual([
      ...[200, 200, 403],
      // No StreamStatusEvent, no keep-alive, no end: there is no stream. The connection ends.
      ...[undefined, undefined, undefined, undefined, 200],
    ]);
    expect(await stack.row(denied.mediaSessionId)).toMatchObject({
      phase: 'denied',
      status: 'DENIED',
      denied: 'token: may not publish this name',
      sub: 'alice',
    });

    const heedless = clientWith(await token('--publish', 'other'), 'mine');
    expect((await play(life(heedless), true)).answers).toEqual([200, 200, 403, 200, 200]);
    expect(await stack.row(heedless.mediaSessionId)).toMatchObject({
      phase: 'live',
      status: 'PUBLISHING',
      denied: 'token: may not publish this name',
    });
  });

  it('a connection that is denied is one that never was', async () => {
    const client = clientWith('junk', 'mine');
    expect((await play(life(client))).answers).toEqual([403, 200, undefined, undefined, undefined]);
    expect(await stack.row(client.mediaSessionId)).toBeUndefined();
    expect(await stack.session(client.sessionId)).toMatchObject({
      denied: 'token: no valid token',
      info: expect.any(String) as string,
    });
  });

  it('a rename reaches the stream, its later hooks and its row', async () => {
    const client = clientWith(await token('--publish', 'show', '--rename', 'show-83'), 'show');
    const { answers, told } = await play(life(client));
    expect(answers).toEqual([200, 200, 200, 200, 200]);
    expect(told.find(({ method }) => method === 'publishStream')?.fields).toMatchObject({ name: 'show-83' });
    expect(await stack.row(client.mediaSessionId)).toMatchObject({ phase: 'live', name: 'show-83' });
  });

  it('a stream past its maxDuration ends, a player as well as a publisher', async () => {
    const limited = await token('--publish', '*', '--play', '*', '--max-duration', '1');
    for (const published of [true, false]) {
      const client = clientWith(limited, 'short', published);
      expect((await play(life(client))).answers).toEqual([200, 200, 200, 200, 200]);
      await sleep(1100);
      const { answers } = await play([...connects(client), ...keepAlives(client, 2), ...ends(client)]);
      expect(answers.slice(0, 4)).toEqual([200, 200, 403, undefined]);
      expect(await stack.row(client.mediaSessionId)).toMatchObject({
        phase: 'ended',
        status: published ? 'UNPUBLISHED' : 'STOPPED',
        info: 'Terminated by keep-alive',
        stopSentAt: expect.any(String) as string,
      });
    }
  });

  it('its sessions are rows without the token', async () => {
    const secret = await token('--publish', 'room-*');
    const client = clientWith(secret, 'room-1');
    await play(life(client));
    const session = await stack.session(client.sessionId);
    expect(session).toMatchObject({
      phase: 'live',
      status: 'ESTABLISHED',
      sub: 'alice',
      claims: '{"publish":["room-*"]}',
    });
    expect(JSON.stringify(session)).not.toContain(secret.split('.')[2]);
    expect(stack.output()).not.toContain(secret.split('.')[2]);
  });

  it('npm run token says what is missing', async () => {
    for (const [options, env, text] of [
      [['--sub', 'a'], {}, 'TOKEN_SECRET, TOKEN_ISSUER and TOKEN_AUDIENCE are not set'],
      [['--sub', 'a'], { TOKEN_SECRET: 'x'.repeat(32) }, 'without TOKEN_ISSUER'],
      [['--sub', 'a'], { ...ENV, TOKEN_SECRET: '', TOKEN_JWKS_URL: 'https://x' }, 'only the holder of the private key'],
      [[], ENV, '--sub NAME is missing'],
      [['--nope'], ENV, '--nope'],
      [['--sub', 'a', '--max-duration', 'x'], ENV, '--max-duration x: expected seconds'],
    ] as const) {
      const { code, stderr } = await runScript('token', options, { ...process.env, ...env });
      expect([code, stderr]).toEqual([2, expect.stringContaining(text)]);
    }
    expect((await runScript('token', ['--help'])).stdout).toContain('--rename NAME');
  });
});
