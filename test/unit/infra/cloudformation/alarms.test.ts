import { beforeAll, describe, expect, it, vi } from 'vitest';
import { alarms } from '../../../../infra/cloudformation/alarms.ts';
import type { Resources } from '../../../../infra/cloudformation/template.ts';
import type { HookOutcome } from '../../../../lib/hooks/hook.ts';
import type { ReplayOutcome } from '../../../../lib/jobs/replay.ts';
import type { MetricOfStage } from '../../../../lib/platform/log.ts';
import { ofType, shellWith } from '../../../support/cloudformation.ts';
import { banLines, hookLines, jobLines, metricsIn, notReadyLines } from '../../../support/written-lines.ts';

type Statistic = 'Sum' | 'Maximum' | 'p99';
/** What is measured, how often it is looked at, and when it is too much. */
interface Row {
  /** Added up where there are several. */
  readonly metrics: readonly string[];
  readonly statistic: Statistic;
  readonly when: `${'>=' | '<'} ${number}`;
  /** Seconds, and how many of them in a row. */
  readonly periods: `${number} × ${number} s`;
  readonly withoutData?: 'breaching';
  /** Nobody is told that it is over. */
  readonly isOfMoment?: true;
}

// As the code writes them: compared with its lines below.
const ofHooks = (outcome: HookOutcome) => `wcs-hooks/test hooks outcome=${outcome}`;
const ofReplays = (outcome: ReplayOutcome) => `wcs-hooks/test replays outcome=${outcome}`;
const ofStage = (metric: MetricOfStage) => `wcs-hooks/test ${metric}`;
// As AWS does: docs.aws.amazon.com, "Metrics" of Lambda, API Gateway (HTTP APIs) and SQS.
const ofApi = (metric: '5xx' | 'Latency') => `AWS/ApiGateway ${metric} ApiId=HttpApi Stage=HttpApiStage`;
const ofFunction = (name: string, metric: 'Errors' | 'Throttles' | 'Invocations' | 'IteratorAge') =>
  `AWS/Lambda ${metric} FunctionName=${name}LambdaFunction`;
const ofQueue = (
  name: 'ParkingQueue' | 'DeadLetterQueue' | 'ChangesDeadLetterQueue',
  which: 'Visible' | 'NotVisible',
) => `AWS/SQS ApproximateNumberOfMessages${which} QueueName=${name}.QueueName`;

const FUNCTIONS = ['Connect', 'Invocation', 'Event', 'Incoming', 'Sweep', 'Replay', 'Changes', 'Board'];
const EXPECTED: Readonly<Record<string, Row>> = {
  'api-5xx': { metrics: [ofApi('5xx')], statistic: 'Sum', when: '>= 5', periods: '1 × 300 s' },
  'not-ready': { metrics: [ofStage('notReady')], statistic: 'Sum', when: '>= 1', periods: '1 × 300 s' },
  rejected: { metrics: [ofHooks('rejected')], statistic: 'Sum', when: '>= 50', periods: '2 × 300 s' },
  'api-latency': { metrics: [ofApi('Latency')], statistic: 'p99', when: '>= 2000', periods: '3 × 300 s' },
  ...Object.fromEntries(
    FUNCTIONS.flatMap((name) =>
      (['Errors', 'Throttles'] as const).map((metric): [string, Row] => [
        `${name.toLowerCase()}-${metric.toLowerCase()}`,
        { metrics: [ofFunction(name, metric)], statistic: 'Sum', when: '>= 1', periods: '1 × 300 s' },
      ]),
    ),
  ),
  'parked-old': { metrics: [ofReplays('failed')], statistic: 'Sum', when: '>= 1', periods: '3 × 300 s' },
  'parked-many': {
    metrics: [ofQueue('ParkingQueue', 'Visible'), ofQueue('ParkingQueue', 'NotVisible')],
    ...{ statistic: 'Maximum', when: '>= 1000', periods: '1 × 300 s' },
  },
  'dead-letters': {
    metrics: [ofQueue('DeadLetterQueue', 'Visible')],
    ...{ statistic: 'Maximum', when: '>= 1', periods: '1 × 300 s' },
  },
  'changes-late': {
    metrics: [ofFunction('Changes', 'IteratorAge')],
    ...{ statistic: 'Maximum', when: '>= 60000', periods: '2 × 300 s' },
  },
  'changes-given-up': {
    metrics: [ofQueue('ChangesDeadLetterQueue', 'Visible')],
    ...{ statistic: 'Maximum', when: '>= 1', periods: '1 × 300 s' },
  },
  'bans-not-read': { metrics: [ofStage('bansNotRead')], statistic: 'Sum', when: '>= 10', periods: '1 × 300 s' },
  'node-silent': {
    metrics: [ofStage('silentNodes')],
    ...{ statistic: 'Sum', when: '>= 1', periods: '1 × 60 s', isOfMoment: true },
  },
  'live-after-end': {
    metrics: [ofHooks('live after end'), ofReplays('live after end')],
    ...{ statistic: 'Sum', when: '>= 5', periods: '1 × 300 s', isOfMoment: true },
  },
  'denial-ignored': {
    metrics: [ofHooks('denial ignored'), ofReplays('denial ignored')],
    ...{ statistic: 'Sum', when: '>= 1', periods: '1 × 300 s', isOfMoment: true },
  },
  'no-hooks': {
    metrics: [ofFunction('Event', 'Invocations')],
    ...{ statistic: 'Sum', when: '< 1', periods: '15 × 60 s', withoutData: 'breaching' },
  },
};

