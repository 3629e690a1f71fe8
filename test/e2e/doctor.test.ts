import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStack, type LocalStack } from '../support/local-stack.ts';
import { scriptOn } from '../support/run-script.ts';

const SECRET = 'the secret of these tests';

interface Told {
  check: string;
  level: string;
  found: string;
}

describe('npm run doctor', () => {
  let stack: LocalStack;
  beforeAll(async () => {
    stack = await startStack({ env: { HOOK_SECRET: SECRET, ALLOWED_ORIGINS: 'https://example.com' } });
  });
  afterAll(async () => {
    expect(await stack.stop()).toEqual([]);
  });

  const doctor = (options: string[], secret = SECRET) => scriptOn('doctor', stack, { HOOK_SECRET: secret })(...options);
  async function examined(options: string[], secret?: string) {
    const { code, stdout, stderr } = await doctor(['--json', '--probes', '5', ...options], secret);
    expect(stderr).toBe('');
    const { findings } = JSON.parse(stdout) as { findings: Told[] };
    const bad = findings.filter(({ level }) => level === 'warning' || level === 'problem').map(({ check }) => check);
    return { code, bad, of: (check: string) => findings.find((one) => one.check === check) };
  }
  /** The ids of its rows are in the log, which has those of all probes. */
  const probed = () => stack.logLines().flatMap(({ id }) => (String(id).startsWith('doctor-') ? [String(id)] : []));

  it('finds a good stack healthy, says so, and leaves no rows', async () => {
    const { code, stdout, stderr } = await doctor(['--stage', 'local', '--origin', 'https://example.com']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ok {8}without credentials: rejected \(403\)\n {10}Only those who have the credentials/m);
    expect(stdout).toMatch(/^ok {8}row of the stream: there, and correct$/m);
    expect(stdout).toMatch(/^ok {8}latency: p50 \d+ ms, p99 \d+ ms \(50 probes, with a write each\)$/m);
    expect(stdout).toMatch(/^ok {8}restClientConfig: FAIL for no method; sdp is left out$/m);
    expect(stdout).toMatch(/^left out {2}wcs-hooks-local-streams: TTL and point-in-time recovery$/m);
    expect(stdout).toMatch(/\n3 left out\.\n$/);
    expect(stdout).not.toContain(SECRET);
    expect(code).toBe(0);
    const ids = [...new Set(probed())];
    expect(ids).toHaveLength(2);
    for (const id of ids) expect([await stack.row(id), await stack.session(id)]).toEqual([undefined, undefined]);
  });

  it('takes the denial of a policy for a sign of life; without a stage it makes no row', async () => {
    const before = probed().length;
    const { code, bad, of } = await examined(['--url', stack.url]);
    expect([code, bad]).toEqual([0, []]);
    expect(of('connect')?.found).toBe('denied by the policy origin');
    expect(of('the stage')?.level).toBe('left out');
    expect(probed()).toHaveLength(before);
  });

  it('reports a wrong secret by its exit code', async () => {
    const { code, bad, of } = await examined(['--stage', 'local'], 'another');
    expect([code, bad]).toEqual([1, ['signature']]);
    expect(of('rows of the probes')?.found).toBe('none were created');
  });

  it('reports wrong options by another exit code', async () => {
    expect(await doctor([])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--url URL is missing') as string,
    });
    expect(await doctor(['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('--stage NAME') as string,
    });
  });

  it('removes its rows when it is interrupted', async () => {
    // On its way to the stack, which hears all but the probes of the time.
    const proxy = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        if (body.includes('RESIZE')) return void proxy.emit('stalled');
        const { authorization } = request.headers;
        void stack
          .post(request.url?.split('/').pop() ?? '', body, authorization ? { authorization } : {})
          .then(async (answer) =>
            response
              .writeHead(answer.status, { 'content-type': 'application/json' })
              .end(Buffer.from(await answer.arrayBuffer())),
          );
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/rest/my_api`;
    const ports = Object.fromEntries(Object.entries(stack.ports).map(([name, port]) => [name, String(port)]));
    const before = probed().length;
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, '../../infra/cli/doctor/main.ts'), '--url', url, '--stage', 'local'],
      { env: { ...process.env, ...ports, HOOK_SECRET: SECRET } },
    );
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await once(proxy, 'stalled');
    const [id = ''] = probed().slice(before);
    expect(await stack.row(id)).toMatchObject({ name: 'doctor' });
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    proxy.closeAllConnections();
    proxy.close();
    expect(code).toBe(1);
    expect(stderr).toContain('rows of the probes: removed');
    for (const one of new Set(probed())) {
      expect([await stack.row(one), await stack.session(one)]).toEqual([undefined, undefined]);
    }
  });

  it('removes its rows when nobody reads on', async () => {
    const before = probed().length;
    const ports = Object.fromEntries(Object.entries(stack.ports).map(([name, port]) => [name, String(port)]));
    const child = spawn(
      process.execPath,
      [
        join(import.meta.dirname, '../../infra/cli/doctor/main.ts'),
        '--url',
        stack.url,
        '--stage',
        'local',
        '--secret',
        SECRET,
      ],
      { env: { ...process.env, ...ports } },
    );
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    // As head does.
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(stderr).toBe('');
    expect(probed().length).toBeGreaterThan(before);
    for (const one of new Set(probed().slice(before))) {
      expect([await stack.row(one), await stack.session(one)]).toEqual([undefined, undefined]);
    }
  });

  it('sees a dead DynamoDB, and the hook that waits in the queue', async () => {
    stack.holdDown('dynamodb.ts');
    await expect.poll(() => fetch(`http://127.0.0.1:${stack.ports.DYNAMODB_PORT}`).catch(() => 'dead')).toBe('dead');
    const { code, bad, of } = await examined(['--stage', 'local', '--origin', 'https://example.com']);
    expect(code).toBe(1);
    expect(bad).toEqual([
      'row of the stream',
      'wcs-hooks-local-streams',
      'wcs-hooks-local-sessions',
      'wcs-hooks-local-calls',
      'wcs-hooks-local-parking',
      'rows of the probes',
    ]);
    expect(of('wcs-hooks-local-parking')?.found).toBe('1 waiting');
  });
});
