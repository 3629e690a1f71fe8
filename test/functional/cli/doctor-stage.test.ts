import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { diagnose } from '../../../infra/cli/doctor/diagnose.ts';
import { createGateway } from '../../../infra/cli/doctor/gateway.ts';
import type { Stage } from '../../../infra/cli/stage-access.ts';
import { createProbeRows } from '../../../infra/cli/doctor/probe-rows.ts';
import { bad, of, startExaminedBackend, SECRET } from '../../support/examined-backend.ts';

const { control, examine, received, url, reset, stop } = await startExaminedBackend();
afterEach(reset);
afterAll(stop);

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
      DescribeTable: ({ TableName }) => ({ Table: TABLES[String(TableName)] }),
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
      ...{
        name: 's',
        place: 'eu-central-1',
        isLocal: false,
        streamsTable: 's-streams',
        sessionsTable: 's-sessions',
        callsTable: 's-calls',
      },
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
  const index = (IndexName: string, keys: string[], ...fields: string[]) => ({
    ...{ IndexName, KeySchema: key(...keys), Projection: { NonKeyAttributes: fields } },
  });
  const ended = ['nodeId', 'appKey', 'sub'];
  const CLOSED = index('closed', ['closedIn', 'closedAt'], 'name', 'published', 'startedAt', ...ended);
  const STREAMS = { ...SESSIONS, KeySchema: key('mediaSessionId'), GlobalSecondaryIndexes: [LIVE, NAME, CLOSED] };
  const CALLS = {
    ...{ ...SESSIONS, KeySchema: key('callId') },
    GlobalSecondaryIndexes: [
      index('live', ['live', 'firstSeenAt'], 'caller', 'callee', 'nodeId', 'appKey', 'sessionId'),
      index('closed', ['closedIn', 'closedAt'], 'caller', 'callee', 'answeredAt', ...ended),
    ],
  };
  const TABLES: Record<string, object> = { 's-streams': STREAMS, 's-sessions': SESSIONS, 's-calls': CALLS };
  const streamsAre = (table: object) => ({
    DescribeTable: ({ TableName }: Record<string, unknown>) => ({
      Table: { ...TABLES[String(TableName)], ...(TableName === 's-streams' ? table : {}) },
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
    [
      'a table that is not there',
      { DescribeTable: refuse('ResourceNotFoundException') },
      's-streams',
      'it does not exist',
    ],
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
    [
      'a queue that is not there',
      { GetQueueAttributes: refuse('QueueDoesNotExist') },
      'wcs-hooks-s-parking',
      'it does not exist',
    ],
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
    control.spoil = (_, { method }) => (method === 'connect' ? 'answered' : undefined);
    const findings = await examine({ behind: stageWith().behind, timeout: 100 });
    expect(of(findings, 'row of the session')).toBeUndefined();
    expect(of(findings, 'connect')?.found).toBe('no answer in time');
    expect(of(findings, 'rows of the probes')).toMatchObject({ level: 'warning' });
  });

  it('reports each field of a row that differs, and first of all what must not be stored', async () => {
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

  it('checks the clock by the time in the row', async () => {
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
      { 's-streams': 'problem', 's-sessions': 'problem', 's-calls': 'problem' },
    ],
    [
      'an index with the keys in another order',
      streamsAre({ GlobalSecondaryIndexes: [{ ...LIVE, KeySchema: key('live', 'firstSeenAt') }, NAME, CLOSED] }),
      { 's-streams': 'problem' },
    ],
    [
      'an index without published',
      streamsAre({
        GlobalSecondaryIndexes: [
          { ...LIVE, Projection: { NonKeyAttributes: NonKeyAttributes.filter((name) => name !== 'published') } },
          NAME,
          CLOSED,
        ],
      }),
      { 's-streams': 'problem' },
    ],
    ['no index of what is closed', streamsAre({ GlobalSecondaryIndexes: [LIVE, NAME] }), { 's-streams': 'problem' }],
    ['no index by name', streamsAre({ GlobalSecondaryIndexes: [LIVE, CLOSED] }), { 's-streams': 'problem' }],
    [
      'TTL that is being turned off',
      {
        DescribeTimeToLive: () => ({
          TimeToLiveDescription: { TimeToLiveStatus: 'DISABLING', AttributeName: 'expiresAt' },
        }),
      },
      { 's-streams, TTL': 'problem', 's-sessions, TTL': 'problem', 's-calls, TTL': 'problem' },
    ],
    [
      'recovery that is off',
      {
        DescribeContinuousBackups: () => ({
          ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' } },
        }),
      },
      { 's-streams, recovery': 'warning', 's-sessions, recovery': 'warning', 's-calls, recovery': 'warning' },
    ],
    [
      'settings that may not be looked at',
      { DescribeContinuousBackups: refuse('AccessDeniedException') },
      { 's-streams, recovery': 'warning', 's-sessions, recovery': 'warning', 's-calls, recovery': 'warning' },
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
          { ...CLOSED, Projection: { ProjectionType: 'ALL' } },
        ],
      }),
    ],
    [
      'indexes of which no status is told',
      streamsAre({
        GlobalSecondaryIndexes: [{ ...LIVE, IndexStatus: undefined }, { ...NAME, IndexStatus: 'ACTIVE' }, CLOSED],
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

  it('says whether a table is protected from deletion', async () => {
    const found = async (table: object) =>
      of(await examine({ behind: stageWith(streamsAre(table)).behind }), 's-streams')?.found;
    expect(await found({ DeletionProtectionEnabled: true })).toBe(
      'active, PAY_PER_REQUEST, protected from deletion, indexes live, name, closed',
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
      's-calls',
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
    control.spoil = () => (++hooks === 10 ? 'answered' : undefined);
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

  it('touches no row where no probe is accepted, but looks at the tables', async () => {
    const { behind, commands } = stageWith();
    await examine({ behind, credentials: {} });
    expect(commands).not.toContain('DeleteItem');
    expect(commands).toContain('DescribeTable');
  });
});
