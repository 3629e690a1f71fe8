/** The dashboard: hooks, decisions, streams, calls and failures on one page. */
import type { HookOutcome } from '../../lib/hooks/hook.ts';
import type { ReplayOutcome } from '../../lib/jobs/replay.ts';
import type { MetricByOutcome, MetricOfStage } from '../../lib/platform/log.ts';
import { functionsOf, HOOK_FUNCTIONS, type FunctionName } from './functions.ts';
import { fields, HOOKS, NOT_ALLOWED, quoted } from './queries.ts';
import { NAMESPACE, PREFIX, sub, type Queue, type Resources, type Table, type Tools } from './template.ts';

/** A reference inside the body, which is a string. */
const inText = (id: string) => `\${${id}}`;
const WIDTH = 24;

const functionName = (name: FunctionName) => `${PREFIX}-${name}`;
const logs = HOOK_FUNCTIONS.map((name) => `SOURCE '/aws/lambda/${functionName(name)}'`).join(' | ');

type Metric = readonly unknown[];
interface Shown {
  readonly label?: string;
  readonly stat?: string;
  readonly yAxis?: 'right';
  /** Its name in expressions. */
  readonly id?: string;
  readonly visible?: false;
}
const api = (metric: string, shown: Shown = {}): Metric => [
  'AWS/ApiGateway',
  metric,
  'ApiId',
  inText('HttpApi'),
  shown,
];
const queue = (id: Queue, metric: string, shown: Shown = {}): Metric => [
  ...['AWS/SQS', metric, 'QueueName', inText(`${id}.QueueName`), shown],
];
const ofFunctions = (names: readonly FunctionName[], metric: string, what = ''): Metric[] =>
  names.map((name) => ['AWS/Lambda', metric, 'FunctionName', functionName(name), { label: `${name}${what}` }]);
const ofStage = (metric: MetricOfStage, shown: Shown = {}): Metric => [NAMESPACE, metric, shown];
const byOutcome = (metric: MetricByOutcome, outcomes: readonly string[]): Metric[] =>
  outcomes.map((outcome) => [NAMESPACE, metric, 'outcome', outcome, { label: outcome }]);
const hooks = (...outcomes: HookOutcome[]) => byOutcome('hooks', outcomes);
const replays = (...outcomes: ReplayOutcome[]) => byOutcome('replays', outcomes);
const overOutcomes = (metric: MetricByOutcome, label: string): Metric => [
  { expression: `SUM(SEARCH('{"${NAMESPACE}",outcome} MetricName="${metric}"', 'Sum', 60))`, label },
];
const ofTable = (table: Table, label: string): Metric[] =>
  ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits', 'WriteThrottleEvents', 'ReadThrottleEvents'].map(
    (metric) => ['AWS/DynamoDB', metric, 'TableName', inText(table), { label: `${label} ${metric}` }],
  );

interface Widget {
  readonly type: 'metric' | 'log';
  readonly width: number;
  readonly height: number;
  readonly properties: object;
}
interface Look {
  readonly stat?: string;
  readonly stacked?: boolean;
  readonly yAxis?: object;
}
const graph = (title: string, metrics: readonly Metric[], { stat = 'Sum', ...look }: Look = {}): Widget => ({
  type: 'metric',
  width: WIDTH / 3,
  height: 6,
  properties: { title, metrics, stat, period: 60, region: inText('AWS::Region'), view: 'timeSeries', ...look },
});
const table = (title: string, ...query: string[]): Widget => ({
  type: 'log',
  width: WIDTH / 2,
  height: 8,
  properties: { title, query: [logs, ...query].join(' | '), region: inText('AWS::Region'), view: 'table' },
});

const stacked = { stacked: true };
const MS = fields('milliseconds');

