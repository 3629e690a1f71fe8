import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCENARIOS } from '../simulator/scenarios.ts';
import { startDynamo } from '../support/dynamo.ts';
import { playScenario, simulate } from '../support/simulate.ts';
import { startStack, type LocalStack } from '../support/local-stack.ts';

describe('the simulator', () => {
  let stack: LocalStack;
  beforeAll(async () => {
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
  });

  it('plays every scenario but crash (crash.test.ts), and the rows are as they should be', async () => {
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
  });

  it('repeats a run by its seed', async () => {
    const bodies: string[][] = [];
    for (const seed of ['7', '7', '8']) {
      const received: string[] = [];
      bodies.push(received);
      const server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          received.push(Buffer.concat(chunks).toString());
          response.end(received.at(-1));
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
      await simulate('--url', url, '--scenario', 'reorder', '--streams', '3', '--concurrency', '1', '--seed', seed);
      server.closeAllConnections();
      server.close();
    }
    expect(bodies[0]).toHaveLength(90);
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).not.toEqual(bodies[0]);
  });

  it('believes only a 200 with the echo', async () => {
    const answers: Record<string, (body: string, method: string) => [number, string] | undefined> = {
      'another body': () => [200, '{}'],
      'a copy by another serialiser': (body) => [200, JSON.stringify(JSON.parse(body), null, 1)],
      'an echo with 201': (body) => [201, body],
      'a connect without a field': (body, method) => [
        200,
        method === 'connect' ? body.replace('"appKey"', '"other"') : '',
      ],
      'no answer': () => undefined,
    };
    for (const [what, answer] of Object.entries(answers)) {
      const server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const [status, body] = answer(Buffer.concat(chunks).toString(), request.url?.split('/').pop() ?? '') ?? [];
          if (status !== undefined) response.writeHead(status).end(body);
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
      const { code, stdout } = await simulate(
        '--url',
        url,
        '--streams',
        '1',
        '--players',
        '0',
        '--timeout',
        '100',
        '--captures',
      );
      server.closeAllConnections();
      server.close();
      expect([what, code]).toEqual([what, 1]);
      const expected = what === 'a copy by another serialiser' ? 3 : 0;
      expect(stdout).toMatch(new RegExp(`^all +24 +${expected} `, 'm'));
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
    expect(stdout).toMatch(/^all +10 +0 .*403: 10$/m);
    expect(stderr).toContain('10 of 10 hooks were not acknowledged');
  });

  it('explains itself, and says which option is wrong', async () => {
    expect((await simulate('--help')).stdout).toContain('--keep-alives N');
    for (const wrong of [
      ['--streams', 'x'],
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
});
