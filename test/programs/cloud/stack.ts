/** What was deployed, asked over the API. */
import { KINDS } from '../../../lib/state/row.ts';
import type { Moto } from './tools.ts';

interface Table {
  readonly KeySchema: object[];
  readonly BillingModeSummary: { readonly BillingMode: string };
  readonly GlobalSecondaryIndexes: {
    readonly IndexName: string;
    readonly KeySchema: object[];
    readonly IndexStatus: string;
  }[];
  readonly TableStatus: string;
  readonly DeletionProtectionEnabled: boolean;
}

const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' });
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' });

/** By the names that the code uses. */
const KEYS = {
  streams: { key: [hash(KINDS.stream.key)], indexes: { live: ['live', 'startedAt'], name: ['name', 'firstSeenAt'] } },
  sessions: { key: [hash(KINDS.session.key)], indexes: {} },
} as const;

export async function problemsOfStack(moto: Moto, stage: string): Promise<string[]> {
  return [
    ...(await problemsOfTables(moto, stage)),
    ...(await problemsOfQueues(moto, stage)),
    ...(await problemsOfFunctions(moto, stage)),
  ];
}

/** A sentence where two values differ. */
function differs(what: string, is: unknown, expected: unknown): string[] {
  const [one, other] = [JSON.stringify(is), JSON.stringify(expected)];
  return one === other ? [] : [`${what} is ${one}, expected ${other}`];
}

async function problemsOfTables({ ask }: Moto, stage: string): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, { key, indexes }] of Object.entries(KEYS)) {
    const TableName = `wcs-hooks-${stage}-${name}`;
    const [{ Table, error }] = (await ask(['dynamodb', 'describe_table', { TableName }])) as [
      { Table?: Table; error?: string },
    ];
    if (!Table) return [`${TableName}: ${error}`];
    const found = Table.GlobalSecondaryIndexes.map(({ IndexName, KeySchema, IndexStatus }) => [
      IndexName,
      KeySchema,
      IndexStatus,
    ]);
    const wanted = Object.entries(indexes as Record<string, [string, string]>).map(([index, [one, other]]) => [
      ...[index, [hash(one), range(other)], 'ACTIVE'],
    ]);
    problems.push(
      ...differs(`the key of ${TableName}`, Table.KeySchema, key),
      ...differs(`the indexes of ${TableName}`, found, wanted),
      ...differs(`the status of ${TableName}`, Table.TableStatus, 'ACTIVE'),
      ...differs(`the billing of ${TableName}`, Table.BillingModeSummary.BillingMode, 'PAY_PER_REQUEST'),
      ...differs(`the protection of ${TableName}`, Table.DeletionProtectionEnabled, stage === 'prod'),
      ...(await problemsOfTtl({ ask }, stage, TableName)),
    );
  }
  return problems;
}

interface DeployedTemplate {
  readonly Resources: Record<string, { Properties: { TableName?: string; TimeToLiveSpecification?: object } }>;
}