type Value = string | { readonly Ref: string } | { readonly 'Fn::GetAtt': readonly string[] };
interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: Value }[];
}
interface Alarm extends Partial<Metric> {
  readonly AlarmName: string;
  readonly Metrics?: readonly {
    readonly Id: string;
    readonly Expression?: string;
    readonly ReturnData: boolean;
    readonly MetricStat?: { readonly Metric: Metric; readonly Period: number; readonly Stat: string };
  }[];
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly EvaluateLowSampleCountPercentile?: string;
  readonly Period?: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData: string;
  readonly AlarmActions: readonly object[];
  readonly OKActions?: readonly object[];
  readonly ActionsEnabled?: boolean;
}

const shown = (value: Value) =>
  typeof value === 'string' ? value : 'Ref' in value ? value.Ref : value['Fn::GetAtt'].join('.');
const nameOf = ({ Namespace, MetricName, Dimensions }: Metric) =>
  [Namespace, MetricName, ...Dimensions.map(({ Name, Value }) => `${Name}=${shown(Value)}`)].join(' ');
const OPERATORS: Record<string, string> = { GreaterThanOrEqualToThreshold: '>=', LessThanThreshold: '<' };

/** An alarm as a row of the table. */
function rowOf(alarm: Alarm) {
  const parts = alarm.Metrics?.flatMap(({ Id, MetricStat }) => (MetricStat ? [{ Id, ...MetricStat }] : [])) ?? [
    {
      Id: '',
      Metric: alarm as Metric,
      Period: alarm.Period,
      Stat: alarm.ExtendedStatistic ?? alarm.Statistic,
    },
  ];
  const [Stat, ...otherStats] = new Set(parts.map((part) => part.Stat));
  const [Period, ...otherPeriods] = new Set(parts.map((part) => part.Period));
  if (otherStats.length + otherPeriods.length > 0)
    throw new Error(`${alarm.AlarmName} adds up what does not belong together`);
  return {
    metrics: parts.map(({ Metric }) => nameOf(Metric)),
    statistic: Stat,
    when: `${OPERATORS[alarm.ComparisonOperator]} ${alarm.Threshold}`,
    periods: `${alarm.EvaluationPeriods} × ${Period} s`,
    ...(alarm.TreatMissingData === 'notBreaching' ? {} : { withoutData: alarm.TreatMissingData }),
    ...(alarm.OKActions ? {} : { isOfMoment: true }),
  };
}

const build = (settings: Record<string, string> = {}) => alarms(shellWith(settings));
const alarmsOf = (resources: Resources) => Object.values(ofType<Alarm>(resources, 'AWS::CloudWatch::Alarm'));

