import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStack, type LocalStack } from '../support/local-stack.ts';

const ROOT = join(import.meta.dirname, '../..');

const simulate = (...options: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile('npm', ['run', '-s', 'simulate', '--', ...options], { cwd: ROOT }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

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
    expect(stderr).toContain('314 hooks of 31 clients');
    expect(stdout).toMatch(/^all +314 +314 +[\d.]+ +[\d.]+ +200: 314$/m);
    expect(stdout).toMatch(/^StreamKeepAliveEvent +90 +90 /m);
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
    for (const wrong of [['--streams', 'x'], ['--url', 'ftp://x'], ['--nope'], ['--user', 'u']]) {
      const { code, stderr } = await simulate(...wrong);
      expect(code).toBe(2);
      expect(stderr).toContain(wrong[0]);
    }
  });
});
