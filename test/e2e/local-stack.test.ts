import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sign } from '../../lib/wcs/signature.ts';
import { capture, FIXTURES, SEED_STREAM } from '../support/fixtures.ts';
import { createConfigAwareWcs } from '../simulator/config-aware-wcs.ts';
import { createRandom } from '../simulator/random.ts';
import { connects, createClient, keepAlives, starts } from '../simulator/sessions.ts';
import { createWcs } from '../simulator/wcs.ts';
import { runScript } from '../support/run-script.ts';
import { freePorts, newDataDir, spawnStack, startStack, type LocalStack } from '../support/local-stack.ts';

const BODY = capture('StreamStatusEvent.publishing');

/** On which a process listens, as the kernel writes them. */
function addressesOf(port: number) {
  const listening = readFileSync('/proc/net/tcp', 'utf8') + readFileSync('/proc/net/tcp6', 'utf8');
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const found = listening.matchAll(new RegExp(`^ *\\d+: ([0-9A-F]+):${hex} 0+:0000 0A`, 'gm'));
  return [...found].map(([, address]) => address);
}

/** What npm start has started: npm, or what it runs. */
const processOf = (stack: LocalStack, command: string) =>
  stack.processes().find((one) => one.command.includes(command))?.pid ?? expect.fail(`no process of ${command}`);

