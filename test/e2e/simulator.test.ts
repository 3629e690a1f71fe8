import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TRANSFER_TARGET } from '../simulator/calls.ts';
import { SCENARIOS } from '../simulator/scenarios.ts';
import type { Hook } from '../simulator/wcs.ts';
import { startDynamo } from '../support/dynamo.ts';
import { playScenario, simulate, startBackend } from '../support/simulate.ts';
import { startStack, type LocalStack } from '../support/local-stack.ts';
import { runScript, scriptOn } from '../support/run-script.ts';

const TOKENS = { TOKEN_SECRET: 'a secret of 32 bytes or a little more', TOKEN_ISSUER: 'i', TOKEN_AUDIENCE: 'a' };

/** The policy is on: nobody connects, publishes, plays or calls without a token. Pages have SIP accounts of their own. */
const startGuardedStack = (env: Record<string, string> = {}) =>
  startStack({ env: { HOOK_SECRET: 'secret', SIP_ACCOUNT: 'client', ...TOKENS, ...env } });

async function tokenFor(...claims: string[]): Promise<string> {
  return (await runScript('token', ['--sub', 'alice', ...claims], { ...process.env, ...TOKENS })).stdout.trim();
}
/** As a user does, in a process of its own. */
const npmRunSimulate = (...options: string[]) => runScript('simulate', options);
const tokenForAll = () =>
  tokenFor('--publish', 'stream-*', '--play', 'stream-*', '--callee', '4930901820', '--call', TRANSFER_TARGET);

/** A stack of its own, where it waits for a lease and for the sweep of the next minute. */
async function playCrash() {
  const stack = await startGuardedStack({ LEASE_SECONDS: '4', KEEP_ALIVE_INTERVAL_SECONDS: '1' });
  const played = await playScenario(
    'crash',
    stack,
    ...['--token', await tokenForAll()],
    '--streams',
    '6',
    '--lease',
    '4',
  );
  const notices = () =>
    stack.logLines().filter(({ message }) => message === 'node silent' || message === 'streams lost');
  // A sweep marks the rows before it writes its lines.
  await vi.waitFor(() => expect(notices()).not.toEqual([]), { timeout: 5000 });
  return { ...played, notices: notices(), left: await stack.stop() };
}

