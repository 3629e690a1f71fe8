/**
 * What an operator must know at once, and the topic that alarms are sent to. ALARM_EMAIL subscribes an address (AWS asks it to
 * confirm); NO_HOOKS_MINUTES switches on the alarm `no-hooks`, FAILED_CALLS_PERCENT the alarm `failed-calls`.
 */
import type { HookOutcome } from '../../lib/hooks/hook.ts';
import type { ReplayOutcome } from '../../lib/jobs/replay.ts';
import type { MetricOfStage } from '../../lib/platform/log.ts';
import { hasBansTable } from './bans.ts';
import { functionId, FUNCTIONS, functionsOf, pascal, type FunctionName } from './functions.ts';
import {
  attribute,
  fromShell,
  NAMESPACE,
  PREFIX,
  ref,
  sub,
  type Attribute,
  type Queue,
  type Reference,
  type Resource,
  type Resources,
  type Tools,
} from './template.ts';

const LONGEST_MINUTES = 24 * 60;
const PERIOD_SECONDS = 300;

interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string | Reference | Attribute }[];
}
type Statistic = { readonly Statistic: 'Sum' | 'Maximum' };
type Percentile = { readonly ExtendedStatistic: string; readonly EvaluateLowSampleCountPercentile: 'ignore' };
interface Total {
  readonly Metrics: readonly object[];
}
type Alarm = ((Metric & (Statistic | Percentile)) | Total) & {
  readonly AlarmDescription: string;
  readonly Threshold: number;
  readonly ComparisonOperator: 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold';
  readonly Period?: number;
  readonly EvaluationPeriods: number;
  readonly TreatMissingData: 'notBreaching' | 'breaching';
};

const metric = (Namespace: string, MetricName: string, dimensions: Record<string, string | Reference | Attribute>) => ({
  Namespace,
  MetricName,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});

const ofApi = (name: '5xx' | 'Latency') =>
  metric('AWS/ApiGateway', name, { ApiId: ref('HttpApi'), Stage: ref('HttpApiStage') });
const ofFunction = (of: FunctionName, name: 'Errors' | 'Throttles' | 'Invocations' | 'IteratorAge') =>
  metric('AWS/Lambda', name, { FunctionName: ref(functionId(of)) });
const ofQueue = (queue: Queue, name: 'ApproximateNumberOfMessagesVisible' | 'ApproximateNumberOfMessagesNotVisible') =>
  metric('AWS/SQS', name, { QueueName: attribute(queue, 'QueueName') });
const ofStage = (name: MetricOfStage) => metric(NAMESPACE, name, {});
const ofHooks = (outcome: HookOutcome) => metric(NAMESPACE, 'hooks', { outcome });
const ofReplays = (outcome: ReplayOutcome) => metric(NAMESPACE, 'replays', { outcome });

const sum = (metric: Metric) => ({ ...metric, Statistic: 'Sum' as const });
const maximum = (metric: Metric) => ({ ...metric, Statistic: 'Maximum' as const });
// With a handful of hooks, the slowest would be the p99.
const p99 = (metric: Metric) => ({
  ...metric,
  ExtendedStatistic: 'p99',
  EvaluateLowSampleCountPercentile: 'ignore' as const,
});

/** The sum of metrics, some of which may have no data. */
const total = (...metrics: (Metric & Statistic)[]): Total => ({
  Metrics: [
    { Id: 'total', Expression: metrics.map((_, n) => `FILL(m${n}, 0)`).join(' + '), ReturnData: true },
    ...metrics.map(({ Namespace, MetricName, Dimensions, Statistic: Stat }, n) => ({
      Id: `m${n}`,
      MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: PERIOD_SECONDS, Stat },
      ReturnData: false,
    })),
  ],
});

/** Goes off at `threshold` or more, in `of` periods in a row of five minutes or `seconds`. */
const from = (
  threshold: number,
  metric: (Metric & (Statistic | Percentile)) | Total,
  AlarmDescription: string,
  { seconds = PERIOD_SECONDS, of = 1 } = {},
): Alarm => ({
  ...metric,
  AlarmDescription,
  Threshold: threshold,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  ...('Metrics' in metric ? {} : { Period: seconds }),
  EvaluationPeriods: of,
  // No hooks, no metric: that alone is no problem.
  TreatMissingData: 'notBreaching',
});

/** The outcome may first show when a parked hook is replayed. */
const byHookOrReplay = (outcome: HookOutcome & ReplayOutcome) => total(sum(ofHooks(outcome)), sum(ofReplays(outcome)));

/** These report a moment: if nothing more comes, that does not mean that all is well. */
const OF_A_MOMENT: readonly string[] = ['node-silent', 'live-after-end', 'denial-ignored'];

