import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { summary, toText } from '../../../infra/cli/doctor/finding.ts';
import { createGateway } from '../../../infra/cli/doctor/gateway.ts';
import { latencyOf } from '../../../infra/cli/doctor/times.ts';
import { restClientConfig } from '../../../lib/wcs/rest-client-config.ts';
import { bad, of, startExaminedBackend, BASIC, SECRET, well, type Spoil } from '../../support/examined-backend.ts';

const { control, examine, received, reset, stop } = await startExaminedBackend();
afterEach(reset);
afterAll(stop);

describe('the doctor, over HTTP alone,', () => {
  it('finds a good backend well, leaves no rows, and says what it left out', async () => {
    const findings = await examine();
    expect(bad(findings)).toEqual([]);
    expect(of(findings, 'restClientConfig')?.found).toBe('FAIL for publishStream; sdp is left out');
    expect(of(findings, 'the stage')).toMatchObject({ level: 'left out' });
    expect(of(findings, 'clock')?.level).toBe('ok');
    expect(received.map(({ method }) => method)).toEqual([
      ...['RecordingStatusEvent', 'RecordingStatusEvent', 'RecordingStatusEvent', 'RecordingStatusEvent'],
      ...['connect', 'sendMessage', 'OnCallEvent'],
      ...['RecordingStatusEvent', 'RecordingStatusEvent', 'RecordingStatusEvent'],
    ]);
    expect(received.filter(({ body }) => /mediaSessionId|sessionId/.test(body))).toEqual([]);
  });

  it('says what to do about each problem, and never quotes a body or a secret', async () => {
    control.spoil = (answer) => void (answer.status = answer.status === 200 ? 500 : answer.status);
    const findings = await examine();
    const text = findings.map(toText).join('\n');
    expect(findings.filter(({ level, todo }) => level !== 'ok' && !todo)).toEqual([]);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain('appKey');
    expect(summary(findings)).toBe('1 problem, 2 left out.');
  });

  it('says first that WCS would read the secret otherwise', async () => {
    const [first] = await examine({ credentials: { secret: 'hidden\\x' } });
    expect(first).toMatchObject({ check: 'hook secret', level: 'warning' });
  });

  it('sees HTTP Basic work where the challenge comes through', async () => {
    control.takesBasic = true;
    const findings = await examine({ credentials: BASIC });
    expect(bad(findings)).toEqual([]);
    expect(of(findings, 'challenge')?.level).toBe('ok');
    expect(of(findings, 'HTTP Basic')?.level).toBe('ok');
  });

  it('sees a challenge that API Gateway renamed: a problem with Basic, a warning for who signs', async () => {
    control.takesBasic = true;
    control.spoil = ({ headers }) => {
      if (headers['www-authenticate'] === undefined) return;
      headers['x-amzn-remapped-www-authenticate'] = headers['www-authenticate'];
      delete headers['www-authenticate'];
    };
    const challenge = of(await examine({ credentials: BASIC }), 'challenge');
    expect(challenge).toMatchObject({ level: 'problem', found: expect.stringContaining('x-amzn-remapped') as string });
    expect(challenge?.todo).toContain('npm run secrets');
    expect(of(await examine(), 'challenge')?.level).toBe('warning');
    control.spoil = ({ headers }) => void delete headers['www-authenticate'];
    expect(of(await examine({ credentials: BASIC }), 'challenge')?.found).toBe('a 401 without WWW-Authenticate');
    control.spoil = ({ headers }) => void (headers['www-authenticate'] &&= 'Bearer');
    expect(of(await examine({ credentials: BASIC }), 'challenge')?.level).toBe('problem');
    control.spoil = (answer) => void (answer.status = answer.status === 401 ? 403 : answer.status);
    expect(of(await examine({ credentials: BASIC }), 'challenge')?.found).toContain('with 403');
  });

  it('sees that anybody, or anybody with any signature, is accepted', async () => {
    control.spoil = (answer) => void (answer.status = 200);
    expect(of(await examine(), 'without credentials')).toMatchObject({ level: 'warning', found: 'accepted (200)' });
    control.spoil = (answer, { check }) => void (answer.status = check === 'missing' ? 403 : 200);
    expect(of(await examine(), 'with a wrong signature')).toMatchObject({ level: 'problem', found: 'accepted (200)' });
    control.spoil = (answer, { check }) => void (answer.status = check === 'wrong' ? 401 : answer.status);
    expect(of(await examine(), 'with a wrong signature')?.means).toContain('20 times');
  });

  it('sees wrong credentials, and tries no more', async () => {
    const findings = await examine({ credentials: { secret: 'another' } });
    expect(bad(findings)).toEqual(['signature']);
    expect(of(findings, 'hooks')?.level).toBe('left out');
    expect(received).toHaveLength(3);
  });

  it.each<[string, Spoil, string, string]>([
    ['drops the echo', (a) => void (a.body = '{}'), 'echo', 'from byte 1 on'],
    ['writes the hook anew', (a) => void (a.body = anew(a.body)), 'echo', 'the answer is not the hook'],
    ['answers with another type', (a) => void (a.headers['content-type'] = 'text/html'), 'echo', 'text/html'],
    ['answers 201', (a) => void (a.status = a.status === 200 ? 201 : a.status), 'signature', '201'],
    ['redirects', (a) => void (a.status = a.status === 200 ? 301 : a.status), 'signature', '301'],
    ['throttles', (a) => void (a.status = a.status === 200 ? 429 : a.status), 'signature', '429'],
    ['is at another path', (a) => void (a.status = 404), 'address', '404'],
    [
      'lacks restClientConfig',
      (a, { method }) => void (a.body = method === 'connect' ? without(a.body) : a.body),
      'restClientConfig',
      'none',
    ],
    [
      'lets sdp come',
      (a, { method }) => void (a.body = method === 'connect' ? without(a.body, {}) : a.body),
      'restClientConfig',
      'sdp comes with publishStream',
    ],
    [
      'forgets a field of connect',
      (a, { method }) =>
        void (a.body = method === 'connect' ? String(a.body).replace('"appKey":"doctor",', '') : a.body),
      'connect',
      'the answer is not the hook',
    ],
    [
      'has one function without credentials',
      (a, { method }) => void (a.status = method === 'OnCallEvent' ? 500 : a.status),
      'OnCallEvent',
      '500',
    ],
  ])('sees a backend that %s', async (_, how, check, found) => {
    control.spoil = how;
    const findings = await examine();
    expect(of(findings, check)?.found).toContain(found);
    expect(bad(findings)).toContain(check);
  });

  it('asks for no credentials where nothing of ours answers', async () => {
    control.spoil = (a) => void (a.status = 404);
    expect(of(await examine({ credentials: {} }), 'hooks')).toBeUndefined();
    control.spoil = well;
    expect(of(await examine({ credentials: {} }), 'hooks')?.todo).toContain('HOOK_SECRET');
  });

  it('takes a denial by a policy for a sign of life, and says how to see more', async () => {
    control.spoil = (answer, { method }) => {
      if (!['connect', 'sendMessage'].includes(method)) return;
      answer.status = 403;
      answer.body = '{"error":"Forbidden","message":"denied by the policy token"}';
    };
    const findings = await examine();
    expect(bad(findings)).toEqual([]);
    expect(of(findings, 'connect')?.found).toBe('denied by the policy token');
    expect(of(findings, 'restClientConfig')).toMatchObject({
      level: 'left out',
      todo: expect.stringContaining('--token') as string,
    });
  });

  it('takes another 403 for what it is', async () => {
    control.spoil = (answer, { method }) => void (answer.status = method === 'connect' ? 403 : answer.status);
    expect(bad(await examine())).toEqual(['connect']);
  });

  it('knows the fields that a policy overwrites', async () => {
    const config = restClientConfig({ failMethods: new Set(), overwrites: { OnCallEvent: ['callee'] } });
    control.spoil = (answer, { method }) => {
      if (method === 'connect') answer.body = without(answer.body, config);
      if (method === 'OnCallEvent') answer.body = String(answer.body).replace('"callee":"doctor"', '"callee":"other"');
    };
    const findings = await examine();
    expect(bad(findings)).toEqual([]);
    expect(of(findings, 'OnCallEvent')?.found).toContain('callee');
  });

  it('sees answers that do not come in time', async () => {
    let hooks = 0;
    // The probes of the time are the last three of ten.
    control.spoil = () => (++hooks > 8 ? 'answered' : undefined);
    const latency = of(await examine({ timeout: 100 }), 'latency');
    expect(latency).toMatchObject({ level: 'problem', found: expect.stringContaining('2 of 3 probes') as string });
    expect(latency?.found).toContain('no answer in time');
  });

  it('warns of a second for a hook, if only for one of fifty', () => {
    const reply = { status: 200, headers: {}, body: Buffer.of(), sentAt: 0, answeredAt: 0 };
    const taking = (slowest: number) =>
      latencyOf(
        Array.from({ length: 50 }, (_, i) => (i === 7 ? slowest : 20)).map((milliseconds) => ({
          ...reply,
          milliseconds,
        })),
        '50',
      );
    expect(taking(999)).toMatchObject({ level: 'ok', found: 'p50 20 ms, p99 999 ms (50)' });
    expect(taking(1000)).toMatchObject({ level: 'warning', found: 'p50 20 ms, p99 1000 ms (50)' });
  });

  it('sends its probes as WCS does, and waits for a whole answer no longer than it', async () => {
    const headers: Record<string, unknown>[] = [];
    const methods: (string | undefined)[] = [];
    const dripping = createServer((request, response) => {
      headers.push(request.headers);
      methods.push(request.method);
      response.writeHead(200).write('{');
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    await new Promise<void>((resolve) => dripping.listen(0, '127.0.0.1', resolve));
    const gateway = createGateway(`http://127.0.0.1:${(dripping.address() as AddressInfo).port}/rest`, 150);
    expect(await gateway.post('connect', Buffer.from('{}'))).toEqual({ status: undefined, code: 'no answer in time' });
    gateway.close();
    dripping.closeAllConnections();
    dripping.close();
    expect(methods).toEqual(['POST']);
    expect(headers).toMatchObject([
      { accept: 'application/json', 'content-type': 'application/json;charset=UTF-8', 'content-length': '2' },
    ]);
  });

  it('says that a connection broke off in the middle of an answer', async () => {
    const broken = createServer((_, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('{', () => response.destroy());
    });
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
    const gateway = createGateway(`http://127.0.0.1:${(broken.address() as AddressInfo).port}/rest`, 2000);
    expect(await gateway.post('connect', Buffer.from('{}'))).toEqual({ status: undefined, code: 'ECONNRESET' });
    gateway.close();
    broken.close();
  });

  it('says where nothing listens, and looks at nothing more', async () => {
    const findings = await examine({ at: 'http://127.0.0.1:1/rest/my_api' });
    expect(bad(findings)).toEqual(['address']);
    expect(of(findings, 'address')?.found).toBe('no connection (ECONNREFUSED)');
  });

  it.each([
    [3, 'warning', 'ahead of'],
    [-3, 'warning', 'behind'],
    [61, 'problem', 'ahead of'],
  ])('sees a clock that is %i s off', async (seconds, level, how) => {
    control.spoil = ({ headers }) => void (headers['date'] = new Date(Date.now() - seconds * 1000).toUTCString());
    expect(of(await examine(), 'clock')).toMatchObject({ level, found: expect.stringContaining(how) as string });
  });
});

const anew = (body: Buffer | string) => JSON.stringify(JSON.parse(body.toString()));

const without = (body: Buffer | string, restClientConfig?: object) =>
  JSON.stringify({ ...(JSON.parse(body.toString()) as object), restClientConfig });