/** moto's CloudFormation leaves TTL out: it is switched on here, as the deployed template says, and asked for. */
async function problemsOfTtl({ ask }: Pick<Moto, 'ask'>, stage: string, TableName: string): Promise<string[]> {
  const [{ TemplateBody }] = (await ask(['cloudformation', 'get_template', { StackName: `wcs-hooks-${stage}` }])) as [
    { TemplateBody: string | DeployedTemplate },
  ];
  const template = typeof TemplateBody === 'string' ? (JSON.parse(TemplateBody) as DeployedTemplate) : TemplateBody;
  const table = Object.values(template.Resources).find(({ Properties }) => Properties?.TableName === TableName);
  const TimeToLiveSpecification = table?.Properties.TimeToLiveSpecification;
  const [, told] = await ask(
    ['dynamodb', 'update_time_to_live', { TableName, TimeToLiveSpecification }],
    ['dynamodb', 'describe_time_to_live', { TableName }],
  );
  return differs(`the TTL of ${TableName}`, told?.['TimeToLiveDescription'], {
    ...{ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' },
  });
}

async function problemsOfQueues({ ask }: Moto, stage: string): Promise<string[]> {
  const [parking, letters] = [`wcs-hooks-${stage}-parking`, `wcs-hooks-${stage}-dead-letters`];
  const [first, second] = (await ask(
    ['sqs', 'get_queue_url', { QueueName: parking }],
    ['sqs', 'get_queue_url', { QueueName: letters }],
  )) as { QueueUrl: string }[];
  const [queue, deadLetters] = (await ask(
    ['sqs', 'get_queue_attributes', { QueueUrl: first?.QueueUrl, AttributeNames: ['All'] }],
    ['sqs', 'get_queue_attributes', { QueueUrl: second?.QueueUrl, AttributeNames: ['All'] }],
  )) as { Attributes?: Record<string, string> }[];
  const redrive = JSON.parse(queue?.Attributes?.['RedrivePolicy'] ?? '{}') as object;
  const days = String(14 * 24 * 3600);
  return [
    ...differs(`the redrive of ${parking}`, redrive, {
      ...{ deadLetterTargetArn: deadLetters?.Attributes?.['QueueArn'], maxReceiveCount: 1000 },
    }),
    ...differs(`the visibility timeout of ${parking}`, queue?.Attributes?.['VisibilityTimeout'], '120'),
    ...differs(`the retention of ${parking}`, queue?.Attributes?.['MessageRetentionPeriod'], days),
    ...differs(`the retention of ${letters}`, deadLetters?.Attributes?.['MessageRetentionPeriod'], days),
  ];
}

async function problemsOfFunctions({ ask }: Moto, stage: string): Promise<string[]> {
  const [functions, groups, mappings, rules, dashboards, topics] = (await ask(
    ['lambda', 'list_functions', {}],
    ['logs', 'describe_log_groups', {}],
    ['lambda', 'list_event_source_mappings', {}],
    ['events', 'list_rules', {}],
    ['cloudwatch', 'list_dashboards', {}],
    ['sns', 'list_topics', {}],
  )) as [
    { Functions: { FunctionName: string; Runtime: string }[] },
    { logGroups: { logGroupName: string; retentionInDays?: number }[] },
    { EventSourceMappings: { FunctionArn: string; EventSourceArn: string; FunctionResponseTypes: string[] }[] },
    { Rules: { ScheduleExpression: string; State: string }[] },
    { DashboardEntries: { DashboardName: string }[] },
    { Topics: { TopicArn: string }[] },
  ];
  const prefix = `wcs-hooks-${stage}`;
  const names = ['connect', 'event', 'incoming', 'invocation', 'replay', 'sweep'].map((name) => `${prefix}-${name}`);
  const [mapping] = mappings.EventSourceMappings;
  return [
    ...differs('the functions', functions.Functions.map(({ FunctionName }) => FunctionName).sort(), names),
    ...functions.Functions.flatMap(({ FunctionName, Runtime }) =>
      differs(`the runtime of ${FunctionName}`, Runtime, 'nodejs24.x'),
    ),
    ...groups.logGroups
      .filter(({ retentionInDays }) => !retentionInDays)
      .map(({ logGroupName }) => `${logGroupName} keeps its lines for ever`),
    ...differs('the log groups', groups.logGroups.map(({ logGroupName }) => logGroupName).sort(), [
      ...[`/aws/http-api/${prefix}`, ...names.map((name) => `/aws/lambda/${name}`)],
    ]),
    ...differs('what replay is called by', mapping?.EventSourceArn.split(':').at(-1), `${prefix}-parking`),
    ...differs('what replay may answer', mapping?.FunctionResponseTypes, ['ReportBatchItemFailures']),
    ...differs(
      'the schedule',
      rules.Rules.map((rule) => [rule.ScheduleExpression, rule.State]),
      [['rate(1 minute)', 'ENABLED']],
    ),
    ...differs(
      'the dashboards',
      dashboards.DashboardEntries.map(({ DashboardName }) => DashboardName),
      [prefix],
    ),
    ...differs(
      'the topics',
      topics.Topics.map(({ TopicArn }) => TopicArn.split(':').at(-1)),
      [`${prefix}-alarms`],
    ),
  ];
}

/** How often something happened to the stack. */
export async function stackEvents({ ask }: Moto, stage: string): Promise<number> {
  const [{ StackEvents = [] } = {}] = (await ask([
    'cloudformation',
    'describe_stack_events',
    { StackName: `wcs-hooks-${stage}` },
  ])) as { StackEvents?: unknown[] }[];
  return StackEvents.length;
}

/** After a removal: no stack, and of tables, queues, functions and log groups just the `kept`. */
export async function problemsOfRest({ ask }: Moto, stage: string, kept: readonly string[]): Promise<string[]> {
  const prefix = `wcs-hooks-${stage}`;
  const [stacks, tables, queues, functions, groups] = (await ask(
    ['cloudformation', 'describe_stacks', { StackName: prefix }],
    ['dynamodb', 'list_tables', {}],
    ['sqs', 'list_queues', {}],
    ['lambda', 'list_functions', {}],
    ['logs', 'describe_log_groups', {}],
  )) as [
    { Stacks?: unknown[] },
    { TableNames: string[] },
    { QueueUrls?: string[] },
    { Functions: { FunctionName: string }[] },
    { logGroups: { logGroupName: string }[] },
  ];
  const left = [
    ...tables.TableNames,
    ...(queues.QueueUrls ?? []).map((url) => url.split('/').at(-1) ?? ''),
    ...functions.Functions.map(({ FunctionName }) => FunctionName),
    ...groups.logGroups.map(({ logGroupName }) => logGroupName),
  ].filter((name) => name.includes(prefix));
  return [
    ...(stacks.Stacks ? [`the stack ${prefix} is still there`] : []),
    ...differs('what is left', left.sort(), [...kept].sort()),
  ];
}
