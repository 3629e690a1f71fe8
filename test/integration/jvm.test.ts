import { execFile, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hooksUnderTest } from '../support/hooks-under-test.ts';

const PROBE = join(import.meta.dirname, '../support/java/BasicProbe.java');
const BODY = '{"mediaSessionId":"jvm","status":"PUBLISHING"}';

/** It runs a source file as it is: a JDK, from 11 on. */
const { status, stderr } = spawnSync('java', ['--version'], { encoding: 'utf8' });
const whyNot = status === 0 ? undefined : `no JDK 11 or newer is on the PATH: ${stderr || 'java is not there'}`;
if (whyNot) console.warn(`A WCS with HTTP Basic is not tried with a real JVM: ${whyNot}`);

describe('a JVM with HTTP Basic', () => {
  let hooks: ReturnType<typeof hooksUnderTest>;
  let isCharsetLost = false;
  let asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { authorization } = request.headers;
      asked.push(authorization);
      void hooks
        .send({
          method: request.url?.slice(1) ?? '',
          body: Buffer.concat(chunks).toString(),
          headers: authorization === undefined ? {} : { authorization },
        })
        .then(({ statusCode, headers = {}, body }) => {
          const challenge = String(headers['www-authenticate']);
          if (isCharsetLost && headers['www-authenticate']) headers['www-authenticate'] = challenge.split(',')[0] ?? '';
          response.writeHead(statusCode ?? 0, headers as Record<string, string>).end(body);
        });
    });
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    asked = [];
  });

  async function post(password: string): Promise<number> {
    hooks = hooksUnderTest({ HOOK_USER: 'wcs', HOOK_PASSWORD: password });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/StreamStatusEvent`;
    const running = promisify(execFile)('java', ['-XX:TieredStopAtLevel=1', PROBE, url, 'wcs', BODY]);
    running.child.stdin?.end(password);
    return Number((await running).stdout);
  }
  const sent = (encoding: BufferEncoding, password: string) =>
    `Basic ${Buffer.from(`wcs:${password}`, encoding).toString('base64')}`;

  it('sends its password in UTF-8, as the challenge asks, and is accepted at the second request', async ({ skip }) => {
    skip(whyNot !== undefined, whyNot);
    isCharsetLost = false;
    expect(await post('pässwört€')).toBe(200);
    expect(asked).toEqual([undefined, sent('utf8', 'pässwört€')]);
    expect(hooks.memory.rows.get('jvm')).toMatchObject({ phase: 'live' });
  });

  it('sends it in Latin-1 where it knows no charset, and is accepted all the same', async ({ skip }) => {
    skip(whyNot !== undefined, whyNot);
    isCharsetLost = true;
    expect(await post('pässwört')).toBe(200);
    expect(asked).toEqual([undefined, sent('latin1', 'pässwört')]);
    expect(hooks.memory.rows.get('jvm')).toMatchObject({ phase: 'live' });
  });
});