const ALARMS: Readonly<Record<string, Alarm>> = {
  'api-5xx': from(
    5,
    sum(ofApi('5xx')),
    'Hooks were answered 5xx: what they said is lost. Look at the errors and throttles of the functions, then for "outcome":"failed" in their logs.',
  ),
  'not-ready': from(
    1,
    sum(ofStage('notReady')),
    'A function has no usable secrets or settings, or cannot read them, and answers its hooks 503: "cause" of "not ready" in the logs says which.',
  ),
  rejected: from(
    50,
    sum(ofHooks('rejected')),
    'Many hooks have no or wrong credentials, or are malformed: a WCS with another secret loses all its hooks, and under FAIL its streams. "who was rejected or denied" says why, "ip" in the access log from where.',
    { of: 2 },
  ),
  'api-latency': from(
    2000,
    p99(ofApi('Latency')),
    'One hook in a hundred takes 2 s or more, and its client waits. Look at DynamoDB (throttles, latency) and at "slowest hooks".',
    { of: 3 },
  ),
  // Not by the age of the queue's oldest message: SQS leaves out messages that were received three times.
  'parked-old': from(
    1,
    sum(ofReplays('failed')),
    'Hooks have waited for 15 minutes because DynamoDB does not accept them; their rows are behind. They are tried for 33 hours. "cause" in the log of replay says why.',
    { of: 3 },
  ),
  'parked-many': from(
    1000,
    total(
      maximum(ofQueue('ParkingQueue', 'ApproximateNumberOfMessagesVisible')),
      maximum(ofQueue('ParkingQueue', 'ApproximateNumberOfMessagesNotVisible')),
    ),
    'A thousand hooks wait for DynamoDB, and rows are behind. "cause" of the outcome "parked" in the logs says why.',
  ),
  'dead-letters': from(
    1,
    maximum(ofQueue('DeadLetterQueue', 'ApproximateNumberOfMessagesVisible')),
    'Hooks could not be applied. Those with the attribute "reason" never can be; those without one were tried for 33 hours: move them back with start-message-move-task. After 14 days they are gone.',
  ),
  'node-silent': from(
    1,
    sum(ofStage('silentNodes')),
    'Every stream of a WCS that sends keep-alives fell silent at once: is that server up, and does it reach this URL? Several nodes at once: look here first.',
    { seconds: 60 },
  ),
  'live-after-end': from(
    5,
    byHookOrReplay('live after end'),
    'Hooks report streams as live whose rows have ended: WCS uses ids again, or reported an end too early. The rows stay ended.',
  ),
  'denial-ignored': from(
    1,
    byHookOrReplay('denial ignored'),
    'A stream that was denied is live: its app has no method "connect", or its client connected before the policy was on. The row shows "denied"; stop it with npm run streams.',
  ),
};

const ofFunctions = (names: readonly FunctionName[]): Readonly<Record<string, Alarm>> =>
  Object.fromEntries(
    names.flatMap((name) => [
      [
        `${name}-errors`,
        from(
          1,
          sum(ofFunction(name, 'Errors')),
          `The function ${name} threw, ran out of time or memory, or did not start: the end of its log says why.`,
        ),
      ],
      [
        `${name}-throttles`,
        from(
          1,
          sum(ofFunction(name, 'Throttles')),
          `Lambda had no room to run ${name}: raise the account's concurrency (Service Quotas), or what RESERVED_CONCURRENCY leaves it.`,
        ),
      ],
    ]),
  );

const OF_CHANGES: Readonly<Record<string, Alarm>> = {
  'changes-late': from(
    60_000,
    maximum(ofFunction('changes', 'IteratorAge')),
    'Changes are published a minute late, or not at all: EventBridge does not accept them, or more come than it can publish one batch at a time. "cause" in the log of changes says why. After 23 hours they are given up.',
    { of: 2 },
  ),
  'changes-given-up': from(
    1,
    maximum(ofQueue('ChangesDeadLetterQueue', 'ApproximateNumberOfMessagesVisible')),
    'Some changes could not be published, and subscribers do not know them: each message names the row, and "reason" says why. The rows themselves are right.',
  ),
};

const OF_BANS: Readonly<Record<string, Alarm>> = {
  'bans-not-read': from(
    10,
    sum(ofStage('bansNotRead')),
    'Functions cannot read the bans: new ones do not bind, and banned users may get in through a function that has just started. "cause" of "bans not read" in the logs says why.',
  ),
};

