import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sign } from '../../lib/wcs/signature.ts';
import { capture, CAPTURES, SEED_STREAM } from '../support/fixtures.ts';
import { createObedientWcs } from '../simulator/obedience.ts';
import { createRandom } from '../simulator/random.ts';
import { connects, createClient, keepAlives, starts } from '../simulator/sessions.ts';
import { createWcs } from '../simulator/wcs.ts';
import { freePorts, newDataDir, spawnStack, startStack, type LocalStack } from '../support/local-stack.ts';

const BODY = capture('StreamStatusEvent.publishing');

describe('npm start', () => {
  let stack: LocalStack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(async () => {
    expect(await stack.stop()).toEqual([]);
  });

  it('says what it takes, and what to type into WCS', () => {
    expect(stack.output()).toContain(`ready ${stack.url}\n`);
    expect(stack.output()).toContain(`add app myApp myAppKey "${stack.url}"`);
    expect(stack.output()).toContain('WARNING: no HOOK_SECRET');
  });

  it('answers every capture with its echo', async () => {
    for (const { method, text } of CAPTURES) {
      const answer = await stack.post(method, text);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      const received = await answer.text();
      if (method === 'connect') expect(received.startsWith(text.slice(0, -1))).toBe(true);
      else expect(received).toBe(text);
    }
  });

  it('keeps the seed stream as a row that a person can read, in the console too', async () => {
    await stack.post('StreamStatusEvent', BODY);
    const row = await stack.row(SEED_STREAM);
    expect(row).toMatchObject({
      phase: 'live',
      status: 'PUBLISHING',
      published: true,
      live: 'publishing',
      name: 'b4e7',
    });
    expect(row).not.toHaveProperty('sdp');
    const table = `http://127.0.0.1:${stack.ports.CONSOLE_PORT}/tables/wcs-hooks-local-streams`;
    expect((await fetch(table)).status).toBe(200);
    const page = await fetch(`${table}/items`).then((answer) => answer.text());
    expect(page).toContain(SEED_STREAM);
  });

  it('logs one line per hook, without its body', async () => {
    const before = stack.logLines().length;
    await stack.post('publishStream', '{"mediaSessionId":"logged","custom":{"token":"S3CRET"},"sdp":"S3CRET"}');
    await stack.post('NovelEvent', '{"a":"S3CRET"}');
    await expect.poll(() => stack.logLines().length).toBe(before + 2);
    expect(stack.logLines().slice(before)).toMatchObject([
      {
        method: 'publishStream',
        subject: 'logged',
        outcome: 'applied',
        status: 200,
        requestId: expect.stringMatching(/./) as string,
      },
      { method: 'NovelEvent', outcome: 'unknown method', hooks: 1 },
    ]);
    expect(stack.output()).not.toContain('S3CRET');
  });

  it('routes a method with a slash before or behind it to a function that knows it', async () => {
    for (const [n, method] of ['publishStream/', '/publishStream', 'publishStream//'].entries()) {
      const body = `{"mediaSessionId":"slash-${n}","status":"PENDING"}`;
      const answer = await stack.post(method, body);
      expect([method, answer.status, await answer.text()]).toEqual([method, 200, body]);
      expect(await stack.row(`slash-${n}`)).toMatchObject({ phase: 'starting', status: 'PENDING' });
    }
    for (const method of ['connect/', '/connect']) {
      const answer = await stack.post(method, '{"sessionId":"slash"}');
      expect(await answer.json()).toHaveProperty('restClientConfig');
    }
    expect(await stack.session('slash')).toMatchObject({ phase: 'starting' });
  });

  it('takes odd bodies byte for byte', async () => {
    for (const body of [
      '\ufeff{"mediaSessionId":"odd-1","status":"PLAYING"}',
      ' {"mediaSessionId":"odd-2","fps":1.0,"name":"a\\/\\ud800","x":1e999}\n',
    ]) {
      const answer = await stack.post('StreamStatusEvent', body);
      expect(answer.status).toBe(200);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from(body));
    }
  });

  it('refuses what is no hook', async () => {
    const statuses = await Promise.all([
      fetch(`${stack.url}/StreamStatusEvent`),
      fetch(`${stack.url}/StreamStatusEvent`, { method: 'PUT', body: BODY }),
      fetch(stack.url.replace('/rest/my_api', '/StreamStatusEvent'), { method: 'POST', body: BODY }),
      fetch(`${stack.url}/a/b`, { method: 'POST', body: BODY }),
      stack.post('StreamStatusEvent', ''),
      stack.post('StreamStatusEvent', '[1]'),
      stack.post('StreamStatusEvent', '{"mediaSessionId":5}'),
      stack.post('StreamStatusEvent', `{"mediaSessionId":"m","x":"${'x'.repeat(262_144)}"}`),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([404, 404, 404, 404, 400, 400, 400, 413]);
  });

  it('listens on the loopback address only', () => {
    const listening = readFileSync('/proc/net/tcp', 'utf8') + readFileSync('/proc/net/tcp6', 'utf8');
    for (const port of Object.values(stack.ports)) {
      const hex = port.toString(16).toUpperCase().padStart(4, '0');
      const addresses = [...listening.matchAll(new RegExp(`^ *\\d+: ([0-9A-F]+):${hex} 0+:0000 0A`, 'gm'))].map(
        ([, address]) => address,
      );
      expect(addresses).toEqual(['0100007F']);
    }
  });
});

describe('npm start with credentials', () => {
  let stack: LocalStack;
  beforeAll(async () => {
    stack = await startStack({
      env: {
        HOOK_SECRET: 'new',
        HOOK_SECRET_PREVIOUS: 'old',
        HOOK_USER: 'u',
        HOOK_PASSWORD: 'p',
        FAIL_METHODS: 'StreamStatusEvent',
      },
    });
  });
  afterAll(async () => {
    expect(await stack.stop()).toEqual([]);
  });
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

  it('does not warn, and says what to type', () => {
    expect(stack.output()).not.toContain('WARNING');
    expect(stack.output()).toContain('add app -u u -p <HOOK_PASSWORD> myApp');
    expect(stack.output()).toContain('rest_hook_send_hash=true');
  });

  it('takes signed hooks and Basic, and refuses the rest', async () => {
    const ask = async (headers?: Record<string, string>) =>
      (await stack.post('StreamStatusEvent', BODY, headers)).status;
    expect(await ask({ authorization: sign(Buffer.from(BODY), 'new') })).toBe(200);
    expect(await ask({ authorization: sign(Buffer.from(BODY), 'old') })).toBe(200);
    expect(await ask(basic('u:p'))).toBe(200);
    expect(await ask({ authorization: sign(Buffer.from(BODY), 'other') })).toBe(403);
    expect(await ask({ authorization: sign(Buffer.from(`${BODY} `), 'new') })).toBe(403);
    expect(await ask(basic('u:q'))).toBe(403);
    const challenge = await stack.post('StreamStatusEvent', BODY);
    expect(challenge.status).toBe(401);
    expect(challenge.headers.get('www-authenticate')).toBe('Basic realm="wcs-hooks", charset="UTF-8"');
  });

  it('takes and echoes the received bytes even where they are no UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from('{"mediaSessionId":"bytes","x":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]);
    const answer = await stack.post('StreamStatusEvent', body, { authorization: sign(body, 'new') });
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(body);
  });

  it('tells WCS at connect what FAIL_METHODS says', async () => {
    const answer = await stack.post('connect', capture('connect.webrtc'), basic('u:p'));
    expect(await answer.json()).toMatchObject({
      restClientConfig: { StreamStatusEvent: { restOnError: 'FAIL' }, StreamKeepAliveEvent: { restOnError: 'LOG' } },
    });
  });
});

