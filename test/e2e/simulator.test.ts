import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCENARIOS } from '../simulator/scenarios.ts';
import type { Hook } from '../simulator/wcs.ts';
import { startDynamo } from '../support/dynamo.ts';
import { playScenario, simulate, startBackend } from '../support/simulate.ts';
import { startStack, type LocalStack } from '../support/local-stack.ts';

/** A stack of its own, where it waits for a lease and for the sweep of the next minute. */
async function playCrash() {
  const env = { HOOK_SECRET: 'secret', LEASE_SECONDS: '4', KEEP_ALIVE_INTERVAL_SECONDS: '1' };
  const stack = await startStack({ env });
  const played = await playScenario('crash', stack, '--streams', '6');
  const told = stack.logLines().filter(({ message }) => message === 'node silent' || message === 'streams lost');
  return { ...played, told, left: await stack.stop() };
}

describe('the simulator', () => {
  let stack: LocalStack;
  // It waits while the other tests work.
  let crash: ReturnType<typeof playCrash>;
  beforeAll(async () => {
    crash = playCrash();
    crash.catch(() => {});
    stack = await startStack({ env: { HOOK_SECRET: 'secret' } });
  });
  afterAll(async () => {
    expect(await stack.stop()).toEqual([]);
  });

  it('sends captures and whole lives of clients, and counts what was acknowledged', async () => {
    const { code, stdout, stderr } = await simulate(
      '--url',
      stack.url,
      '--secret',
      'secret',
      '--streams',
      '10',
      '--captures',
      '--seed',
      '7',
    );
    expect(code).toBe(0);
    // 14 captures; 10 publishers and 20 players with connect, ConnectionStatusEvent, start, live, 3 keep-alives and 3 for the end.
    expect(stderr).toContain('lifecycle: 314 hooks to');
    expect(stdout).toMatch(/^all +314 +314 +[\d.]+ +[\d.]+ +200: 314$/m);
    expect(stdout).toMatch(/^StreamKeepAliveEvent +90 +90 /m);
    // 4 more in the captures; nothing else to tell.
    expect(stdout).toMatch(/200: 314\n34 of 34 streams started\.\n$/);
  });

  it('plays every scenario but crash, and the rows are as they should be', async () => {
    for (const scenario of Object.keys(SCENARIOS).filter((name) => name !== 'crash')) {
      const { code, stdout, stderr } = await playScenario(scenario, stack, '--streams', '6');
      const complaint = /^.*(expected|not acknowledged).*$/m.exec(stderr)?.[0];
      expect([scenario, code, complaint]).toEqual([scenario, 0, undefined]);
      expect(stdout).toMatch(/^\d+ rows are as they should be\.$/m);
    }
  });

  it('exits with 1 and prints the differences if rows are not as they should be', async () => {
    const elsewhere = await startDynamo();
    const { code, stderr } = await simulate(
      ...['--url', stack.url, '--secret', 'secret', '--streams', '2', '--players', '0', '--within', '0'],
      ...['--verify', '--dynamodb', elsewhere.endpoint, '--table', elsewhere.table],
    );
    await elsewhere.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^[0-9a-f-]{36}: there is no row$/m);
    expect(stderr).toContain('2 differences in 2 rows.');
    const unreadable = await simulate(
      ...['--url', stack.url, '--secret', 'secret', '--streams', '1', '--players', '0', '--verify'],
      ...['--dynamodb', elsewhere.endpoint],
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
        ...['--url', url, '--streams', '1', '--players', '0', '--timeout', '100', '--captures'],
      );
      stop();
      expect([what, code]).toEqual([what, 1]);
      expect(stdout).toMatch(new RegExp(`^all +${sent} +${acknowledged} `, 'm'));
      const failed = sent - acknowledged;
      expect(stderr).toContain(`${failed} of ${sent} hooks were not acknowledged: ${failed} failed otherwise.`);
    }
  });

  it('exits with 1 and shows the statuses if hooks are refused', async () => {
    const { code, stdout, stderr } = await simulate(
      '--url',
      stack.url,
      '--secret',
      'wrong',
      '--streams',
      '1',
      '--players',
      '0',
    );
    expect(code).toBe(1);
    // The connection is declined: its failure is the last that is heard of it.
    expect(stdout).toMatch(/^all +2 +0 .*403: 2$/m);
    expect(stdout).toMatch(/^0 of 1 streams started\.\n1 connection was declined\.$/m);
    expect(stderr).toContain('2 of 2 hooks were not acknowledged: 2 refused (403).');
  });

  it('explains itself, and says which option is wrong', async () => {
    expect((await simulate('--help')).stdout).toContain('--keep-alives N');
    for (const wrong of [
      ['--streams', 'x'],
      ['--keep-alive-interval', '-1'],
      ['--url', 'ftp://x'],
      ['--nope'],
      ['--user', 'u'],
      ['--scenario', 'bad-signature'],
      ['--scenario', 'x'],
    ]) {
      const { code, stderr } = await simulate(...wrong);
      expect(code).toBe(2);
      expect(stderr).toContain(wrong[0]);
    }
  });

  it('plays a node that stops talking: it is told once, and its streams are lost', async () => {
    const { code, stdout, stderr, told, left } = await crash;
    expect(stderr).not.toContain('differences');
    expect(stdout).toContain('18 rows are as they should be.');
    expect(code).toBe(0);
    expect(told).toMatchObject([{ message: 'node silent', lostStreams: 18 }]);
    expect(left).toEqual([]);
  }, 120_000);
});
