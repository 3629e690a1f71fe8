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

  it('a ban keeps a user out of all that is asked for, ends what is live, and is over', async () => {
    const env = { ...process.env, DYNAMODB_PORT: String(stack.ports.DYNAMODB_PORT) };
    const ban = async (...options: string[]) => expect((await runScript('ban', options, env)).code).toBe(0);
    const rights = ['--publish', '*', '--play', '*', '--call', '2'];
    const [ofMallory, ofBob] = [await token(...rights, '--sub', 'mallory'), await token(...rights, '--sub', 'bob')];
    const [mallory, bob] = [clientWith(ofMallory, 'stage'), clientWith(ofBob, 'stage')];
    for (const client of [mallory, bob]) expect((await play(life(client))).answers).toEqual([200, 200, 200, 200, 200]);

    const statusOf = async ([hook]: readonly Hook[]) => hook && (await wcs.send(hook)).status;
    /** Of one who comes anew, and of one who is connected. */
    const tries = async ({ sessionId }: Client, token: string) => {
      const inSession = (published: boolean) => ({ ...clientWith(token, 'stage', published), sessionId });
      const call = { callId: `c-${sessionId}`, sessionId, nodeId: 'node', caller: '1', callee: '2', status: 'PENDING' };
      return {
        connect: await statusOf(connects(clientWith(token, 'stage'))),
        publish: await statusOf(starts(inSession(true))),
        play: await statusOf(starts(inSession(false))),
        call: (await stack.post('call', JSON.stringify(call))).status,
      };
    };
    const all = (status: number) => ({ connect: status, publish: status, play: status, call: status });
    // Every container reads the bans again after 5 s at most.
    const patience = { timeout: 15_000, interval: 500 };
    expect(await tries(mallory, ofMallory)).toEqual(all(200));

    await ban('--sub', 'mallory', '--reason', 'spam');
    await expect.poll(() => tries(mallory, ofMallory), patience).toEqual(all(403));
    await expect.poll(() => statusOf(keepAlives(mallory, 1)), patience).toBe(403);
    expect(await stack.row(mallory.mediaSessionId)).toMatchObject({ stopSentAt: expect.any(String) as string });
    expect(await tries(bob, ofBob)).toEqual(all(200));
    expect(await statusOf(keepAlives(bob, 1))).toBe(200);

    await ban('--sub', 'mallory', '--for', '1s');
    await expect.poll(() => tries(mallory, ofMallory), patience).toEqual(all(200));
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