describe('without its DynamoDB', () => {
  let stack: LocalStack;
  beforeAll(async () => {
    stack = await startStack();
    await stack.post('StreamStatusEvent', BODY);
  });
  afterAll(async () => {
    expect(await stack.stop()).toEqual([]);
  });
  const end = (id: string) => JSON.stringify({ mediaSessionId: id, status: 'UNPUBLISHED', info: '\u{1f600} ended' });

  it('the stack parks what it is told, and it is in the row once the database is back', async () => {
    stack.kill('dynamodb.ts');
    for (const [method, body] of [
      ['StreamStatusEvent', end(SEED_STREAM)],
      ['StreamKeepAliveEvent', BODY],
      ['connect', BODY],
    ] as const) {
      const answer = await stack.post(method, body);
      expect(answer.status).toBe(200);
      if (method !== 'connect') expect(await answer.text()).toBe(body);
    }
    expect(stack.output()).toContain('DynamoDB ended (SIGKILL).');
    expect(stack.logLines()).toContainEqual(
      expect.objectContaining({
        level: 'WARN',
        outcome: 'parked',
        cause: expect.stringContaining('ECONNREFUSED') as string,
      }),
    );
    await stack.startPart('dynamodb.ts');
    await expect
      .poll(() => stack.row(SEED_STREAM), { timeout: 15_000 })
      .toMatchObject({
        phase: 'ended',
        status: 'UNPUBLISHED',
        info: '\u{1f600} ended',
        keepAlive: true,
      });
  });

  it('that hangs, the stack parks too, within 4 s', async () => {
    const pid = stack.pidOf('dynamodb.ts');
    process.kill(pid, 'SIGSTOP');
    const started = performance.now();
    expect((await stack.post('StreamStatusEvent', end('hung'))).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(4000);
    process.kill(pid, 'SIGCONT');
    await expect.poll(() => stack.row('hung'), { timeout: 15_000 }).toMatchObject({ phase: 'ended' });
  });

  it('and without its queue, the stack answers 503 within 4 s, a keep-alive 200', async () => {
    stack.kill('dynamodb.ts');
    stack.kill('queue.ts');
    for (const [method, status] of [
      ['StreamStatusEvent', 503],
      ['publishStream', 503],
      ['StreamKeepAliveEvent', 200],
      ['connect', 200],
    ] as const) {
      const started = performance.now();
      const answer = await stack.post(method, BODY);
      expect(answer.status).toBe(status);
      expect(performance.now() - started).toBeLessThan(4000);
      if (status === 503) expect(await answer.text()).toBe('{"error":"Service Unavailable"}');
    }
    expect(stack.logLines()).toContainEqual(
      expect.objectContaining({ level: 'ERROR', outcome: 'failed', status: 503 }),
    );
  });

  it('nor its queue, it stops nobody, as no policy is on', async () => {
    const client = createClient(createRandom(1), { name: 'x', published: true, nodeId: 'node' });
    const wcs = createWcs({ url: stack.url, timeout: 10_000, connections: 4 });
    const obedient = createObedientWcs({ wcs });
    for (const hook of [...connects(client), ...starts(client), ...keepAlives(client, 1)]) await obedient.send(hook);
    wcs.close();
    expect(obedient.declinedConnections).toBe(0);
    expect([...obedient.streams.values()]).toMatchObject([{ state: 'running' }]);
  });
});

describe('a Lambda that throws', () => {
  it('is a 500 without a stack, never a 200', async () => {
    const root = mkdtempSync(join(tmpdir(), 'wcs-hooks broken-'));
    const project = join(import.meta.dirname, '../..');
    for (const part of ['infra', 'lib', 'functions', 'package.json', 'serverless.yml'])
      cpSync(join(project, part), join(root, part), { recursive: true });
    symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
    writeFileSync(
      join(root, 'functions/incoming.ts'),
      "export const handler = () => { throw new Error('S3CRET'); };\n",
    );
    const stack = await startStack({ root });
    try {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => stack.post('OnCallEvent', capture('OnCallEvent.pending'))),
      );
      for (const answer of answers) {
        expect(answer.status).toBe(500);
        expect(await answer.text()).toBe('{"message":"Internal Server Error"}');
      }
      // An echo that looks like such a failure is none.
      const lookalike = '{"errorMessage":"x","mediaSessionId":"m","status":"PLAYING","stackTrace":[]}';
      const answer = await stack.post('StreamStatusEvent', lookalike);
      expect([answer.status, await answer.text()]).toEqual([200, lookalike]);
    } finally {
      expect(await stack.stop()).toEqual([]);
    }
  });
});

