import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { alarms } from '../../infra/cloudformation/alarms.ts';
import { concurrency } from '../../infra/cloudformation/concurrency.ts';
import { METHOD_NAMES, METHODS } from '../../lib/wcs/methods.ts';
import { FUNCTIONS } from '../../infra/cloudformation/functions.ts';
import { DiagnosticsSchema } from '../../lib/wcs/payloads.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
}
type Reference = { Ref?: string; 'Fn::GetAtt'?: [string, string]; 'Fn::Join'?: [string, [string, Reference]] };
interface Statement {
  Action: string[];
  Resource: Reference;
}

interface Template {
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: string | { 'Fn::Sub'?: string } }>;
}

/** In bytes. */
const LARGEST: Readonly<Record<string, number>> = { event: 260_000, board: 400_000 };

/** No credentials, no network: nothing of AWS is needed to package. */
async function packaged(stage: string, settings: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'wcs-hooks-package-'));
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS_|HOOK_|FAIL_)/.test(name)));
  const proxy = 'http://127.0.0.1:9';
  const { stdout, stderr } = await run('npx', ['serverless', 'package', '--stage', stage, '--package', folder], {
    cwd: ROOT,
    env: { ...env, https_proxy: proxy, HTTPS_PROXY: proxy, ...settings },
  });
  const text = readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  return { folder, output: stdout + stderr, text, ...(JSON.parse(text) as Template) };
}