/** Counted among the changes: there each call ends once. */
const CALLS: readonly Widget[] = [
  graph('Calls that ended', [
    ofStage('endedCalls', { label: 'all' }),
    ofStage('answeredCalls', { label: 'answered' }),
    ofStage('failedCalls', { label: 'failed' }),
  ]),
  graph(
    'Failed calls by SIP status',
    [
      ofStage('failedCalls4xx', { label: '4xx' }),
      ofStage('failedCalls5xx', { label: '5xx' }),
      ofStage('failedCalls6xx', { label: '6xx' }),
      ofStage('failedCallsOther', { label: 'other' }),
    ],
    stacked,
  ),
  graph('Mean talk time, s', [
    [{ expression: 'talk / answered', label: 'mean talk time' }],
    ofStage('talkSeconds', { id: 'talk', visible: false }),
    ofStage('answeredCalls', { id: 'answered', visible: false }),
  ]),
];

const CHANGES: readonly Widget[] = [
  graph('Changes published, and batches that failed', [
    ofStage('changesPublished', { label: 'published' }),
    ofStage('changesFailed', { label: 'failed batches' }),
  ]),
  graph(
    'Changes: how late, ms',
    [['AWS/Lambda', 'IteratorAge', 'FunctionName', functionName('changes'), { label: 'oldest' }]],
    { stat: 'Maximum' },
  ),
  graph(
    'Changes given up',
    [
      ofStage('changesGivenUp', { label: 'given up' }),
      queue('ChangesDeadLetterQueue', 'ApproximateNumberOfMessagesVisible', { label: 'dead letters' }),
    ],
    { stat: 'Maximum' },
  ),
];

const rowsOf = (functions: readonly FunctionName[]): readonly (readonly Widget[])[] => [
  [
    graph(
      'Hooks by outcome',
      hooks('applied', 'fresh', 'superseded', 'echoed', 'parked', 'failed', 'stopped', 'unknown method'),
      stacked,
    ),
    graph(
      'Live publishers and players, calls ringing and talking',
      [
        ofStage('livePublishers', { label: 'publishers' }),
        ofStage('livePlayers', { label: 'players' }),
        ofStage('ringingCalls', { label: 'ringing' }),
        ofStage('talkingCalls', { label: 'talking' }),
      ],
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
      HOOKS,
      `stats count(*) as hooks, pct(${MS}, 50) as p50, pct(${MS}, 99) as p99, max(${MS}) as slowest by ${fields('method')}`,
      'sort hooks desc',
    ),
    table(
      'Rejected and denied, by reason',
      `filter ${fields('outcome')} in ${quoted(...NOT_ALLOWED)}`,
      `fields coalesce(${fields('reason', 'cause')}) as why`,
      `stats count(*) as hooks, latest(${fields('id')}) as lastId by ${fields('outcome')}, why, ${fields('app')}`,
      'sort hooks desc',
    ),
  ],
  [
    graph('Rejected and denied, bans that could not be read', [
      ...hooks(...NOT_ALLOWED),
      overOutcomes('failedOpen', 'failed open'),
      ofStage('bansNotRead'),
    ]),
    graph('Lost streams and calls, silent nodes, live after their end, ids in use, fields of another type', [
      ofStage('lostStreams'),
      ofStage('lostCalls'),
      ofStage('silentNodes'),
      ...hooks('live after end', 'id in use'),
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
      ...ofFunctions(functions, 'Errors', ' errors'),
      ...ofFunctions(functions, 'Throttles', ' throttles'),
    ]),
    graph(
      'Replays',
      replays('applied', 'superseded', 'failed', 'dead letter', 'denial ignored', 'live after end', 'id in use'),
    ),
  ],
  [
    graph('Functions at once', ofFunctions(functions, 'ConcurrentExecutions'), { stat: 'Maximum' }),
    graph('Duration of the functions, p99, ms', ofFunctions(functions, 'Duration'), { stat: 'p99' }),
    graph('DynamoDB', [
      ...ofTable('StreamsTable', 'streams'),
      ...ofTable('SessionsTable', 'sessions'),
      ...ofTable('CallsTable', 'calls'),
    ]),
  ],
  ...(functions.includes('changes') ? [CALLS, CHANGES] : []),
];

/** Each row's widgets side by side, the rows one under the other. */
function placed(rows: ReturnType<typeof rowsOf>): object[] {
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

export const dashboard = async (tools: Tools): Promise<Resources> => ({
  Resources: {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: PREFIX,
        DashboardBody: sub(JSON.stringify({ start: '-PT1H', widgets: placed(rowsOf(await functionsOf(tools))) })),
      },
    },
  },
});