describe('the processes of the stack', () => {
  let stack: LocalStack | undefined;
  afterEach(async () => {
    await stack?.left(0);
  });

  it('all end on Ctrl-C, and a restart keeps the rows, which no other stack can have meanwhile', async () => {
    const dataDir = newDataDir();
    stack = await startStack({ dataDir });
    await stack.post('StreamStatusEvent', BODY);
    expect(stack.processes().length).toBeGreaterThanOrEqual(3);
    // What a terminal does: the signal goes to the whole group.
    process.kill(-(stack.npm.pid ?? 0), 'SIGINT');
    expect(await stack.left()).toEqual([]);

    stack = await startStack({ dataDir });
    expect(await stack.row(SEED_STREAM)).toMatchObject({ status: 'PUBLISHING' });

    // Another one that wants the same data says so, and does it no harm.
    const second = await spawnStack({ dataDir });
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(`The local stack cannot start: the data in ${dataDir}/dynamodb cannot be opened`);
    expect(second.output()).not.toMatch(/^ +at /m);
    expect((await stack.post('StreamStatusEvent', BODY)).status).toBe(200);
    expect(await stack.stop()).toEqual([]);
  });

  it('all end when npm is killed while they start', async () => {
    for (const milliseconds of [500, 900, 1300]) {
      const starting = await spawnStack();
      await sleep(milliseconds);
      starting.npm.kill('SIGKILL');
      expect(await starting.left()).toEqual([]);
    }
  });

  it.each(['npm start', 'start.mjs'])('all end when %s is killed with -9', async (command) => {
    stack = await startStack();
    const victim = stack.processes().find((one) => one.command.includes(command));
    process.kill(victim?.pid ?? 0, 'SIGKILL');
    expect(await stack.left()).toEqual([]);
  });
});