/** Counts invocations of `event`, which gets a hook for every connection that comes and goes. */
const noHooks = (minutes: number): Readonly<Record<string, Alarm>> => ({
  'no-hooks': {
    ...from(
      1,
      sum(ofFunction('event', 'Invocations')),
      `No hook came for ${minutes} minutes: is WCS running, does the app have its methods (show app-rest-methods), is the URL right?`,
      { seconds: 60, of: minutes },
    ),
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
  },
});

/** With fewer calls, a single failure would be a large share. */
const LEAST_CALLS = 10;

const failedCalls = (percent: number): Readonly<Record<string, Alarm>> => ({
  'failed-calls': from(
    percent,
    {
      Metrics: [
        {
          Id: 'share',
          Expression: `IF(ended >= ${LEAST_CALLS}, 100 * FILL(failed, 0) / ended, 0)`,
          ReturnData: true,
        },
        ...Object.entries({ ended: ofStage('endedCalls'), failed: ofStage('failedCalls') }).map(([Id, Metric]) => ({
          Id,
          MetricStat: { Metric, Period: PERIOD_SECONDS, Stat: 'Sum' },
          ReturnData: false,
        })),
      ],
    },
    `Of the calls that ended in five minutes (${LEAST_CALLS} or more), ${percent} % failed or were busy: the saved query "why do calls fail" shows the SIP status.`,
    { of: 2 },
  ),
});

function wholeNumber(name: string, text: string, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new Error(`${name}=${JSON.stringify(text)}: expected a whole number from 1 to ${most}`);
}

function failedCallsOf(text: string, functions: readonly FunctionName[]): Readonly<Record<string, Alarm>> {
  const percent = wholeNumber('FAILED_CALLS_PERCENT', text, 100);
  if (functions.includes('changes')) return failedCalls(percent);
  throw new Error('FAILED_CALLS_PERCENT needs CHANGE_EVENTS: the ends of calls are counted among the changes');
}

/** The runbook explains the alarms of functions once for all functions. */
const OF_A_FUNCTION = new RegExp(`^(${FUNCTIONS.join('|')})-(?=errors$|throttles$)`);
const runbook = (name: string) => `Runbook: docs/runbook.md#${name.replace(OF_A_FUNCTION, 'function-')}`;

const alarmId = (name: string) => `${name.split('-').map(pascal).join('')}Alarm`;
const toTopic = [ref('AlarmTopic')];
const alarm = ([name, properties]: [string, Alarm]): [string, Resource] => [
  alarmId(name),
  {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${PREFIX}-${name}`,
      ...properties,
      AlarmDescription: `${properties.AlarmDescription} ${runbook(name)}`,
      AlarmActions: toTopic,
      ...(OF_A_MOMENT.includes(name) ? {} : { OKActions: toTopic }),
    },
  },
];

// The key aws/sns does not allow CloudWatch, so alarms would reach nobody.
const AlarmKey: Resource = {
  Type: 'AWS::KMS::Key',
  Properties: {
    Description: `The topic of the alarms of ${PREFIX}`,
    EnableKeyRotation: true,
    PendingWindowInDays: 7,
    KeyPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          // Without this nobody could manage or delete the key.
          Effect: 'Allow',
          Principal: { AWS: sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root') },
          Action: 'kms:*',
          Resource: '*',
        },
        {
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
          Resource: '*',
        },
      ],
    },
  },
};

const AlarmTopic: Resource = {
  Type: 'AWS::SNS::Topic',
  Properties: { TopicName: `${PREFIX}-alarms`, KmsMasterKeyId: ref('AlarmKey') },
};

const emailTo = (Endpoint: string): Readonly<Record<string, Resource>> => ({
  AlarmEmail: {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: ref('AlarmTopic'), Protocol: 'email', Endpoint },
  },
});

export async function alarms(tools: Tools): Promise<Resources> {
  const email = await fromShell(tools, 'ALARM_EMAIL');
  const minutes = await fromShell(tools, 'NO_HOOKS_MINUTES');
  const percent = await fromShell(tools, 'FAILED_CALLS_PERCENT');
  const functions = await functionsOf(tools);
  const all = {
    ...ALARMS,
    ...ofFunctions(functions),
    ...(functions.includes('changes') ? OF_CHANGES : {}),
    ...((await hasBansTable(tools)) ? OF_BANS : {}),
    ...(percent ? failedCallsOf(percent, functions) : {}),
    ...(minutes ? noHooks(wholeNumber('NO_HOOKS_MINUTES', minutes, LONGEST_MINUTES)) : {}),
  };
  return {
    Resources: {
      AlarmKey,
      AlarmTopic,
      ...(email ? emailTo(email) : {}),
      ...Object.fromEntries(Object.entries(all).map(alarm)),
    },
  };
}