describe('serverless package', () => {
  let output = '';
  let folder = '';
  let resources: Record<string, Resource> = {};
  let outputs: Template['Outputs'] = {};
  const of = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);

  beforeAll(async () => {
    const dev = await packaged('dev', { HOOK_SECRET: 'S3CRET', TOKEN_SECRET: 'S3CRET' });
    ({ folder, output, Resources: resources, Outputs: outputs } = dev);
  });

  it('gives every method of the table a route to the function of its type, the rest one to the catch-all, and the board its own', () => {
    const functionOf = (target: Reference) => {
      const integration = target['Fn::Join']?.[1][1].Ref ?? '';
      const uri = resources[integration]?.Properties['IntegrationUri'] as Reference;
      return uri['Fn::GetAtt']?.[0];
    };
    const routes = of('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => [
      Properties['RouteKey'],
      functionOf(Properties['Target'] as Reference),
    ]);
    const functions = {
      connect: 'ConnectLambdaFunction',
      invocation: 'InvocationLambdaFunction',
      event: 'EventLambdaFunction',
      incoming: 'IncomingLambdaFunction',
    };
    const expected = METHOD_NAMES.map((name) => [`POST /rest/my_api/${name}`, functions[METHODS[name].type]]);
    const board = ['ANY /board', 'ANY /board/{path+}', 'OPTIONS /board/{path+}'];
    expect(routes.sort()).toEqual(
      [
        ...expected,
        ['POST /rest/my_api/{method+}', functions.invocation],
        ...board.map((route) => [route, 'BoardLambdaFunction']),
      ].sort(),
    );
  });

  it('builds each function as one bundle of at most 300 KB, the one of events of 260, the board with its page of 400, alone in its zip with its entry, and says so', async () => {
    for (const name of FUNCTIONS) {
      const { stdout } = await run(process.execPath, ['-e', LIST_ZIP, join(folder, `${name}.zip`)], { cwd: ROOT });
      const files = JSON.parse(stdout) as { name: string; bytes: number }[];
      expect(files.map((file) => file.name).sort()).toEqual([`dist/${name}.cjs`, `dist/${name}.mjs`]);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      expect(bytes).toBeLessThanOrEqual(LARGEST[name] ?? 300_000);
      expect(output).toMatch(new RegExp(`built dist/${name}\\.cjs +[0-9.]+ KB`));
    }
  });

  it('makes Node 24 functions on arm64 that have time for the store', () => {
    const functions = of('AWS::Lambda::Function').map(([name, { Properties }]) => [name, Properties] as const);
    expect(functions).toHaveLength(FUNCTIONS.length);
    const timeouts: Record<string, number> = {
      ...{ SweepLambdaFunction: 60, ReplayLambdaFunction: 20, ChangesLambdaFunction: 60 },
    };
    for (const [name, properties] of functions) {
      const Timeout = timeouts[name] ?? 10;
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Timeout });
      // Of Lambda's own lines only those of what went wrong are written; ours, which hold the metrics, all.
      expect(properties).toHaveProperty('LoggingConfig', {
        ...{ LogFormat: 'JSON', ApplicationLogLevel: 'INFO', SystemLogLevel: 'WARN' },
      });
      expect(properties).toHaveProperty('Environment.Variables.STREAMS_TABLE', 'wcs-hooks-dev-streams');
    }
  });

  it('sweeps each minute, never again for a sweep that failed or came late, and replays the queue with partial failures, two at a time', () => {
    expect(of('AWS::Events::Rule').map(([, { Properties }]) => Properties)).toMatchObject([
      { ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' },
    ]);
    expect(of('AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => Properties)).toMatchObject([
      { FunctionName: { Ref: 'SweepLambdaFunction' }, MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
    ]);
    const mappings = of('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties);
    expect(mappings.filter(({ FunctionName }) => JSON.stringify(FunctionName).includes('Replay'))).toMatchObject([
      {
        EventSourceArn: { 'Fn::GetAtt': ['ParkingQueue', 'Arn'] },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
      },
    ]);
    expect(resources['ParkingQueue']?.Properties).toMatchObject({
      VisibilityTimeout: 120,
      MessageRetentionPeriod: 14 * 24 * 3600,
      RedrivePolicy: { maxReceiveCount: 1000, deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] } },
    });
  });

  it('tells the bus of the changes of every table: in order, within a second, and never blocked by one that cannot be told', () => {
    const mappings = of('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties);
    const ofChanges = mappings.filter(({ FunctionName }) => JSON.stringify(FunctionName).includes('Changes'));
    // Bans are no subjects of hooks.
    const tables = of('AWS::DynamoDB::Table').filter(([id]) => id !== 'BansTable');
    expect(ofChanges.map(({ EventSourceArn }) => EventSourceArn)).toEqual(
      tables.map(([id]) => ({ 'Fn::GetAtt': [id, 'StreamArn'] })),
    );
    for (const [, { Properties }] of tables)
      expect(Properties['StreamSpecification']).toEqual({ StreamViewType: 'NEW_AND_OLD_IMAGES' });
    for (const mapping of ofChanges) {
      expect(mapping).toMatchObject({
        ...{ StartingPosition: 'TRIM_HORIZON', MaximumBatchingWindowInSeconds: 1, BisectBatchOnFunctionError: true },
        ...{ FunctionResponseTypes: ['ReportBatchItemFailures'], MaximumRecordAgeInSeconds: 23.5 * 3600 },
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['ChangesDeadLetterQueue', 'Arn'] } } },
      });
      // As often as it takes, until it is too old; the batches of a partition one after another.
      expect(mapping).not.toHaveProperty('MaximumRetryAttempts');
      expect(mapping['ParallelizationFactor']).toBeUndefined();
    }
    expect(resources['EventBus']?.Properties).toEqual({ Name: 'wcs-hooks-dev' });
    expect(outputs['EventBusName']?.Value).toEqual({ 'Fn::Sub': '${EventBus}' });
  });

  it('gives each function its own role, with only its log group, its tables and the six secrets', () => {
    const table = { 'Fn::GetAtt': ['StreamsTable', 'Arn'] };
    const sessions = { 'Fn::GetAtt': ['SessionsTable', 'Arn'] };
    const calls = { 'Fn::GetAtt': ['CallsTable', 'Arn'] };
    const upserts = { Action: ['dynamodb:UpdateItem', 'dynamodb:GetItem'], Resource: table };
    const upsertsSessions = { Action: ['dynamodb:UpdateItem', 'dynamodb:GetItem'], Resource: sessions };
    const upsertsCalls = { Action: ['dynamodb:UpdateItem', 'dynamodb:GetItem'], Resource: calls };
    const readsSessions = { Action: ['dynamodb:GetItem'], Resource: sessions };
    const readsSecrets = { Action: ['ssm:GetParameters'] };
    const sipAccounts = 'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/wcs-hooks/dev/sip/*';
    const readsSipAccounts = { Action: ['ssm:GetParameters'], Resource: { 'Fn::Sub': sipAccounts } };
    const parks = { Action: ['sqs:SendMessage'], Resource: { 'Fn::GetAtt': ['ParkingQueue', 'Arn'] } };
    const readsBans = { Action: ['dynamodb:Scan'], Resource: { 'Fn::GetAtt': ['BansTable', 'Arn'] } };
    const rights: Record<string, object[]> = {
      Connect: [readsSecrets, readsSipAccounts, upsertsSessions, parks, readsBans],
      Incoming: [readsSecrets, readsSessions, upsertsCalls, parks],
      Event: [readsSecrets, upserts, upsertsSessions, upsertsCalls, parks, readsBans],
      Invocation: [readsSecrets, readsSipAccounts, upserts, upsertsSessions, upsertsCalls, parks, readsBans],
      Sweep: [
        { Action: ['dynamodb:Query'], Resource: { 'Fn::Sub': '${StreamsTable.Arn}/index/live' } },
        { Action: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'dynamodb:GetItem'], Resource: table },
        { Action: ['dynamodb:Query'], Resource: { 'Fn::Sub': '${CallsTable.Arn}/index/live' } },
        { Action: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'dynamodb:GetItem'], Resource: calls },
        { Action: ['dynamodb:BatchGetItem'], Resource: sessions },
      ],
      Replay: [
        upserts,
        upsertsSessions,
        upsertsCalls,
        { Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] },
        { Action: ['sqs:SendMessage'], Resource: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] } },
      ],
      Board: [
        readsSecrets,
        {
          Action: ['dynamodb:Query'],
          Resource: ['StreamsTable', 'CallsTable'].flatMap((name) =>
            ['live', 'closed'].map((index) => ({ 'Fn::Sub': `\${${name}.Arn}/index/${index}` })),
          ),
        },
        { Action: ['dynamodb:GetItem'], Resource: [table, sessions, { 'Fn::GetAtt': ['CallsTable', 'Arn'] }] },
        { Action: ['dynamodb:UpdateItem'], Resource: table, Condition: expect.anything() as unknown },
        { ...readsBans, Action: ['dynamodb:Scan', 'dynamodb:PutItem', 'dynamodb:DeleteItem'] },
      ],
      Changes: [
        {
          Action: [
            'dynamodb:GetRecords',
            'dynamodb:GetShardIterator',
            'dynamodb:DescribeStream',
            'dynamodb:ListStreams',
          ],
          Resource: of('AWS::DynamoDB::Table')
            .filter(([id]) => id !== 'BansTable')
            .map(([id]) => ({ 'Fn::GetAtt': [id, 'StreamArn'] })),
        },
        { Action: ['events:PutEvents'], Resource: { 'Fn::GetAtt': ['EventBus', 'Arn'] } },
        { Action: ['sqs:SendMessage'], Resource: { 'Fn::GetAtt': ['ChangesDeadLetterQueue', 'Arn'] } },
      ],
    };
    expect(of('AWS::IAM::Role')).toHaveLength(FUNCTIONS.length);
    for (const [name, expected] of Object.entries(rights)) {
      const { Role } = resources[`${name}LambdaFunction`]?.Properties as { Role: Reference };
      expect(Role).toEqual({ 'Fn::GetAtt': [`${name}Role`, 'Arn'] });
      const { Policies } = resources[`${name}Role`]?.Properties as {
        Policies: { PolicyDocument: { Statement: Statement[] } }[];
      };
      const statements = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      expect(statements).toMatchObject([
        {
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: { 'Fn::GetAtt': [`${name}LogGroup`, 'Arn'] },
        },
        ...expected,
      ]);
    }
    const { Policies } = resources['ConnectRole']?.Properties as {
      Policies: { PolicyDocument: { Statement: { Resource: { 'Fn::Sub': string }[] }[] } }[];
    };
    expect(Policies[0]?.PolicyDocument.Statement[1]?.Resource.map((secret) => secret['Fn::Sub'])).toEqual(
      [
        'hook-secret',
        'hook-secret-previous',
        'hook-user',
        'hook-password',
        'token-secret',
        'token-secret-previous',
      ].map((name) => `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/wcs-hooks/dev/${name}`),
    );
  });

  it('has the tables of streams and calls with their indexes, TTL and recovery', () => {
    expect(resources['StreamsTable']?.Properties).toMatchObject({
      TableName: 'wcs-hooks-dev-streams',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'mediaSessionId', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        { IndexName: 'live', Projection: { NonKeyAttributes: ['name', 'nodeId', 'appKey', 'sessionId', 'published'] } },
        { IndexName: 'name', Projection: { NonKeyAttributes: ['nodeId', 'published'] } },
        {
          IndexName: 'closed',
          KeySchema: [
            { AttributeName: 'closedIn', KeyType: 'HASH' },
            { AttributeName: 'closedAt', KeyType: 'RANGE' },
          ],
          Projection: { NonKeyAttributes: expect.arrayContaining(['name', 'sub', 'info', 'startedAt']) as unknown },
        },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
    });
    expect(resources['CallsTable']?.Properties).toMatchObject({
      TableName: 'wcs-hooks-dev-calls',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'callId', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'live',
          KeySchema: [
            { AttributeName: 'live', KeyType: 'HASH' },
            { AttributeName: 'firstSeenAt', KeyType: 'RANGE' },
          ],
          Projection: { NonKeyAttributes: expect.arrayContaining(['caller', 'callee', 'sessionId']) as unknown },
        },
        {
          IndexName: 'closed',
          KeySchema: [
            { AttributeName: 'closedIn', KeyType: 'HASH' },
            { AttributeName: 'closedAt', KeyType: 'RANGE' },
          ],
          Projection: { NonKeyAttributes: expect.arrayContaining(['sipStatus', 'talkSeconds', 'sub']) as unknown },
        },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
    });
  });

  it('has the table of sessions, which nothing needs to find but by their id', () => {
    expect(resources['SessionsTable']?.Properties).toEqual({
      TableName: 'wcs-hooks-dev-sessions',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'sessionId', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'sessionId', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      DeletionProtectionEnabled: false,
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
  });

  it('throttles diagnosis and the board more than hooks, once their routes exist', () => {
    const stage = resources['HttpApiStage'] as Resource & { DependsOn: string[] };
    const methods = METHOD_NAMES.filter((name) => METHODS[name].schema === DiagnosticsSchema);
    expect(methods).toEqual(expect.arrayContaining(['submitBugReport', 'pushLogs', 'sessionDebug']));
    const lower = { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 };
    const board = ['ANY /board', 'ANY /board/{path+}', 'OPTIONS /board/{path+}'];
    expect(stage.Properties).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 10_000, ThrottlingBurstLimit: 5000 },
      RouteSettings: Object.fromEntries([
        ...methods.map((name) => [`POST /rest/my_api/${name}`, lower] as const),
        ...board.map((route) => [route, { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 }] as const),
      ]),
    });
    const awaited = stage.DependsOn.map((id) => resources[id]?.Properties['RouteKey']).filter(Boolean);
    expect(awaited).toEqual([...methods.map((name) => `POST /rest/my_api/${name}`), ...board]);
  });

  it('logs each request to the API as JSON that names no path, no header and no body', () => {
    const { AccessLogSettings } = resources['HttpApiStage']?.Properties as { AccessLogSettings: { Format: string } };
    const used = Object.values(JSON.parse(AccessLogSettings.Format) as Record<string, string>);
    expect(used.filter((variable) => /path|header|authorizer|body/i.test(variable))).toEqual([]);
    expect(used).toContain('$context.integrationErrorMessage');
    // The requestId of the function's line.
    expect(used).toContain('$context.awsEndpointRequestId');
  });

  it('reports every alarm, and its end, through an encrypted topic that CloudWatch may use', () => {
    const topic = [{ Ref: 'AlarmTopic' }];
    const alarms = of('AWS::CloudWatch::Alarm');
    expect(alarms).toHaveLength(4 + FUNCTIONS.length * 2 + 3 + 3 + 2 + 1);
    for (const [id, { Properties }] of alarms) {
      expect(Properties).toMatchObject({ AlarmActions: topic, TreatMissingData: 'notBreaching' });
      // These tell of a moment.
      const isOfMoment = ['NodeSilentAlarm', 'LiveAfterEndAlarm', 'DenialIgnoredAlarm'].includes(id);
      expect(Properties['OKActions']).toEqual(isOfMoment ? undefined : topic);
      expect(String(Properties['AlarmDescription'])).toMatch(/\w.{60}/);
    }
    const summed = (id: string) =>
      (resources[id]?.Properties['Metrics'] as { MetricStat?: { Metric: { MetricName: string } } }[]).flatMap(
        ({ MetricStat }) => MetricStat?.Metric.MetricName ?? [],
      );
    expect(summed('ParkedManyAlarm')).toEqual([
      'ApproximateNumberOfMessagesVisible',
      'ApproximateNumberOfMessagesNotVisible',
    ]);
    // What a hook says may come to light when it is replayed.
    for (const id of ['LiveAfterEndAlarm', 'DenialIgnoredAlarm']) expect(summed(id)).toEqual(['hooks', 'replays']);
    expect(resources['AlarmTopic']?.Properties).toMatchObject({ KmsMasterKeyId: { Ref: 'AlarmKey' } });
    expect(JSON.stringify(resources['AlarmKey'])).toContain('cloudwatch.amazonaws.com');
    expect(of('AWS::SNS::Subscription')).toEqual([]);
  });

  it('shows in the dashboard only functions, queues and tables that exist', () => {
    const { DashboardBody } = resources['Dashboard']?.Properties as { DashboardBody: { 'Fn::Sub': string } };
    const text = DashboardBody['Fn::Sub'];
    const { widgets } = JSON.parse(text) as { widgets: { x: number; width: number }[] };
    expect(widgets.every(({ x, width }) => x + width <= 24)).toBe(true);
    const names = of('AWS::Lambda::Function').map(([, { Properties }]) => String(Properties['FunctionName']));
    for (const [name] of text.matchAll(/wcs-hooks-dev-\w+/g)) expect(names).toContain(name);
    for (const [, id = ''] of text.matchAll(/\$\{(\w+)[.}]/g)) expect(resources).toHaveProperty(id);
  });

  it('says what to type into WCS', () => {
    const url = 'https://${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/rest/my_api';
    expect(outputs['BaseUrl']?.Value).toEqual({ 'Fn::Sub': url });
    expect(outputs['BoardUrl']?.Value).toEqual({ 'Fn::Sub': url.replace('/rest/my_api', '/board') });
    expect(outputs['WcsAddApp']?.Value).toEqual({ 'Fn::Sub': `add app myApp myAppKey "${url}"` });
    expect(outputs['WcsAddMethods']?.Value).toBe('add app-rest-method -a myAppKey');
    expect(outputs['WcsProperties']?.Value).toMatch(/^rest_hook_send_hash=true\nrest_hook_secret_key=.*\nrest_request/);
  });

  it('differs in prod by the settings of stages, and by what an operator adds, and in nothing else', async () => {
    const { text, Resources: prod } = await packaged('prod', {
      ...{ ALARM_EMAIL: 'night@example.com', NO_HOOKS_MINUTES: '15', RESERVED_CONCURRENCY: 'connect=20, event=200' },
    });
    expect(text).not.toMatch(/wcs-hooks.dev/);
    const added = Object.keys(prod).filter((id) => !(id in resources));
    expect(added.sort()).toEqual(['AlarmEmail', 'NoHooksAlarm']);
    expect(prod['AlarmEmail']?.Properties).toMatchObject({ Protocol: 'email', Endpoint: 'night@example.com' });
    expect(prod['NoHooksAlarm']?.Properties).toMatchObject({ EvaluationPeriods: 15, TreatMissingData: 'breaching' });
    expect(prod['EventLambdaFunction']?.Properties).toMatchObject({ ReservedConcurrentExecutions: 200 });
    expect(prod['SweepLambdaFunction']?.Properties).not.toHaveProperty('ReservedConcurrentExecutions');

    const isOfStage = new Set<string>();
    for (const [id, resource] of Object.entries(resources)) {
      const differing = differences(resource, prod[id]).filter((path) => !/ReservedConcurrent|S3Key/.test(path));
      for (const path of differing) isOfStage.add(path);
    }
    expect([...isOfStage].sort()).toEqual([
      'DeletionPolicy',
      'Properties.DeletionProtectionEnabled',
      'Properties.RetentionInDays',
      'UpdateReplacePolicy',
    ]);
    // What a setting can take out of the stack: if it stayed, it would keep a later deploy from making it again.
    for (const id of ['BansTable', 'ChangesDeadLetterQueue'])
      expect(prod[id]).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });

  it('leaves out everything that publishes changes with CHANGE_EVENTS=false', async () => {
    const { text, Resources: silent } = await packaged('dev', { CHANGE_EVENTS: 'false' });
    const gone = Object.keys(resources).filter((id) => !(id in silent));
    expect(gone.sort()).toEqual([
      ...['ChangesDeadLetterQueue', 'ChangesErrorsAlarm'],
      'ChangesEventSourceMappingDynamodbCallsTable',
      'ChangesEventSourceMappingDynamodbSessionsTable',
      'ChangesEventSourceMappingDynamodbStreamsTable',
      ...['ChangesGivenUpAlarm', 'ChangesLambdaFunction', 'ChangesLateAlarm'],
      ...['ChangesLogGroup', 'ChangesRole', 'ChangesThrottlesAlarm', 'EventBus'],
    ]);
    expect(text).not.toMatch(/StreamSpecification|StreamArn|EventBus|[cC]hanges/);
  });

  it('says what it does not understand of the settings of a deploy', async () => {
    // As serverless asks for what they add.
    const tools = (settings: Record<string, string>) => ({
      resolveVariable: (variable: string) => Promise.resolve(settings[/env:(\w+)/.exec(variable)?.[1] ?? ''] ?? ''),
    });
    await expect(alarms(tools({ NO_HOOKS_MINUTES: 'often' }))).rejects.toThrow(
      'NO_HOOKS_MINUTES="often": expected a whole number from 1 to 1440',
    );
    await expect(concurrency(tools({ RESERVED_CONCURRENCY: 'sweep=1' }))).rejects.toThrow(
      'RESERVED_CONCURRENCY has "sweep=1": expected a comma-separated list',
    );
    const wrong = { LEASE_SECONDS: '5', FAIL_OPEN: 'all', TOKEN_ISSUER: 'i', TOKEN_AUDIENCE: 'a', STOP_STREAM: 'true' };
    const { stdout } = await packaged('dev', wrong).then(
      () => expect.fail(),
      (error: unknown) => error as { stdout: string },
    );
    expect(stdout).toMatch(
      /The settings are not usable:\n- STOP_STREAM .*is STOP_STREAMS meant\?.*\n- LEASE_SECONDS=5 .*\n- FAIL_OPEN names "all"/,
    );
    // Those are in Parameter Store.
    expect(stdout).not.toMatch(/HOOK_SECRET|TOKEN_SECRET/);
  });

  it('is rejected for the local stage by deploy', async () => {
    const deploy = run('npx', ['serverless', 'deploy', '--stage', 'local'], { cwd: ROOT });
    await expect(deploy).rejects.toMatchObject({
      stdout: expect.stringContaining('The stage local is the stack that npm start runs on this machine') as string,
    });
  });

  it('puts no secret into the template', () => {
    expect(JSON.stringify(resources)).not.toContain('S3CRET');
  });
});

/** Where two resources differ, but for the name of their stage. */
function differences(one: unknown, other: unknown, path: string[] = []): string[] {
  const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
  if (isObject(one) && isObject(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].flatMap((key) => differences(one[key], other[key], [...path, key]));
  }
  const unstaged = (value: unknown) =>
    typeof value === 'string' ? value.replaceAll(/\b(dev|prod)\b/g, 'STAGE') : value;
  return unstaged(one) === unstaged(other) ? [] : [path.join('.')];
}

/** A zip's central directory, read without a library: its names and unpacked sizes. */
const LIST_ZIP = `
const zip = require('node:fs').readFileSync(process.argv[1]);
const files = [];
for (let at = zip.indexOf('PK\\x01\\x02', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\\x01\\x02', at + 4, 'latin1')) {
  const length = zip.readUInt16LE(at + 28);
  files.push({ name: zip.toString('utf8', at + 46, at + 46 + length), bytes: zip.readUInt32LE(at + 24) });
}
console.log(JSON.stringify(files));`;