describe('the alarms', () => {
  let all: Alarm[] = [];
  beforeAll(async () => {
    all = alarmsOf(await build({ NO_HOOKS_MINUTES: '15' }));
  });

  it('are those of the table, each on its metric, with its threshold and its periods', () => {
    const rows = all.map((alarm) => [alarm.AlarmName.replace(/^wcs-hooks-test-/, ''), rowOf(alarm)]);
    expect(Object.fromEntries(rows)).toEqual(EXPECTED);
    expect(rows).toHaveLength(Object.keys(EXPECTED).length);
  });

  it('look at metrics of ours that the code writes, in its namespace and with its dimensions', async () => {
    const capture = async (run: () => Promise<void>) => {
      const lines: string[] = [];
      // A container starts anew: its stage is in its environment.
      vi.resetModules();
      const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
      await run().finally(() => write.mockRestore());
      return lines;
    };
    const lines = [...(await hookLines()), ...(await jobLines()), ...(await banLines())];
    const written = metricsIn([...lines, ...(await notReadyLines(capture))]);
    const ours = all.flatMap((alarm) => rowOf(alarm).metrics.filter((metric) => metric.startsWith('wcs-hooks/')));
    expect(ours.length).toBeGreaterThan(7);
    // A parked hook is written by the same code as a hook: any of its outcomes.
    const isWritten = (metric: string) =>
      written.has(metric) || (metric.includes(' replays ') && written.has(metric.replace(' replays ', ' hooks ')));
    expect(ours.filter((metric) => !isWritten(metric))).toEqual([]);
  });

  it('add up what may have no data, and nothing else', () => {
    const totals = all.filter(({ Metrics }) => Metrics);
    expect(totals).toHaveLength(3);
    for (const { Metrics = [] } of totals) {
      const [sum, ...parts] = Metrics;
      expect(sum).toEqual({
        Id: 'total',
        Expression: parts.map(({ Id }) => `FILL(${Id}, 0)`).join(' + '),
        ReturnData: true,
      });
      expect(parts.map(({ Expression, ReturnData }) => [Expression, ReturnData])).toEqual(
        parts.map(() => [undefined, false]),
      );
      expect(new Set(Metrics.map(({ Id }) => Id)).size).toBe(Metrics.length);
    }
  });

  it('notify the topic, and a percentile waits for enough hooks', () => {
    const topic = [{ Ref: 'AlarmTopic' }];
    for (const alarm of all) {
      expect(alarm).toMatchObject({ AlarmActions: topic });
      expect([undefined, topic]).toContainEqual(alarm.OKActions);
      expect([alarm.ActionsEnabled, alarm.DatapointsToAlarm]).toEqual([undefined, undefined]);
      expect(alarm.EvaluateLowSampleCountPercentile).toBe(alarm.ExtendedStatistic ? 'ignore' : undefined);
    }
  });

  it('are without the one on missing hooks, and without an address, unless a deploy asks for them', async () => {
    const { Resources } = await build();
    expect(Object.keys(Resources)).not.toContain('NoHooksAlarm');
    expect(Object.values(Resources).map(({ Type }) => Type)).not.toContain('AWS::SNS::Subscription');
    const subscribed = await build({ ALARM_EMAIL: 'night@example.com' });
    expect(Object.values(ofType(subscribed, 'AWS::SNS::Subscription'))).toEqual([
      { TopicArn: { Ref: 'AlarmTopic' }, Protocol: 'email', Endpoint: 'night@example.com' },
    ]);
  });

  it('are without those of changes if none are published', async () => {
    const { Resources } = await build({ CHANGE_EVENTS: 'false' });
    expect(Object.keys(Resources).filter((id) => id.startsWith('Changes'))).toEqual([]);
    for (const settings of [{}, { CHANGE_EVENTS: 'true' }]) {
      const ids = Object.keys((await build(settings)).Resources);
      expect(ids.filter((id) => id.startsWith('Changes'))).toHaveLength(4);
    }
    await expect(build({ CHANGE_EVENTS: 'no' })).rejects.toThrow('CHANGE_EVENTS="no": expected true or false');
  });

  it('are without the one of bans with BANS=false', async () => {
    expect(Object.keys((await build()).Resources)).toContain('BansNotReadAlarm');
    expect(Object.keys((await build({ BANS: 'false' })).Resources)).not.toContain('BansNotReadAlarm');
  });

  it.each(['0', '-1', '1.5', '1441', 'often', ' '])('reject NO_HOOKS_MINUTES=%j', async (minutes) => {
    await expect(build({ NO_HOOKS_MINUTES: minutes })).rejects.toThrow('expected a whole number from 1 to 1440');
  });

  it.each(['0', '-1', '1.5', '101', 'many'])('reject FAILED_CALLS_PERCENT=%j', async (percent) => {
    await expect(build({ FAILED_CALLS_PERCENT: percent })).rejects.toThrow(
      `FAILED_CALLS_PERCENT=${JSON.stringify(percent)}: expected a whole number from 1 to 100`,
    );
  });

  it('of failed calls are off by default, count shares of ten calls or more, and need the changes', async () => {
    expect(Object.keys((await build()).Resources)).not.toContain('FailedCallsAlarm');
    const alarm = ofType<Alarm>(await build({ FAILED_CALLS_PERCENT: '30' }), 'AWS::CloudWatch::Alarm')[
      'FailedCallsAlarm'
    ];
    expect(alarm && rowOf(alarm)).toEqual({
      metrics: [ofStage('endedCalls'), ofStage('failedCalls')],
      ...{ statistic: 'Sum', when: '>= 30', periods: '2 × 300 s' },
    });
    expect(alarm?.Metrics?.map(({ Id, Expression, ReturnData }) => [Id, Expression, ReturnData])).toEqual([
      ['share', 'IF(ended >= 10, 100 * FILL(failed, 0) / ended, 0)', true],
      ['ended', undefined, false],
      ['failed', undefined, false],
    ]);
    await expect(build({ FAILED_CALLS_PERCENT: '30', CHANGE_EVENTS: 'false' })).rejects.toThrow('needs CHANGE_EVENTS');
  });

  it.each([1, 1440])('take NO_HOOKS_MINUTES=%j', async (minutes) => {
    const alarm = alarmsOf(await build({ NO_HOOKS_MINUTES: String(minutes) })).at(-1);
    expect(alarm && rowOf(alarm).periods).toBe(`${minutes} × 60 s`);
  });

  it('use a topic with its own key, which the account manages and only CloudWatch may use', async () => {
    const resources = await build();
    expect(ofType(resources, 'AWS::SNS::Topic')).toEqual({
      AlarmTopic: { TopicName: 'wcs-hooks-test-alarms', KmsMasterKeyId: { Ref: 'AlarmKey' } },
    });
    expect(ofType(resources, 'AWS::KMS::Key')).toEqual({
      AlarmKey: {
        Description: 'The topic of the alarms of wcs-hooks-test',
        EnableKeyRotation: true,
        PendingWindowInDays: 7,
        KeyPolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } },
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
    });
  });
});