describe('the simulator', () => {
  let stack: LocalStack;
  let token: string;
  // It waits while the other tests work.
  let crash: ReturnType<typeof playCrash>;
  beforeAll(async () => {
    crash = playCrash();
    crash.catch(() => {});
    [stack, token] = await Promise.all([startGuardedStack(), tokenForAll()]);
  });
  afterAll(async () => {
    expect(await stack.stop()).toEqual([]);
  });

  it('sends captures and whole lives of clients, and counts what was acknowledged', async () => {
    const { url, stop } = await startBackend(({ body }) => [200, body]);
    const { code, stdout, stderr } = await npmRunSimulate('--url', url, '--streams', '10', '--captures', '--seed', '7');
    stop();
    expect(code).toBe(0);
    // 14 captures; 10 publishers and 20 players with connect, ConnectionStatusEvent, start, live, 3 keep-alives and 3 for the end.
    expect(stderr).toContain('lifecycle: 314 hooks to');
    expect(stdout).toMatch(/^all +314 +314 +[\d.]+ +[\d.]+ +200: 314$/m);
    expect(stdout).toMatch(/^StreamKeepAliveEvent +90 +90 /m);
    // 4 more in the captures; nothing else to tell.
    expect(stdout).toMatch(/200: 314\n34 of 34 streams started\.\n$/);
  });

  it('plays every scenario but those of the sweep with a token where one is needed, and the rows are as they should be', async () => {
    for (const scenario of Object.keys(SCENARIOS).filter((name) => name !== 'crash' && name !== 'lost-hangup')) {
      // No scenario has more than four courses.
      const options = ['--streams', '4', '--players', '1', '--token', token];
      const { code, stdout, stderr } = await playScenario(scenario, stack, ...options);
      const complaint = /^.*(expected|not acknowledged|not answered).*$/m.exec(stderr)?.[0];
      expect([scenario, code, complaint]).toEqual([scenario, 0, undefined]);
      expect(stdout).toMatch(/^\d+ rows are as they should be\.$/m);
    }
  }, 120_000);

  it('exits with 1 and prints the differences if rows are not as they should be', async () => {
    const elsewhere = await startDynamo();
    const { code, stderr } = await npmRunSimulate(
      ...['--url', stack.url, '--secret', 'secret', '--streams', '2', '--players', '0', '--within', '0'],
      ...['--token', token],
      ...['--verify', '--dynamodb', elsewhere.endpoint, '--table', elsewhere.table],
    );
    await elsewhere.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^[0-9a-f-]{36}: there is no row$/m);
    expect(stderr).toContain('2 differences in 2 rows.');
    const unreadable = await simulate(
      ...['--url', stack.url, '--secret', 'secret', '--streams', '1', '--players', '0', '--verify'],
      ...['--token', token, '--dynamodb', elsewhere.endpoint],
    );
    expect(unreadable.code).toBe(1);
    expect(unreadable.stderr).toMatch(
      /^The rows cannot be read from wcs-hooks-local-streams at http\S+ \(.*ECONNREFUSED.*\): see --dynamodb\.$/m,
    );
  });

  it('repeats a run by its seed', async () => {
    const bodies: string[][] = [];
    for (const seed of ['7', '7', '8']) {
      const { url, received, stop } = await startBackend(({ body }) => [200, body]);
      await simulate('--url', url, '--scenario', 'reorder', '--streams', '3', '--concurrency', '1', '--seed', seed);
      stop();
      bodies.push(received.map(({ body }) => body));
    }
    expect(bodies[0]).toHaveLength(90);
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).not.toEqual(bodies[0]);
  });

  it('believes only a 200 with the echo', async () => {
    // 14 captures and 10 hooks of a client, of which 15 are left if all three connections are declined.
    const answers: Record<string, [(hook: Hook) => [number, string] | undefined, acknowledged: number, sent: number]> =
      {
        'another body': [() => [200, '{}'], 0, 24],
        'a copy by another serialiser': [({ body }) => [200, JSON.stringify(JSON.parse(body), null, 1)], 3, 24],
        'an echo with 201': [({ body }) => [201, body], 0, 15],
        'a connect without a field': [
          ({ body, method }) => [200, method === 'connect' ? body.replace('"appKey"', '"other"') : ''],
          0,
          24,
        ],
        'no answer': [() => undefined, 0, 15],
      };
    for (const [what, [answer, acknowledged, sent]] of Object.entries(answers)) {
      const { url, stop } = await startBackend(answer);
      const { code, stdout, stderr } = await simulate(
        ...['--url', url, '--streams', '1', '--players', '0', '--timeout', '200', '--captures'],
      );
      stop();
      expect([what, code]).toEqual([what, 1]);
      expect(stdout).toMatch(new RegExp(`^all +${sent} +${acknowledged} `, 'm'));
      const failed = sent - acknowledged;
      expect(stderr).toContain(`${failed} of ${sent} hooks were not acknowledged: ${failed} failed otherwise.`);
    }
  });

  it('sends nothing where no hook would be taken, and says why as the doctor does', async () => {
    const nowhere = await startBackend(() => [200]);
    nowhere.stop();
    const basic = ['--user', 'u', '--password', 'p'];
    for (const [url, credentials, found, todo] of [
      [nowhere.url, [], 'address: no connection (ECONNREFUSED)', 'Does npm start run?'],
      [`${stack.url}/nope`, [], 'address: the answer was 404', 'The URL must end as in'],
      [stack.url, [], 'without credentials: rejected (403)', 'Give the credentials of WCS: HOOK_SECRET'],
      [stack.url, ['--secret', 'wrong'], 'signature: the answer was 403', 'Compare what you gave here'],
      [stack.url, basic, 'HTTP Basic: the answer was 403', 'Compare what you gave here'],
    ] as const) {
      const { code, stdout, stderr } = await simulate('--url', url, ...credentials);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^lifecycle: 300 hooks to .*\nproblem {3}[^\n]+\n {10}[^\n]+\n {10}> [^\n]+\n$/);
      expect(stderr).toContain(found);
      expect(stderr).toContain(`> ${todo}`);
    }
  });

  it('takes the token from the environment, and tells which policy wants another one', async () => {
    const run = (CLIENT_TOKEN: string, ...options: string[]) =>
      scriptOn('simulate', stack, { HOOK_SECRET: 'secret', CLIENT_TOKEN })(
        '--streams',
        '1',
        '--players',
        '1',
        ...options,
      );
    const players = await run(await tokenFor('--play', 'stream-*'));
    expect(players.code).toBe(1);
    expect(players.stdout).toMatch(/^1 of 2 streams started, 1 was denied\.$/m);
    expect(players.stderr).toContain('problem   publishStream: denied by the policy token\n');
    expect((await run(token)).code).toBe(0);
  });

  it('says what it waits for', async () => {
    const { url, stop } = await startBackend(({ body }) => [200, body]);
    const { stderr } = await simulate(
      ...['--url', url, '--streams', '1', '--players', '0', '--keep-alives', '1', '--keep-alive-interval', '3500'],
    );
    stop();
    expect(stderr.match(/^ {2}waiting for the next keep-alive: [1-3] s$/gm)).toHaveLength(1);
  });

  it('exits with 1 and shows the statuses if hooks are denied', async () => {
    const options = ['--url', stack.url, '--secret', 'secret', '--streams', '1', '--players', '0'];
    const { code, stdout, stderr } = await npmRunSimulate(...options, '--token', 'junk');
    expect(code).toBe(1);
    // The connection is declined: its failure is the last that is heard of it.
    expect(stdout).toMatch(/^all +2 +1 .*403: 1, 200: 1$/m);
    expect(stdout).toMatch(/^0 of 1 streams started\.\n1 connection was declined\.$/m);
    expect(stderr).toContain('1 of 2 hooks were not acknowledged: 1 answered 403.');
    expect(stderr).toContain('problem   connect: denied by the policy token\n');
  });

  it('explains itself, and says which option is wrong', async () => {
    expect((await npmRunSimulate('--help')).stdout).toContain('--keep-alives N');
    for (const wrong of [
      ['--streams', '0'],
      ['--keep-alive-interval', '-1'],
      ['--nope'],
      ['--url', 'https://host/rest/my_api'],
    ]) {
      const { code, stderr } = await npmRunSimulate(...wrong);
      expect(code).toBe(2);
      expect(stderr).toContain(wrong.at(-1));
    }
  });

  it('plays a node that falls silent: it is reported once, and its streams are lost', async () => {
    const { code, stdout, stderr, notices, left } = await crash;
    expect(stderr).toMatch(/^ {2}waiting for the lease to run out: [1-4] s$/m);
    expect(stderr).not.toContain('differences');
    expect(stdout).toContain('18 rows are as they should be.');
    expect(code).toBe(0);
    expect(notices).toMatchObject([{ message: 'node silent', lostStreams: 18 }]);
    expect(left).toEqual([]);
  }, 120_000);
});
