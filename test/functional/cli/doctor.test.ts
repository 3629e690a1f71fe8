import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../../infra/cli/doctor/diagnose.ts';
import { summary, toText, type Finding } from '../../../infra/cli/doctor/finding.ts';
import { createGateway } from '../../../infra/cli/doctor/gateway.ts';
import type { Credentials } from '../../../infra/cli/doctor/probes.ts';
import type { Search } from '../../../infra/cli/doctor/rows.ts';
import { latencyOf } from '../../../infra/cli/doctor/times.ts';
import { createProbeRows } from '../../../infra/cli/doctor/probe-rows.ts';
import { restClientConfig } from '../../../lib/wcs/rest-client-config.ts';
import { verify } from '../../../lib/wcs/signature.ts';
import type { Stage } from '../../../infra/cli/stage-access.ts';

const SECRET = 'a secret';
const BASIC = { user: 'u', password: 'p' };

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer | string;
}

/** A backend as it should be; `spoil` changes what it answers. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const method = request.url?.split('/').pop() ?? '';
    const { authorization } = request.headers;
    received.push({ method, body: body.toString() });
    const verdict = verify(authorization, body, { secrets: [SECRET], ...(takesBasic ? { basic: BASIC } : {}) });
    const answer: Answer = { status: 200, headers: { 'content-type': 'application/json' }, body };
    if (verdict === 'missing' && takesBasic) {
      answer.status = 401;
      answer.headers['www-authenticate'] = 'Basic realm="x"';
    } else if (verdict !== 'authentic') answer.status = 403;
    else if (method === 'connect') {
      const config = restClientConfig({ failMethods: new Set(['publishStream']), overwrites: {} });
      answer.body = JSON.stringify({ ...(JSON.parse(body.toString()) as object), restClientConfig: config });
    }
    if (spoil(answer, { method, verdict, response }) === 'answered') return;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
});
type Spoil = (
  answer: Answer,
  hook: { readonly method: string; readonly verdict: string; readonly response: ServerResponse },
) => void | undefined | 'answered';
const well: Spoil = () => {};
let spoil = well;
let takesBasic = false;
const received: { method: string; body: string }[] = [];
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rest/my_api`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  spoil = well;
  takesBasic = false;
  received.length = 0;
});

interface Given {
  credentials?: Credentials;
  behind?: Search;
  timeout?: number;
  at?: string;
}

async function examine({ credentials = { secret: SECRET }, behind, timeout = 500, at = url }: Given = {}) {
  const gateway = createGateway(at, timeout);
  const findings: Finding[] = [];
  for await (const one of diagnose({ gateway, credentials, probes: 3, behind })) findings.push(one);
  gateway.close();
  return findings;
}
const of = (findings: readonly Finding[], check: string) => findings.find((one) => one.check === check);
const bad = (findings: readonly Finding[]) =>
  findings.filter(({ level }) => level === 'problem' || level === 'warning').map(({ check }) => check);

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

  it('says what to do with each thing that is not well, and never quotes a body or a secret', async () => {
    spoil = (answer) => void (answer.status = answer.status === 200 ? 500 : answer.status);
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
    takesBasic = true;
    const findings = await examine({ credentials: BASIC });
    expect(bad(findings)).toEqual([]);
    expect(of(findings, 'challenge')?.level).toBe('ok');
    expect(of(findings, 'HTTP Basic')?.level).toBe('ok');
  });

  it('sees a challenge that API Gateway renamed: a problem with Basic, a warning for who signs', async () => {
    takesBasic = true;
    spoil = ({ headers }) => {
      if (headers['www-authenticate'] === undefined) return;
      headers['x-amzn-remapped-www-authenticate'] = headers['www-authenticate'];
      delete headers['www-authenticate'];
    };
    const challenge = of(await examine({ credentials: BASIC }), 'challenge');
    expect(challenge).toMatchObject({ level: 'problem', found: expect.stringContaining('x-amzn-remapped') as string });
    expect(challenge?.todo).toContain('npm run secrets');
    expect(of(await examine(), 'challenge')?.level).toBe('warning');
    spoil = ({ headers }) => void delete headers['www-authenticate'];
    expect(of(await examine({ credentials: BASIC }), 'challenge')?.found).toBe('a 401 without WWW-Authenticate');
    spoil = ({ headers }) => void (headers['www-authenticate'] &&= 'Bearer');
    expect(of(await examine({ credentials: BASIC }), 'challenge')?.level).toBe('problem');
    spoil = (answer) => void (answer.status = answer.status === 401 ? 403 : answer.status);
    expect(of(await examine({ credentials: BASIC }), 'challenge')?.found).toContain('with 403');
  });

  it('sees that anybody, or anybody with any signature, is let in', async () => {
    spoil = (answer) => void (answer.status = 200);
    expect(of(await examine(), 'without credentials')).toMatchObject({ level: 'warning', found: 'taken (200)' });
    spoil = (answer, { verdict }) => void (answer.status = verdict === 'missing' ? 403 : 200);
    expect(of(await examine(), 'with a wrong signature')).toMatchObject({ level: 'problem', found: 'taken (200)' });
    spoil = (answer, { verdict }) => void (answer.status = verdict === 'wrong' ? 401 : answer.status);
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
    spoil = how;
    const findings = await examine();
    expect(of(findings, check)?.found).toContain(found);
    expect(bad(findings)).toContain(check);
  });

  it('asks for no credentials where nothing of ours answers', async () => {
    spoil = (a) => void (a.status = 404);
    expect(of(await examine({ credentials: {} }), 'hooks')).toBeUndefined();
    spoil = well;
    expect(of(await examine({ credentials: {} }), 'hooks')?.todo).toContain('HOOK_SECRET');
  });

  it('takes a denial by a policy for a sign of life, and says how to see more', async () => {
    spoil = (answer, { method }) => {
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
    spoil = (answer, { method }) => void (answer.status = method === 'connect' ? 403 : answer.status);
    expect(bad(await examine())).toEqual(['connect']);
  });

  it('knows the fields that a policy overwrites', async () => {
    const config = restClientConfig({ failMethods: new Set(), overwrites: { OnCallEvent: ['callee'] } });
    spoil = (answer, { method }) => {
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
    spoil = () => (++hooks > 8 ? 'answered' : undefined);
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
    spoil = ({ headers }) => void (headers['date'] = new Date(Date.now() - seconds * 1000).toUTCString());
    expect(of(await examine(), 'clock')).toMatchObject({ level, found: expect.stringContaining(how) as string });
  });
});

const anew = (body: Buffer | string) => JSON.stringify(JSON.parse(body.toString()));
const without = (body: Buffer | string, restClientConfig?: object) =>
  JSON.stringify({ ...(JSON.parse(body.toString()) as object), restClientConfig });

describe('the doctor, with a stage,', () => {
  const GOOD = {
    ...{ phase: { S: 'starting' }, status: { S: 'PENDING' }, name: { S: 'doctor' }, published: { BOOL: true } },
    ...{ nodeId: { S: 'doctor' }, appKey: { S: 'doctor' }, expiresAt: { N: '1' } },
  };
  /** A stage in the cloud as it should be, whose answers `change` changes; keys are names of commands. */
  function stageWith(change: Record<string, (input: Record<string, unknown>) => unknown> = {}) {
    const commands: string[] = [];
    const answers: Record<string, (input: Record<string, unknown>) => unknown> = {
      GetItem: ({ Key }) => ({ Item: { ...GOOD, ...(Key as object), firstSeenAt: { S: new Date().toISOString() } } }),
      DeleteItem: () => ({}),
      DescribeTable: ({ TableName }) => ({ Table: TableName === 's-streams' ? STREAMS : SESSIONS }),
      DescribeTimeToLive: () => ({
        TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' },
      }),
      DescribeContinuousBackups: () => ({
        ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' } },
      }),
      GetQueueAttributes: () => ({ Attributes: { ApproximateNumberOfMessages: '0' } }),
      ...change,
    };
    const send = (command: object) => {
      const name = command.constructor.name.replace('Command', '');
      commands.push(name);
      const { input } = command as { input: Record<string, unknown> };
      return Promise.resolve().then(() => answers[name]?.(input));
    };
    const stage = {
      ...{ name: 's', place: 'eu-central-1', isLocal: false, streamsTable: 's-streams', sessionsTable: 's-sessions' },
      dynamo: { send },
      queues: { send },
      queueUrl: (queue: string) => Promise.resolve(queue),
    } as unknown as Stage;
    return { behind: { stage, probeRows: createProbeRows(stage), withinMs: 0 }, commands };
  }
  const key = (...names: string[]) => names.map((AttributeName) => ({ AttributeName }));
  const SESSIONS = {
    TableStatus: 'ACTIVE',
    KeySchema: key('sessionId'),
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
  };
  const NonKeyAttributes = ['name', 'nodeId', 'appKey', 'sessionId', 'published'];
  const LIVE = { IndexName: 'live', KeySchema: key('live', 'startedAt'), Projection: { NonKeyAttributes } };
  const NAME = { IndexName: 'name', KeySchema: key('name', 'firstSeenAt'), Projection: { NonKeyAttributes: [] } };
  const STREAMS = { ...SESSIONS, KeySchema: key('mediaSessionId'), GlobalSecondaryIndexes: [LIVE, NAME] };
  const streamsAre = (table: object) => ({
    DescribeTable: ({ TableName }: Record<string, unknown>) => ({
      Table: TableName === 's-streams' ? { ...STREAMS, ...table } : SESSIONS,
    }),
  });
  const refuse = (name: string) => () => {
    throw Object.assign(new Error('no'), { name });
  };
  const rowWithout = (left: string) => ({
    GetItem: ({ Key }: Record<string, unknown>) => ({
      Item: { ...(Key as object), ...Object.fromEntries(Object.entries(GOOD).filter(([name]) => name !== left)) },
    }),
  });
  const present = (item: object) => Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
  const itemOf = (fields: object) => ({
    GetItem: () => ({ Item: present({ mediaSessionId: { S: 'x' }, expiresAt: { N: '1' }, ...fields }) }),
  });

  it('finds a good one well, and removes both rows', async () => {
    const { behind, commands } = stageWith();
    const findings = await examine({ behind });
    expect(bad(findings)).toEqual([]);
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(commands.filter((name) => name === 'DeleteItem')).toHaveLength(2);
  });

  it.each<[string, Parameters<typeof stageWith>[0], string, string]>([
    ['a row that is not there', { GetItem: () => ({}) }, 'row of the stream', 'no row'],
    ['a row that says something else', itemOf({ phase: { S: 'live' } }), 'row of the stream', 'phase is "live"'],
    ['a row for ever', rowWithout('expiresAt'), 'row of the stream', 'no expiresAt'],
    ['a row with an sdp', itemOf({ sdp: { S: 'v=0' } }), 'row of the stream', 'it holds sdp'],
    ['a row with custom', itemOf({ custom: { M: {} } }), 'row of the stream', 'it holds custom'],
    [
      'a row with a token under another name',
      itemOf({ note: { S: 'doctor-not-to-be-stored' } }),
      'row of the stream',
      'it holds note',
    ],
    ['a table that is not there', { DescribeTable: refuse('ResourceNotFoundException') }, 's-streams', 'there is none'],
    ['a provisioned table', streamsAre({ BillingModeSummary: undefined }), 's-streams', 'PROVISIONED'],
    ['another key', streamsAre({ KeySchema: key('id') }), 's-streams', 'its key is id'],
    ['a missing index', streamsAre({ GlobalSecondaryIndexes: [NAME] }), 's-streams', 'the index live is missing'],
    [
      'an index that is being made',
      streamsAre({ GlobalSecondaryIndexes: [{ ...LIVE, IndexStatus: 'CREATING' }, NAME] }),
      's-streams',
      'the index live is CREATING',
    ],
    [
      'an index that lacks a field',
      streamsAre({ GlobalSecondaryIndexes: [{ ...LIVE, Projection: { NonKeyAttributes: ['name'] } }, NAME] }),
      's-streams',
      'the index live lacks nodeId',
    ],
    [
      'TTL that is off',
      { DescribeTimeToLive: () => ({ TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } }) },
      's-streams, TTL',
      'off',
    ],
    [
      'TTL by another field',
      {
        DescribeTimeToLive: () => ({ TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'x' } }),
      },
      's-sessions, TTL',
      'off',
    ],
    ['no recovery', { DescribeContinuousBackups: () => ({}) }, 's-streams, recovery', 'off'],
    ['a right that lacks', { DescribeTimeToLive: refuse('AccessDeniedException') }, 's-streams, TTL', 'AccessDenied'],
    [
      'hooks that wait',
      { GetQueueAttributes: () => ({ Attributes: { ApproximateNumberOfMessagesNotVisible: '2' } }) },
      'wcs-hooks-s-parking',
      '2 waiting',
    ],
    [
      'dead letters',
      { GetQueueAttributes: () => ({ Attributes: { ApproximateNumberOfMessages: '3' } }) },
      'wcs-hooks-s-dead-letters',
      '3 given up',
    ],
    ['a queue that is not there', { GetQueueAttributes: refuse('QueueDoesNotExist') }, 'wcs-hooks-s-parking', 'none'],
    [
      'rows that cannot be removed',
      { DeleteItem: refuse('AccessDeniedException') },
      'rows of the probes',
      'not removed',
    ],
  ])('sees %s', async (_, change, check, found) => {
    const findings = await examine({ behind: stageWith(change).behind });
    expect(bad(findings)).toContain(check);
    expect(of(findings, check)?.found).toContain(found);
  });

  it('looks at the session’s row as at the stream’s', async () => {
    const withSession = (fields: object) => ({
      GetItem: ({ Key, TableName }: Record<string, unknown>) => ({
        Item:
          TableName === 's-sessions'
            ? present({ ...(Key as object), expiresAt: { N: '1' }, ...fields })
            : { ...GOOD, ...(Key as object), firstSeenAt: { S: new Date().toISOString() } },
      }),
    });
    for (const [fields, found] of [
      [{ custom: { M: {} } }, 'it holds custom'],
      [{ token: { S: 'x' } }, 'it holds token'],
      [{ ip: { S: 'doctor-not-to-be-stored' } }, 'it holds ip'],
      [{ expiresAt: { S: 'soon' } }, 'no expiresAt'],
      [{ expiresAt: undefined }, 'no expiresAt'],
    ] as const) {
      const findings = await examine({ behind: stageWith(withSession(fields)).behind });
      expect(bad(findings)).toEqual(['row of the session']);
      expect(of(findings, 'row of the session')?.found).toContain(found);
    }
    expect(of(await examine({ behind: stageWith(withSession({})).behind }), 'row of the session')?.level).toBe('ok');
    const gone = stageWith({
      GetItem: ({ Key }) => ('sessionId' in (Key as object) ? {} : { Item: { ...GOOD, ...(Key as object) } }),
    });
    expect(bad(await examine({ behind: gone.behind }))).toEqual(['row of the session']);
  });

  it('looks for the session’s row only where connect was answered', async () => {
    spoil = (_, { method }) => (method === 'connect' ? 'answered' : undefined);
    const findings = await examine({ behind: stageWith().behind, timeout: 100 });
    expect(of(findings, 'row of the session')).toBeUndefined();
    expect(of(findings, 'connect')?.found).toBe('no answer in time');
    expect(of(findings, 'rows of the probes')).toMatchObject({ level: 'warning' });
  });

  it('tells each field of a row that says something else, and what must not be stored before all', async () => {
    const change = { name: { S: 'x' }, published: { BOOL: false }, nodeId: undefined };
    const findings = await examine({ behind: stageWith(itemOf({ ...GOOD, ...change })).behind });
    expect(of(findings, 'row of the stream')?.found).toBe(
      'nodeId is absent instead of doctor, name is "x" instead of doctor, published is false instead of true',
    );
    const leaking = stageWith(itemOf({ ...GOOD, ...change, sdp: { S: 'v=0' } }));
    expect(of(await examine({ behind: leaking.behind }), 'row of the stream')?.found).toBe('it holds sdp');
  });

  it('waits for a row that comes late', async () => {
    let reads = 0;
    const { behind } = stageWith({
      GetItem: ({ Key }) =>
        ++reads < 3 ? {} : { Item: { ...GOOD, ...(Key as object), firstSeenAt: { S: new Date().toISOString() } } },
    });
    expect(bad(await examine({ behind: { ...behind, withinMs: 2000 } }))).toEqual([]);
    expect(reads).toBeGreaterThan(2);
  });

  it('reads rows consistently, and removes both by keys that no other run has', async () => {
    const inputs: [string, Record<string, unknown>][] = [];
    const note =
      (name: string, answer: (input: Record<string, unknown>) => unknown) => (input: Record<string, unknown>) => {
        inputs.push([name, input]);
        return answer(input);
      };
    const good = ({ Key }: Record<string, unknown>) => ({
      Item: { ...GOOD, ...(Key as object), firstSeenAt: { S: new Date().toISOString() } },
    });
    const { behind } = stageWith({ GetItem: note('GetItem', good), DeleteItem: note('DeleteItem', () => ({})) });
    await examine({ behind });
    const of = (name: string) => inputs.flatMap(([one, input]) => (one === name ? [input] : []));
    expect(of('GetItem').map(({ ConsistentRead }) => ConsistentRead)).toEqual([true, true]);
    const { mediaSessionId, sessionId } = behind.probeRows.ids;
    expect(of('DeleteItem')).toEqual([
      { TableName: 's-streams', Key: { mediaSessionId: { S: mediaSessionId } } },
      { TableName: 's-sessions', Key: { sessionId: { S: sessionId } } },
    ]);
    const other = stageWith().behind.probeRows.ids;
    expect(other.mediaSessionId).not.toBe(mediaSessionId);
    expect(other.sessionId).not.toBe(sessionId);
  });

  it('tells by the row’s own time whether the clock is right', async () => {
    const late = { ...GOOD, firstSeenAt: { S: new Date(Date.now() + 10_000).toISOString() } };
    const findings = await examine({ behind: stageWith(itemOf(late)).behind });
    expect(of(findings, 'clock')).toMatchObject({
      level: 'warning',
      found: expect.stringContaining('behind') as string,
    });
  });

  it.each<[string, Parameters<typeof stageWith>[0], Record<string, string>]>([
    ['tables that are being updated', streamsAre({ TableStatus: 'UPDATING' }), { 's-streams': 'problem' }],
    ['a provisioned table', streamsAre({ BillingModeSummary: undefined }), { 's-streams': 'warning' }],
    [
      'tables that cannot be read, each',
      { DescribeTable: refuse('AccessDeniedException') },
      { 's-streams': 'problem', 's-sessions': 'problem' },
    ],
    [
      'an index with the keys in another order',
      streamsAre({ GlobalSecondaryIndexes: [{ ...LIVE, KeySchema: key('live', 'firstSeenAt') }, NAME] }),
      { 's-streams': 'problem' },
    ],
    [
      'an index without published',
      streamsAre({
        GlobalSecondaryIndexes: [
          { ...LIVE, Projection: { NonKeyAttributes: NonKeyAttributes.filter((name) => name !== 'published') } },
          NAME,
        ],
      }),
      { 's-streams': 'problem' },
    ],
    ['no index by name', streamsAre({ GlobalSecondaryIndexes: [LIVE] }), { 's-streams': 'problem' }],
    [
      'TTL that is being turned off',
      {
        DescribeTimeToLive: () => ({
          TimeToLiveDescription: { TimeToLiveStatus: 'DISABLING', AttributeName: 'expiresAt' },
        }),
      },
      { 's-streams, TTL': 'problem', 's-sessions, TTL': 'problem' },
    ],
    [
      'recovery that is off',
      {
        DescribeContinuousBackups: () => ({
          ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' } },
        }),
      },
      { 's-streams, recovery': 'warning', 's-sessions, recovery': 'warning' },
    ],
    [
      'settings that may not be looked at',
      { DescribeContinuousBackups: refuse('AccessDeniedException') },
      { 's-streams, recovery': 'warning', 's-sessions, recovery': 'warning' },
    ],
    [
      'one message in each queue',
      { GetQueueAttributes: () => ({ Attributes: { ApproximateNumberOfMessages: '1' } }) },
      { 'wcs-hooks-s-parking': 'warning', 'wcs-hooks-s-dead-letters': 'problem' },
    ],
    [
      'queues that cannot be read',
      { GetQueueAttributes: refuse('AccessDeniedException') },
      { 'wcs-hooks-s-parking': 'problem', 'wcs-hooks-s-dead-letters': 'problem' },
    ],
    [
      'rows that cannot be removed',
      { DeleteItem: refuse('AccessDeniedException') },
      { 'rows of the probes': 'warning' },
    ],
    [
      'rows that may not be read',
      { GetItem: refuse('AccessDeniedException') },
      { 'row of the stream': 'problem', 'rows of the probes': 'warning' },
    ],
  ])('calls %s what it is, and nothing else bad', async (_, change, levels) => {
    const findings = await examine({ behind: stageWith(change).behind });
    const found = findings.filter(({ level }) => level === 'problem' || level === 'warning');
    expect(Object.fromEntries(found.map(({ check, level }) => [check, level]))).toEqual(levels);
  });

  it.each<[string, Parameters<typeof stageWith>[0]]>([
    [
      'TTL that is being turned on',
      {
        DescribeTimeToLive: () => ({
          TimeToLiveDescription: { TimeToLiveStatus: 'ENABLING', AttributeName: 'expiresAt' },
        }),
      },
    ],
    [
      'indexes with all attributes',
      streamsAre({
        GlobalSecondaryIndexes: [
          { ...LIVE, Projection: { ProjectionType: 'ALL' } },
          { ...NAME, Projection: { ProjectionType: 'ALL' } },
        ],
      }),
    ],
    [
      'indexes of which no status is told',
      streamsAre({
        GlobalSecondaryIndexes: [
          { ...LIVE, IndexStatus: undefined },
          { ...NAME, IndexStatus: 'ACTIVE' },
        ],
      }),
    ],
  ])('is content with %s', async (_, change) => {
    expect(bad(await examine({ behind: stageWith(change).behind }))).toEqual([]);
  });

  it('counts what is visible in a queue and what is not, and asks for both', async () => {
    const asked: unknown[] = [];
    const { behind } = stageWith({
      GetQueueAttributes: ({ AttributeNames }) => {
        asked.push(AttributeNames);
        return { Attributes: { ApproximateNumberOfMessages: '3', ApproximateNumberOfMessagesNotVisible: '4' } };
      },
    });
    const findings = await examine({ behind });
    expect(of(findings, 'wcs-hooks-s-parking')?.found).toBe('7 waiting');
    expect(of(findings, 'wcs-hooks-s-dead-letters')?.found).toBe('7 given up');
    expect(asked).toEqual([0, 1].map(() => ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible']));
  });

  it('tells whether a table is protected from deletion', async () => {
    const found = async (table: object) =>
      of(await examine({ behind: stageWith(streamsAre(table)).behind }), 's-streams')?.found;
    expect(await found({ DeletionProtectionEnabled: true })).toBe(
      'active, PAY_PER_REQUEST, protected from deletion, indexes live, name',
    );
    expect(await found({})).toContain(', not protected from deletion');
  });

  it('of this machine asks for what its DynamoDB has', async () => {
    const { behind, commands } = stageWith();
    const findings = await examine({ behind: { ...behind, stage: { ...behind.stage, isLocal: true } } });
    expect(of(findings, 's-streams')?.level).toBe('ok');
    expect(findings.filter(({ level }) => level === 'left out').map(({ check }) => check)).toEqual([
      's-streams',
      's-sessions',
    ]);
    expect(commands).not.toContain('DescribeTimeToLive');
  });

  it('shows the client’s token and origin with connect, and with nothing else', async () => {
    const gateway = createGateway(url, 500);
    const shown = { token: 'a-token', origin: 'https://page' };
    for await (const _ of diagnose({
      gateway,
      credentials: { secret: SECRET },
      probes: 1,
      behind: undefined,
      ...shown,
    }));
    gateway.close();
    const connects = received
      .filter(({ method }) => method === 'connect')
      .map(({ body }) => JSON.parse(body) as object);
    expect(connects).toMatchObject([{ origin: 'https://page', custom: { token: 'a-token' } }]);
    expect(received.filter(({ method, body }) => method !== 'connect' && /a-token|https:..page/.test(body))).toEqual(
      [],
    );
  });

  it('tells a stream’s hook with what must not be stored, in JSON as no serialiser writes it', async () => {
    await examine({ behind: stageWith().behind });
    const [body = ''] = received.filter(({ method }) => method === 'StreamStatusEvent').map(({ body }) => body);
    expect(JSON.parse(body)).toMatchObject({
      sdp: expect.stringContaining('doctor-not-to-be-stored') as string,
      custom: { token: 'doctor-not-to-be-stored' },
    });
    expect(JSON.stringify(JSON.parse(body))).not.toBe(body);
  });

  it('sends no more ids where the row does not come, and says that it may come yet', async () => {
    const { behind, commands } = stageWith({ GetItem: refuse('TimeoutError') });
    const findings = await examine({ behind });
    expect(received.filter(({ body }) => body.includes(behind.probeRows.ids.mediaSessionId))).toHaveLength(1);
    expect(received.filter(({ body }) => body.includes('"sessionId"'))).toHaveLength(1);
    expect(of(findings, 'rows of the probes')).toMatchObject({
      level: 'warning',
      todo: expect.stringContaining(behind.probeRows.ids.mediaSessionId) as string,
    });
    expect(commands).toContain('DeleteItem');
  });

  it('says that a probe which was not answered may be written after the removal', async () => {
    let hooks = 0;
    spoil = () => (++hooks === 10 ? 'answered' : undefined);
    const findings = await examine({ behind: stageWith().behind, timeout: 100 });
    expect(of(findings, 'rows of the probes')).toMatchObject({ level: 'warning', found: 'removed' });
  });

  it('removes its rows also when nobody listens any more, and when it fails', async () => {
    const { behind, commands } = stageWith();
    const gateway = createGateway(url, 500);
    const target = { gateway, credentials: { secret: SECRET }, probes: 1, behind };
    for await (const { check } of diagnose(target)) if (check === 'row of the stream') break;
    expect(commands.filter((name) => name === 'DeleteItem')).toHaveLength(2);

    const failing = stageWith();
    const broken = {
      ...gateway,
      post: (...hook: Parameters<typeof gateway.post>) => {
        if (hook[0] === 'connect') throw new Error('broken');
        return gateway.post(...hook);
      },
    };
    const run = async () => {
      for await (const _ of diagnose({ ...target, gateway: broken, behind: failing.behind }));
    };
    await expect(run()).rejects.toThrow('broken');
    expect(failing.commands.filter((name) => name === 'DeleteItem')).toHaveLength(2);
    gateway.close();
  });

  it('touches no table where no probe is let in, but looks at it', async () => {
    const { behind, commands } = stageWith();
    await examine({ behind, credentials: {} });
    expect(commands).not.toContain('DeleteItem');
    expect(commands).toContain('DescribeTable');
  });
});
