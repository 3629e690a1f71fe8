// What an operator must know at once, and the topic that tells it. ALARM_EMAIL subscribes an address (AWS asks it to
// confirm); NO_HOOKS_MINUTES switches on the alarm that no hook came for so long.
const { FUNCTIONS, functionId, pascal } = require('./functions.cjs');

const PREFIX = '${self:service}-${sls:stage}';
const NAMESPACE = '${self:service}/${sls:stage}';
const LONGEST_MINUTES = 24 * 60;
const PERIOD_SECONDS = 300;

const dimensions = (values) => Object.entries(values).map(([Name, Value]) => ({ Name, Value }));

const ofApi = (MetricName) => ({
  Namespace: 'AWS/ApiGateway',
  MetricName,
  Dimensions: dimensions({ ApiId: { Ref: 'HttpApi' }, Stage: { Ref: 'HttpApiStage' } }),
});
const ofFunction = (name, MetricName) => ({
  Namespace: 'AWS/Lambda',
  MetricName,
  Dimensions: dimensions({ FunctionName: { Ref: functionId(name) } }),
});
const ofQueue = (queue, MetricName) => ({
  Namespace: 'AWS/SQS',
  MetricName,
  Dimensions: dimensions({ QueueName: { 'Fn::GetAtt': [queue, 'QueueName'] } }),
});
const ours = (MetricName, values = {}) => ({ Namespace: NAMESPACE, MetricName, Dimensions: dimensions(values) });

const sum = (metric) => ({ ...metric, Statistic: 'Sum' });
const maximum = (metric) => ({ ...metric, Statistic: 'Maximum' });
// Of a handful of hooks the slowest would be the p99.
const p99 = (metric) => ({ ...metric, ExtendedStatistic: 'p99', EvaluateLowSampleCountPercentile: 'ignore' });

/** Metrics added up, where some may have no data. */
const total = (...metrics) => ({
  Metrics: [
    { Id: 'total', Expression: metrics.map((_, n) => `FILL(m${n}, 0)`).join(' + '), ReturnData: true },
    ...metrics.map(({ Namespace, MetricName, Dimensions, Statistic: Stat }, n) => ({
      Id: `m${n}`,
      MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: PERIOD_SECONDS, Stat },
      ReturnData: false,
    })),
  ],
});

/** From `threshold` on, in `of` periods of five minutes, or of as many seconds as given. */
const from = (threshold, metric, AlarmDescription, { seconds = PERIOD_SECONDS, of = 1 } = {}) => ({
  ...metric,
  AlarmDescription,
  Threshold: threshold,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  ...(metric.Metrics ? {} : { Period: seconds }),
  EvaluationPeriods: of,
  // No hooks, no metric: that alone is no trouble.
  TreatMissingData: 'notBreaching',
});

/** What a hook said may come to light when it is replayed. */
const byHookOrReplay = (outcome) => total(sum(ours('hooks', { outcome })), sum(ours('replays', { outcome })));

/** They tell of a moment: that nothing more comes does not mean that it is well. */
const OF_A_MOMENT = ['node-silent', 'live-after-end', 'denial-ignored'];

