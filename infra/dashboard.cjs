// What goes on, on one page: hooks, decisions, streams, and what is in the way.
const { FUNCTIONS, HOOK_FUNCTIONS } = require('./functions.cjs');

const NAMESPACE = '${self:service}/${sls:stage}';
/** A reference inside the body, which is a text. */
const ref = (id) => `\${${id}}`;
const WIDTH = 24;

const functionName = (name) => `\${self:service}-\${sls:stage}-${name}`;
const logs = HOOK_FUNCTIONS.map((name) => `SOURCE '/aws/lambda/${functionName(name)}'`).join(' | ');

const api = (metric, options = {}) => ['AWS/ApiGateway', metric, 'ApiId', ref('HttpApi'), options];
const queue = (id, metric, options = {}) => ['AWS/SQS', metric, 'QueueName', ref(`${id}.QueueName`), options];
const ofFunctions = (metric, what = '') =>
  FUNCTIONS.map((name) => ['AWS/Lambda', metric, 'FunctionName', functionName(name), { label: `${name}${what}` }]);
const ours = (metric, options = {}) => [NAMESPACE, metric, options];
const byOutcome = (metric, ...outcomes) =>
  outcomes.map((outcome) => [NAMESPACE, metric, 'outcome', outcome, { label: outcome }]);
const overOutcomes = (metric, label) => [
  { expression: `SUM(SEARCH('{"${NAMESPACE}",outcome} MetricName="${metric}"', 'Sum', 60))`, label },
];
const ofTable = (table, label) =>
  ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits', 'WriteThrottleEvents', 'ReadThrottleEvents'].map(
    (metric) => ['AWS/DynamoDB', metric, 'TableName', ref(table), { label: `${label} ${metric}` }],
  );

const graph = (title, metrics, { stat = 'Sum', width = WIDTH / 3, ...rest } = {}) => ({
  type: 'metric',
  width,
  height: 6,
  properties: { title, metrics, stat, period: 60, region: ref('AWS::Region'), view: 'timeSeries', ...rest },
});
const table = (title, query, width = WIDTH / 2) => ({
  type: 'log',
  width,
  height: 8,
  properties: { title, query: `${logs} | ${query}`, region: ref('AWS::Region'), view: 'table' },
});

const stacked = { stacked: true };

const ROWS = [
  [
    graph(
      'Hooks by outcome',
      byOutcome('hooks', 'applied', 'fresh', 'superseded', 'echoed', 'parked', 'failed', 'stopped', 'unknown method'),
      stacked,
    ),
    graph(
      'Live publishers and players',
      [ours('livePublishers', { label: 'publishers' }), ours('livePlayers', { label: 'players' })],
      { ...stacked, stat: 'Maximum', yAxis: { left: { min: 0 } } },
    ),
    graph('Latency of hooks, ms', [
      api('Latency', { stat: 'p50', label: 'p50' }),
      api('Latency', { stat: 'p99', label: 'p99' }),
      api('IntegrationLatency', { stat: 'p99', label: 'functions p99' }),
    ]),
  ],
  [
    table(
      'Hooks by method',
      'filter message = "hook" | stats count(*) as hooks, pct(milliseconds, 50) as p50, pct(milliseconds, 99) as p99, max(milliseconds) as slowest by method | sort hooks desc',
    ),
    table(
      'Rejected and denied, by reason',
      'filter outcome in ["rejected", "denied", "undecided", "denial ignored"] | fields coalesce(reason, cause) as why | stats count(*) as hooks, latest(id) as lastId by outcome, why, app | sort hooks desc',
    ),
  ],
  [
    graph('Rejected and denied', [
      ...byOutcome('hooks', 'rejected', 'denied', 'undecided', 'denial ignored'),
      overOutcomes('failedOpen', 'unseen'),
    ]),
    graph('Lost streams, silent nodes, live after their end, ids in use, fields of another type', [
      ours('lostStreams'),
      ours('silentNodes'),
      ...byOutcome('hooks', 'live after end', 'id in use'),
      overOutcomes('fieldsLeftOut', 'fields left out'),
    ]),
    graph(
      'Parked hooks',
      [
        queue('ParkingQueue', 'ApproximateNumberOfMessagesVisible', { label: 'waiting' }),
        queue('ParkingQueue', 'ApproximateNumberOfMessagesNotVisible', { label: 'being tried' }),
        queue('DeadLetterQueue', 'ApproximateNumberOfMessagesVisible', { label: 'dead letters' }),
        queue('ParkingQueue', 'ApproximateAgeOfOldestMessage', { label: 'oldest, s', yAxis: 'right' }),
      ],
      { stat: 'Maximum' },
    ),
  ],
  [
    graph('Requests and errors of the API', [api('Count'), api('4xx'), api('5xx')]),
    graph('Errors and throttles of the functions', [
      ...ofFunctions('Errors', ' errors'),
      ...ofFunctions('Throttles', ' throttles'),
    ]),
    graph(
      'Replays',
      byOutcome(
        'replays',
        'applied',
        'superseded',
        'failed',
        'dead letter',
        'denial ignored',
        'live after end',
        'id in use',
      ),
    ),
  ],
  [
    graph('Functions at once', ofFunctions('ConcurrentExecutions'), { stat: 'Maximum' }),
    graph('Duration of the functions, p99, ms', ofFunctions('Duration'), { stat: 'p99' }),
    graph('DynamoDB', [...ofTable('StreamsTable', 'streams'), ...ofTable('SessionsTable', 'sessions')]),
  ],
];

/** Each row's widgets side by side, the rows one under the other. */
function placed(rows) {
  let y = 0;
  return rows.flatMap((row) => {
    let x = 0;
    const widgets = row.map((widget) => {
      const at = { x, y, ...widget };
      x += widget.width;
      return at;
    });
    y += Math.max(...row.map(({ height }) => height));
    return widgets;
  });
}

module.exports = {
  Resources: {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: '${self:service}-${sls:stage}',
        DashboardBody: { 'Fn::Sub': JSON.stringify({ start: '-PT1H', widgets: placed(ROWS) }) },
      },
    },
  },
};