describe('npm start', () => {
  let stack: LocalStack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(async () => {
    await stack.left(0);
  });

  it('says what it takes, and what to type into WCS', () => {
    expect(stack.output()).toContain(`ready ${stack.url}\n`);
    expect(stack.output()).toContain(`add app myApp myAppKey "${stack.url}"`);
    expect(stack.output()).toContain('WARNING: no HOOK_SECRET');
  });

  it('answers every capture with its echo', async () => {
    for (const { method, text } of FIXTURES) {
      const answer = await stack.post(method, text);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      const received = await answer.text();
      if (method !== 'connect') expect(received).toBe(text);
      // The account that a phone page brings is replaced.
      else if (!text.includes('"sipLogin"')) expect(received.startsWith(text.slice(0, -1))).toBe(true);
      else expect(JSON.parse(received)).toMatchObject({ sipRegisterRequired: false, sipLogin: '', sipPassword: '' });
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

  it('has a console in which the links of the docs find what they promise', async () => {
    await stack.post('StreamStatusEvent', BODY);
    const page = readFileSync(join(import.meta.dirname, '../../docs/local-stack.md'), 'utf8');
    const links = page.matchAll(/\[([^[\]]+)\]\((http:\/\/127\.0\.0\.1:8001\/tables\/[^)]+)\)/g);
    const found: Record<string, number> = {};
    for (const [, title = '', link = ''] of links) {
      const url = new URL(link.replace('8001', String(stack.ports.CONSOLE_PORT)));
      expect((await fetch(url)).status).toBe(200);
      // Where its page gets the rows from.
      url.pathname += '/items';
      const { Items } = (await fetch(url).then((answer) => answer.json())) as { Items: object[] };
      found[title] = Items.filter((item) => 'mediaSessionId' in item && item.mediaSessionId === SEED_STREAM).length;
    }
    expect(found).toEqual({
      ...{ 'what is live': 1, 'live publishers': 1 },
      ...{ 'lost streams': 0, 'denied streams': 0, sessions: 0 },
    });
  });

  it('logs one line per hook, without its body', async () => {
    const before = stack.logLines().length;
    await stack.post('publishStream', '{"mediaSessionId":"logged","custom":{"token":"S3CRET"},"sdp":"S3CRET"}');
    await stack.post('NovelEvent', '{"a":"S3CRET"}');
    await expect.poll(() => stack.logLines().length).toBe(before + 2);
    expect(stack.logLines().slice(before)).toMatchObject([
      {
        method: 'publishStream',
        id: 'logged',
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

  it('accepts odd bodies byte for byte', async () => {
    for (const body of [
      '\ufeff{"mediaSessionId":"odd-1","status":"PLAYING"}',
      ' {"mediaSessionId":"odd-2","fps":1.0,"name":"a\\/\\ud800","x":1e999}\n',
    ]) {
      const answer = await stack.post('StreamStatusEvent', body);
      expect(answer.status).toBe(200);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from(body));
    }
  });

  it('rejects what is not a hook', async () => {
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

  it('says in one line what it is to a browser, and to a WCS with another URL', async () => {
    const rows = `http://127.0.0.1:${stack.ports.CONSOLE_PORT}`;
    for (const url of [`${stack.url}/StreamStatusEvent`, stack.url, new URL('/', stack.url)]) {
      const answer = await fetch(url);
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
      expect(await answer.text()).toBe(
        `wcs-hooks accepts hooks here: WCS sends them as POST requests to ${stack.url}. Streams are shown at ${rows}\n`,
      );
    }
    const answer = await fetch(new URL('/StreamStatusEvent', stack.url), { method: 'POST', body: BODY });
    expect(await answer.text()).toBe(
      `No hook is accepted at /StreamStatusEvent: the URL in WCS must be ${stack.url}\n`,
    );
  });

  it('keeps the lines of the log by day, too', () => {
    const folder = join(stack.dataDir, 'log');
    const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(kept.join('')).toBe(
      stack
        .output()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => `${line}\n`)
        .join(''),
    );
    for (const { time } of stack.logLines()) expect(new Date(String(time)).toISOString()).toBe(time);
  });

  it('says again what it said when it was ready', async () => {
    const environment = { DATA_DIR: stack.dataDir };
    const [, ready = ''] = /^(WARNING: no [^]*?app-rest-method.*\n)/m.exec(stack.output()) ?? [];
    expect(ready).toContain(`ready ${stack.url}\n`);
    expect(await runScript('status', [], environment)).toMatchObject({ code: 0, stdout: ready });
    const none = await runScript('status', [], { DATA_DIR: newDataDir() });
    expect(none).toMatchObject({ code: 1, stdout: '' });
  });

  it('listens on the loopback address only', () => {
    for (const port of Object.values(stack.ports)) expect(addressesOf(port)).toEqual(['0100007F']);
  });

  it('ends with all its processes on Ctrl-C, and a restart keeps the rows, which no other stack can have meanwhile', async () => {
    const { dataDir } = stack;
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
    expect(second.output()).toContain(`\nThe rows in ${dataDir}/dynamodb are used by another local stack. Stop it, or`);
    expect(second.output()).not.toMatch(/^ +at /m);
    expect((await stack.post('StreamStatusEvent', BODY)).status).toBe(200);
  });

  it('ends with all its processes when npm is killed with -9', async () => {
    process.kill(processOf(stack, 'npm start'), 'SIGKILL');
    expect(await stack.left()).toEqual([]);
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
        HOST: '0.0.0.0',
      },
    });
  });
  afterAll(async () => {
    await stack.left(0);
  });
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

  it('does not warn, and says what to type', () => {
    expect(stack.output()).not.toContain('WARNING');
    expect(stack.output()).toContain('add app -u u -p <HOOK_PASSWORD> myApp');
    expect(stack.output()).toContain('rest_hook_send_hash=true');
  });

  it('opens its hooks, and nothing else, to other machines if HOST says so', () => {
    const { PORT, ...others } = stack.ports;
    expect(addressesOf(PORT)).toEqual(['00000000']);
    for (const port of Object.values(others)) expect(addressesOf(port)).toEqual(['0100007F']);
  });

  it('accepts signed hooks and Basic, and rejects the rest', async () => {
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

  it('accepts and echoes the received bytes even if they are not UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from('{"mediaSessionId":"bytes","x":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]);
    const answer = await stack.post('StreamStatusEvent', body, { authorization: sign(body, 'new') });
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(body);
  });

  it('answers connect with what FAIL_METHODS says', async () => {
    const answer = await stack.post('connect', capture('connect.webrtc'), basic('u:p'));
    expect(await answer.json()).toMatchObject({
      restClientConfig: { StreamStatusEvent: { restOnError: 'FAIL' }, StreamKeepAliveEvent: { restOnError: 'LOG' } },
    });
  });

  it('ends with all its processes when infra/local/start.ts is killed with -9', async () => {
    process.kill(processOf(stack, 'infra/local/start.ts'), 'SIGKILL');
    expect(await stack.left()).toEqual([]);
  });
});

/** A copy of the project, in a folder with a blank, in which the function of calls throws. */
function copyThatThrows(): string {
  const root = mkdtempSync(join(tmpdir(), 'wcs-hooks broken-'));
  const project = join(import.meta.dirname, '../..');
  for (const part of ['infra', 'lib', 'functions', 'package.json', 'serverless.yml', 'tsconfig.json'])
    cpSync(join(project, part), join(root, part), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, 'functions/incoming.ts'), "export const handler = () => { throw new Error('S3CRET'); };\n");
  return root;
}

describe('in trouble', () => {
  let stack: LocalStack;
  beforeAll(async () => {
    stack = await startStack({ root: copyThatThrows() });
    await stack.post('StreamStatusEvent', BODY);
  });
  afterAll(async () => {
    expect(await stack.stop()).toEqual([]);
  });
  const end = (id: string) => JSON.stringify({ mediaSessionId: id, status: 'UNPUBLISHED', info: '\u{1f600} ended' });

  it('a Lambda that throws is a 500 without a stack, never a 200', async () => {
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
  });

  it('without its DynamoDB, the stack parks hooks, and they are in their rows once the database is back', async () => {
    const release = stack.holdDown('dynamodb.ts');
    for (const [method, body] of [
      ['StreamStatusEvent', end(SEED_STREAM)],
      ['StreamKeepAliveEvent', BODY],
      ['connect', BODY],
    ] as const) {
      const answer = await stack.post(method, body);
      expect(answer.status).toBe(200);
      if (method !== 'connect') expect(await answer.text()).toBe(body);
    }
    expect(stack.output()).toContain('DynamoDB ended (SIGKILL). It is started again in 0.5 s.\n');
    expect(stack.logLines()).toContainEqual(
      expect.objectContaining({
        level: 'WARN',
        outcome: 'parked',
        cause: expect.stringContaining('ECONNREFUSED') as string,
      }),
    );
    release();
    await expect
      .poll(() => stack.row(SEED_STREAM).catch(() => undefined), { timeout: 15_000 })
      .toMatchObject({
        phase: 'ended',
        status: 'UNPUBLISHED',
        info: '\u{1f600} ended',
        keepAlive: true,
      });
  });

  it('whatever part of it ends, the stack has it again by itself', async () => {
    const killed = ['dynamodb.ts', 'queue.ts', 'console.ts'].map((part) => [part, stack.pidOf(part)] as const);
    const before = stack.output().length;
    for (const [, pid] of killed) process.kill(pid, 'SIGKILL');
    const { DYNAMODB_PORT, QUEUE_PORT, CONSOLE_PORT } = stack.ports;
    for (const [name, port] of [
      ['DynamoDB', DYNAMODB_PORT],
      ['The queue', QUEUE_PORT],
      ['The console', CONSOLE_PORT],
    ] as const) {
      await expect
        .poll(() => stack.output().slice(before), { timeout: 15_000 })
        .toContain(`${name} is running again.\n`);
      expect((await fetch(`http://127.0.0.1:${port}`)).status).toBeGreaterThan(0);
    }
    for (const [part, pid] of killed) expect(stack.pidOf(part)).not.toBe(pid);
    await stack.post('StreamStatusEvent', end('after all came back'));
    expect(await stack.row('after all came back')).toMatchObject({ phase: 'ended' });
  });

  it('with a DynamoDB that hangs, the stack parks too, within 4 s', async () => {
    const pid = stack.pidOf('dynamodb.ts');
    process.kill(pid, 'SIGSTOP');
    const started = performance.now();
    expect((await stack.post('StreamStatusEvent', end('hung'))).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(4000);
    process.kill(pid, 'SIGCONT');
    await expect.poll(() => stack.row('hung'), { timeout: 15_000 }).toMatchObject({ phase: 'ended' });
  });

  it('without its DynamoDB and its queue, the stack answers 503 within 4 s, a keep-alive 200', async () => {
    stack.holdDown('dynamodb.ts');
    stack.holdDown('queue.ts');
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

  it('without both, it stops nobody, as no policy is on', async () => {
    const client = createClient(createRandom(1), { name: 'x', published: true, nodeId: 'node' });
    const wcs = createWcs({ url: stack.url, timeout: 10_000, connections: 4 });
    const configAware = createConfigAwareWcs({ wcs });
    for (const hook of [...connects(client), ...starts(client), ...keepAlives(client, 1)]) await configAware.send(hook);
    wcs.close();
    expect(configAware.declinedConnections).toBe(0);
    expect([...configAware.streams.values()]).toMatchObject([{ state: 'running' }]);
  });
});

describe('the processes of the stack', () => {
  let stack: LocalStack | undefined;
  afterEach(async () => {
    await stack?.left(0);
  });

  // The first of them has a parent that is gone before its own first line.
  it.each(['start.ts', 'dynamodb.ts', 'console.ts'])('all end when npm is killed just as %s starts', async (file) => {
    stack = await spawnStack();
    const starts = () => stack?.processes().some(({ command }) => /^\S*node /.test(command) && command.includes(file));
    await expect.poll(starts, { timeout: 20_000, interval: 5 }).toBe(true);
    stack.npm.kill('SIGKILL');
    expect(await stack.left(10_000)).toEqual([]);
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

  it('says in one line that DATA_DIR cannot be used', async () => {
    const file = join(newDataDir(), 'file');
    writeFileSync(file, '');
    expect(await failing({ dataDir: file })).toEqual([
      `DATA_DIR=${file} cannot be used: ${file} is a file, and a folder is needed. Choose another with DATA_DIR=<folder> npm start.`,
    ]);
  });

  it('says in one line that other machines are allowed with credentials only', async () => {
    expect(await failing({ env: { HOST: '0.0.0.0' } })).toEqual([
      'HOST=0.0.0.0 lets other machines send hooks, which need credentials: set HOOK_SECRET (rest_hook_secret_key of WCS), or HOOK_USER and HOOK_PASSWORD.',
    ]);
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