const ALARMS = {
  'api-5xx': from(
    5,
    sum(ofApi('5xx')),
    'Hooks were answered 5xx: what they said is kept nowhere. Look at the errors and throttles of the functions, then for "outcome":"failed" in their logs.',
  ),
  'not-ready': from(
    1,
    sum(ours('notReady')),
    'A function has no usable secrets or settings, or cannot read them, and answers its hooks 503: "cause" of "not ready" in the logs says which.',
  ),
  rejected: from(
    50,
    sum(ours('hooks', { outcome: 'rejected' })),
    'Many hooks have no or wrong credentials, or are malformed: a WCS with another secret loses all that it says, and under FAIL its streams. "who was rejected or denied" says why, "ip" in the access log from where.',
    { of: 2 },
  ),
  'api-latency': from(
    2000,
    p99(ofApi('Latency')),
    'One hook of a hundred takes 2 s or more, and its client waits. Look at DynamoDB (throttles, latency) and at "slowest hooks".',
    { of: 3 },
  ),
  ...Object.fromEntries(
    FUNCTIONS.flatMap((name) => [
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
  ),
  // Not by the queue's age: SQS leaves out of it what was received three times.
  'parked-old': from(
    1,
    sum(ours('replays', { outcome: 'failed' })),
    'Hooks have waited for 15 minutes, as DynamoDB does not take them; their rows are behind. They are tried for 33 hours. "cause" in the log of replay says why.',
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
    'Hooks could not be applied. With the attribute "reason" they never can be; those without one were tried for 33 hours: bring them back with start-message-move-task, 14 days after they came they are gone.',
  ),
  'node-silent': from(
    1,
    sum(ours('silentNodes')),
    'Every stream of a WCS that sends keep-alives fell silent at once: is that server up, and does it reach this URL? Several nodes at once: look here first.',
    { seconds: 60 },
  ),
  'live-after-end': from(
    5,
    byHookOrReplay('live after end'),
    'Hooks say that streams play which have ended: WCS uses ids again, or an end was told too early. Their rows stay ended, and do not show them.',
  ),
  'denial-ignored': from(
    1,
    byHookOrReplay('denial ignored'),
    'A stream that was denied plays all the same: its app has no method "connect", or its client connected before the policy was on. The row shows "denied"; stop it with npm run streams.',
  ),
};

/** The function `event` gets a hook for every connection that comes and goes. */
const noHooks = (minutes) => ({
  'no-hooks': {
    ...from(
      1,
      sum(ofFunction('event', 'Invocations')),
      `No hook came for ${minutes} minutes: does WCS run, has the app its methods (show app-rest-methods), is the URL right?`,
      { seconds: 60, of: minutes },
    ),
    ComparisonOperator: 'LessThanThreshold',
    TreatMissingData: 'breaching',
  },
});

function readMinutes(text) {
  const minutes = Number(text);
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= LONGEST_MINUTES) return minutes;
  throw new Error(`NO_HOOKS_MINUTES=${JSON.stringify(text)}: expected a whole number from 1 to ${LONGEST_MINUTES}`);
}

/** Each function's alarms are explained once. */
const OF_A_FUNCTION = new RegExp(`^(${FUNCTIONS.join('|')})-(?=errors$|throttles$)`);
const runbook = (name) => `Runbook: docs/runbook.md#${name.replace(OF_A_FUNCTION, 'function-')}`;

const alarmId = (name) => `${name.split('-').map(pascal).join('')}Alarm`;
const tells = [{ Ref: 'AlarmTopic' }];
const alarm = ([name, properties]) => [
  alarmId(name),
  {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${PREFIX}-${name}`,
      ...properties,
      AlarmDescription: `${properties.AlarmDescription} ${runbook(name)}`,
      AlarmActions: tells,
      ...(OF_A_MOMENT.includes(name) ? {} : { OKActions: tells }),
    },
  },
];

// The key aws/sns does not let CloudWatch in, and the alarms would reach nobody.
const AlarmKey = {
  Type: 'AWS::KMS::Key',
  Properties: {
    Description: `The topic of the alarms of ${PREFIX}`,
    EnableKeyRotation: true,
    PendingWindowInDays: 7,
    KeyPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          // Without it nobody could manage the key, nor delete it.
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
};

const AlarmTopic = {
  Type: 'AWS::SNS::Topic',
  Properties: { TopicName: `${PREFIX}-alarms`, KmsMasterKeyId: { Ref: 'AlarmKey' } },
};

const emailTo = (Endpoint) => ({
  AlarmEmail: {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: { Ref: 'AlarmTopic' }, Protocol: 'email', Endpoint },
  },
});

module.exports = async ({ resolveVariable }) => {
  const email = await resolveVariable("env:ALARM_EMAIL, ''");
  const minutes = await resolveVariable("env:NO_HOOKS_MINUTES, ''");
  const alarms = { ...ALARMS, ...(minutes ? noHooks(readMinutes(minutes)) : {}) };
  return {
    Resources: {
      AlarmKey,
      AlarmTopic,
      ...(email ? emailTo(email) : {}),
      ...Object.fromEntries(Object.entries(alarms).map(alarm)),
    },
  };
};
