/** One role per function, with exactly the rights that its code needs. */
import { PARAMETERS } from '../../lib/platform/secrets.ts';
import { hasBansTable } from './bans.ts';
import { STREAMS } from './changes.ts';
import { functionsOf, logGroupId, pascal, type FunctionName, type LogGroup } from './functions.ts';
import {
  attribute,
  sub,
  type Attribute,
  type Queue,
  type Resource,
  type Resources,
  type Substitution,
  type Table,
  type Tools,
} from './template.ts';

type Arn = Attribute | Substitution;
interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: Arn | readonly Arn[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const arn = (resource: Table | Queue | LogGroup) => attribute(resource, 'Arn');
const allow = (Resource: Statement['Resource'], ...Action: string[]): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
});

const upserts = (table: Table) => allow(arn(table), 'dynamodb:UpdateItem', 'dynamodb:GetItem');
const upsertsStreams = upserts('StreamsTable');
const upsertsSessions = upserts('SessionsTable');
const upsertsCalls = upserts('CallsTable');
const readsSessions = allow(arn('SessionsTable'), 'dynamodb:GetItem');
const sweeps = (table: Table) => [
  allow(sub(`\${${table}.Arn}/index/live`), 'dynamodb:Query'),
  allow(arn(table), 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'dynamodb:GetItem'),
];
const parks = allow(arn('ParkingQueue'), 'sqs:SendMessage');

// Encrypted with the key aws/ssm, which everybody who may read the parameter may use.
const parameter = (name: string) =>
  sub(`arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/\${self:service}/\${sls:stage}/${name}`);
const readsSecrets = allow(Object.values(PARAMETERS).map(parameter), 'ssm:GetParameters');
const readsTokenSecrets = allow(
  [PARAMETERS.TOKEN_SECRET, PARAMETERS.TOKEN_SECRET_PREVIOUS].map(parameter),
  'ssm:GetParameters',
);
// A wildcard, because accounts are added without a deploy.
const readsSipAccounts = allow(parameter('sip/*'), 'ssm:GetParameters');

const STATEMENTS: Readonly<Record<FunctionName, readonly Statement[]>> = {
  connect: [readsSecrets, readsSipAccounts, upsertsSessions, parks],
  // Its catch-all route brings it every method.
  invocation: [readsSecrets, readsSipAccounts, upsertsStreams, upsertsSessions, upsertsCalls, parks],
  event: [readsSecrets, upsertsStreams, upsertsSessions, upsertsCalls, parks],
  incoming: [readsSecrets, readsSessions, upsertsCalls, parks],
  sweep: [...sweeps('StreamsTable'), ...sweeps('CallsTable'), allow(arn('SessionsTable'), 'dynamodb:BatchGetItem')],
  replay: [
    upsertsStreams,
    upsertsSessions,
    upsertsCalls,
    allow(arn('ParkingQueue'), 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'),
    allow(arn('DeadLetterQueue'), 'sqs:SendMessage'),
  ],
  changes: [
    allow(
      STREAMS,
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:DescribeStream',
      'dynamodb:ListStreams',
    ),
    allow(attribute('EventBus', 'Arn'), 'events:PutEvents'),
    allow(arn('ChangesDeadLetterQueue'), 'sqs:SendMessage'),
  ],
  board: [
    readsTokenSecrets,
    allow(
      ['StreamsTable', 'CallsTable'].flatMap((table) =>
        ['live', 'closed'].map((index) => sub(`\${${table}.Arn}/index/${index}`)),
      ),
      'dynamodb:Query',
    ),
    allow([arn('StreamsTable'), arn('SessionsTable'), arn('CallsTable')], 'dynamodb:GetItem'),
    {
      ...allow(arn('StreamsTable'), 'dynamodb:UpdateItem'),
      // A stop, and nothing else of a row.
      Condition: {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['mediaSessionId', 'stop', 'stopBy', 'revision'] },
        StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE'] },
      },
    },
  ],
};

const readsBans = allow(arn('BansTable'), 'dynamodb:Scan');
/** In addition, where there is a table of bans. */
const WITH_BANS: Readonly<Partial<Record<FunctionName, readonly Statement[]>>> = {
  ...{ connect: [readsBans], invocation: [readsBans], event: [readsBans] },
  board: [allow(arn('BansTable'), 'dynamodb:Scan', 'dynamodb:PutItem', 'dynamodb:DeleteItem')],
};

const role = (name: FunctionName, withBans: boolean): Resource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    Policies: [
      {
        PolicyName: 'function',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            allow(arn(logGroupId(name)), 'logs:CreateLogStream', 'logs:PutLogEvents'),
            ...STATEMENTS[name],
            ...(withBans ? (WITH_BANS[name] ?? []) : []),
          ],
        },
      },
    ],
  },
});

export async function roles(tools: Tools): Promise<Resources> {
  const withBans = await hasBansTable(tools);
  const all = (await functionsOf(tools)).map((name) => [`${pascal(name)}Role`, role(name, withBans)] as const);
  return { Resources: Object.fromEntries(all) };
}
