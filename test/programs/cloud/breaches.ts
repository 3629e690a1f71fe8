/** The rules, each broken once: a rule that sees no breach is none. */
import { problemsOf, type Code } from './rules.ts';
import { statementsIn, type Template } from './template.ts';

type Properties = Record<string, unknown>;
type Breach = (template: Template, of: (id: string) => Properties) => void;

const variables = (properties: Properties) => (properties['Environment'] as { Variables: Properties }).Variables;
const firstStatement = (properties: Properties) => statementsIn(properties)[0] ?? { Action: '', Resource: '' };

const BREACHES: Record<string, Breach> = {
  'an action *': (_, of) => void (firstStatement(of('EventRole')).Action = 'dynamodb:*'),
  'a resource *': (_, of) => void (firstStatement(of('EventRole')).Resource = ['*']),
  'a resource that ends in *': (_, of) => {
    firstStatement(of('EventRole')).Resource = { 'Fn::Sub': 'arn:${AWS::Partition}:sqs:*:*:x' };
  },
  'the SIP accounts of all stages': (_, of) => {
    firstStatement(of('EventRole')).Resource = {
      'Fn::Sub': 'arn:${AWS::Partition}:ssm:x:x:parameter/wcs-hooks/*/sip/*',
    };
  },
  'a log group without retention': (_, of) => void delete of('SweepLogGroup')['RetentionInDays'],
  'a function without a log group': ({ Resources }) => void delete Resources['SweepLogGroup'],
  'a table of another policy': ({ Resources }) => {
    const table = Resources['StreamsTable'];
    if (table) table.DeletionPolicy = table.DeletionPolicy === 'Retain' ? 'Delete' : 'Retain';
  },
  'bans that stay': ({ Resources }) => {
    const table = Resources['BansTable'];
    if (table) table.DeletionPolicy = 'Retain';
  },
  'dead letters of changes that stay': ({ Resources }) => {
    const queue = Resources['ChangesDeadLetterQueue'];
    if (queue) queue.DeletionPolicy = 'Retain';
  },
  'bans that are protected': (_, of) => void (of('BansTable')['DeletionProtectionEnabled'] = true),
  'bans with the TTL of rows': (_, of) => {
    of('BansTable')['TimeToLiveSpecification'] = { AttributeName: 'expiresAt', Enabled: true };
  },
  'a queue of another policy': ({ Resources }) => void delete Resources['ParkingQueue']?.UpdateReplacePolicy,
  'another protection': (_, of) => {
    of('SessionsTable')['DeletionProtectionEnabled'] = !of('SessionsTable')['DeletionProtectionEnabled'];
  },
  'a table without encryption': (_, of) => void delete of('StreamsTable')['SSESpecification'],
  'a table without recovery': (_, of) => void delete of('StreamsTable')['PointInTimeRecoverySpecification'],
  'another TTL': (_, of) => {
    of('StreamsTable')['TimeToLiveSpecification'] = { AttributeName: 'expires', Enabled: true };
  },
  'a table that is not on demand': (_, of) => void (of('StreamsTable')['BillingMode'] = 'PROVISIONED'),
  'a queue without encryption': (_, of) => void delete of('ParkingQueue')['SqsManagedSseEnabled'],
  'a topic without encryption': (_, of) => void delete of('AlarmTopic')['KmsMasterKeyId'],
  'a variable that nobody reads': (_, of) => void (variables(of('EventLambdaFunction'))['NOVEL_VARIABLE'] = ''),
  'a setting of hooks for a job': (_, of) => void (variables(of('SweepLambdaFunction'))['FAIL_METHODS'] = ''),
  'a setting of jobs for the board': (_, of) => void (variables(of('BoardLambdaFunction'))['LEASE_SECONDS'] = ''),
  'a variable that is missing': (_, of) => void delete variables(of('EventLambdaFunction'))['SESSIONS_TABLE'],
  'a secret in the environment': (_, of) => void (variables(of('EventLambdaFunction'))['HOOK_SECRET'] = 'x'),
  'a shared role': (_, of) => void (of('SweepLambdaFunction')['Role'] = of('ReplayLambdaFunction')['Role']),
  'no access log': (_, of) => void delete of('HttpApiStage')['AccessLogSettings'],
  'no throttle': (_, of) => void delete of('HttpApiStage')['DefaultRouteSettings'],
  'an alarm on a metric that nobody writes': (_, of) => void (of('NodeSilentAlarm')['MetricName'] = 'silentNode'),
  'an alarm on an outcome that nobody writes': (_, of) => {
    of('RejectedAlarm')['Dimensions'] = [{ Name: 'outcome', Value: 'refusal forgotten' }];
  },
  'an expression of a metric that nobody writes': (_, of) => {
    const metrics = of('DenialIgnoredAlarm')['Metrics'] as { MetricStat?: { Metric: Properties } }[];
    for (const { MetricStat } of metrics) if (MetricStat) MetricStat.Metric['MetricName'] = 'hooksOfOld';
  },
  'a graph of a metric that nobody writes': (_, of) => {
    const body = of('Dashboard')['DashboardBody'] as { 'Fn::Sub': string };
    body['Fn::Sub'] = body['Fn::Sub'].replace('"livePlayers"', '"livePlayer"');
  },
  'an alarm that tells nobody': (_, of) => void delete of('DeadLettersAlarm')['AlarmActions'],
};
export const BREACH_COUNT = Object.keys(BREACHES).length;

/** @returns the breaches that no rule saw */
export function unseenBreaches(template: Template, stage: string, code: Code): string[] {
  return Object.entries(BREACHES)
    .filter(([, breach]) => {
      const broken = structuredClone(template);
      breach(broken, (id) => broken.Resources[id]?.Properties ?? {});
      return problemsOf(broken, stage, code).length === 0;
    })
    .map(([title]) => `no rule sees ${title}`);
}