describe('npm start that cannot work', () => {
  const failing = async (options: Parameters<typeof spawnStack>[0]) => {
    const stack = await spawnStack(options);
    const code = await stack.exited;
    expect(await stack.left()).toEqual([]);
    expect(code).toBe(1);
    // npm's own lines begin with > or npm.
    return stack
      .output()
      .split('\n')
      .filter((line) => line && !/^(>|npm )/.test(line));
  };

  it('says in one line which port is taken', async () => {
    for (const name of ['PORT', 'DYNAMODB_PORT', 'CONSOLE_PORT', 'QUEUE_PORT'] as const) {
      const ports = await freePorts();
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(ports[name], '127.0.0.1', resolve));
      expect(await failing({ ports })).toEqual([
        `Port ${ports[name]} is taken: stop what listens there, or choose another with ${name}=<port> npm start.`,
      ]);
      await new Promise((resolve) => other.close(resolve));
    }
  });

  it('says which settings are wrong, all at once', async () => {
    const lines = await failing({
      env: { HOOK_USER: 'u', FAIL_METHODS: 'nope', ALLOWED_ORIGIN: 'https://example.com' },
    });
    expect(lines).toEqual([
      'The settings are not usable:',
      expect.stringContaining('is ALLOWED_ORIGINS meant?'),
      expect.stringContaining('HOOK_PASSWORD'),
      expect.stringContaining('"nope"'),
    ]);
  });

  it('has warned before of a secret that WCS would read otherwise, without showing it', async () => {
    const env = { HOOK_SECRET: 's3cr\\et=#1', HOOK_SECRET_PREVIOUS: 'hex' };
    const lines = await failing({ env, dataDir: '/etc/hostname/nowhere' });
    expect(lines).toEqual([
      expect.stringMatching(/^WARNING: HOOK_SECRET has a backslash.*openssl rand -hex 32/),
      expect.stringContaining('/etc/hostname/nowhere'),
    ]);
    expect(lines.join()).not.toContain('s3cr');
  });
});
