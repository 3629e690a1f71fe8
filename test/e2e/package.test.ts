import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { METHOD_NAMES, METHODS } from '../../lib/wcs/methods.ts';

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

describe('serverless package', () => {
  let output = '';
  let folder = '';
  let resources: Record<string, Resource> = {};
  const of = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wcs-hooks-package-'));
    // No credentials, no network: nothing of AWS is needed to package.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS_|HOOK_|FAIL_)/.test(name)));
    const { stdout, stderr } = await run('npx', ['serverless', 'package', '--package', folder], {
      cwd: ROOT,
      env: {
        ...env,
        HOOK_SECRET: 'S3CRET',
        TOKEN_SECRET: 'S3CRET',
        https_proxy: 'http://127.0.0.1:9',
        HTTPS_PROXY: 'http://127.0.0.1:9',
      },
    });
    output = stdout + stderr;
    const template = readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
    resources = (JSON.parse(template) as { Resources: Record<string, Resource> }).Resources;
  });

  it('gives every method of the table a route to the function of its type, and the rest one to the catch-all', () => {
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
    expect(routes.sort()).toEqual([...expected, ['POST /rest/my_api/{method}', functions.event]].sort());
  });

  it('builds each function as one file of at most 275 KB, alone in its zip, and says so', async () => {
    for (const name of ['connect', 'invocation', 'event', 'incoming', 'sweep', 'replay']) {
      const { stdout } = await run(process.execPath, ['-e', LIST_ZIP, join(folder, `${name}.zip`)], { cwd: ROOT });
      const files = JSON.parse(stdout) as { name: string; bytes: number }[];
      expect(files.map((file) => file.name)).toEqual([`dist/${name}.cjs`]);
      expect(files[0]?.bytes).toBeLessThanOrEqual(275_000);
      expect(output).toMatch(new RegExp(`built dist/${name}\\.cjs +[0-9.]+ KB`));
    }
  });

  it('makes Node 24 functions on arm64 that have time for the store', () => {
    const functions = of('AWS::Lambda::Function').map(([name, { Properties }]) => [name, Properties] as const);
    expect(functions).toHaveLength(6);
    const timeouts: Record<string, number> = { SweepLambdaFunction: 60, ReplayLambdaFunction: 20 };
    for (const [name, properties] of functions) {
      const Timeout = timeouts[name] ?? 10;
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Timeout });
      expect(properties).toHaveProperty('Environment.Variables.PARKING_QUEUE_URL', { Ref: 'ParkingQueue' });
    }
  });

  it('sweeps each minute, and replays the queue with partial failures, two at a time', () => {
    expect(of('AWS::Events::Rule').map(([, { Properties }]) => Properties)).toMatchObject([
      { ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' },
    ]);
    expect(of('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties)).toMatchObject([
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

  it('gives each function a role of its own, with just its log group and its table', () => {
    const table = { 'Fn::GetAtt': ['StreamsTable', 'Arn'] };
    const sessions = { 'Fn::GetAtt': ['SessionsTable', 'Arn'] };
    const upserts = { Action: ['dynamodb:UpdateItem', 'dynamodb:GetItem'], Resource: table };
    const upsertsSessions = { Action: ['dynamodb:UpdateItem', 'dynamodb:GetItem'], Resource: sessions };
    const readsSessions = { Action: ['dynamodb:GetItem'], Resource: sessions };
    const parks = { Action: ['sqs:SendMessage'], Resource: { 'Fn::GetAtt': ['ParkingQueue', 'Arn'] } };
    const rights: Record<string, object[]> = {
      Connect: [upsertsSessions, parks],
      Incoming: [readsSessions],
      Event: [upserts, upsertsSessions, parks],
      Invocation: [upserts, readsSessions, parks],
      Sweep: [
        { Action: ['dynamodb:Query'], Resource: { 'Fn::Sub': '${StreamsTable.Arn}/index/live' } },
        { Action: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'dynamodb:GetItem'], Resource: table },
        { Action: ['dynamodb:BatchGetItem'], Resource: sessions },
      ],
      Replay: [
        upserts,
        upsertsSessions,
        { Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] },
        { Action: ['sqs:SendMessage'], Resource: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] } },
      ],
    };
    expect(of('AWS::IAM::Role')).toHaveLength(6);
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
  });

  it('has the table of streams with both indexes, TTL and recovery', () => {
    expect(resources['StreamsTable']?.Properties).toMatchObject({
      TableName: 'wcs-hooks-dev-streams',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'mediaSessionId', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        { IndexName: 'live', Projection: { NonKeyAttributes: ['name', 'nodeId', 'appKey', 'sessionId', 'published'] } },
        { IndexName: 'name', Projection: { NonKeyAttributes: ['nodeId', 'published'] } },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
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
    });
  });

  it('puts no secret into the template', () => {
    expect(JSON.stringify(resources)).not.toContain('S3CRET');
  });
});

/** A zip's central directory, read without a library: its names and unpacked sizes. */
const LIST_ZIP = `
const zip = require('node:fs').readFileSync(process.argv[1]);
const files = [];
for (let at = zip.indexOf('PK\\x01\\x02', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\\x01\\x02', at + 4, 'latin1')) {
  const length = zip.readUInt16LE(at + 28);
  files.push({ name: zip.toString('utf8', at + 46, at + 46 + length), bytes: zip.readUInt32LE(at + 24) });
}
console.log(JSON.stringify(files));`;
