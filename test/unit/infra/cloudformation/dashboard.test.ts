import { beforeAll, describe, expect, it } from 'vitest';
import { dashboard } from '../../../../infra/cloudformation/dashboard.ts';
import type { HookOutcome } from '../../../../lib/hooks/hook.ts';
import type { ReplayOutcome } from '../../../../lib/jobs/replay.ts';
import type { MetricByOutcome, MetricOfStage } from '../../../../lib/platform/log.ts';
import { ofType, shellWith } from '../../../support/cloudformation.ts';
import { insights } from '../../../support/insights.ts';
import { banLines, hookLines, jobLines, metricsIn, type WrittenLine } from '../../../support/written-lines.ts';

type Line = readonly (
  string | { readonly label?: string; readonly stat?: string; readonly expression?: string; readonly yAxis?: string }
)[];
interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly region: string;
    readonly view: string;
    readonly metrics?: readonly Line[];
    readonly stat?: string;
    readonly period?: number;
    readonly stacked?: boolean;
    readonly query?: string;
  };
}

/** All that there are: the compiler refuses one that is missing, and one that is too many. */
const HOOK_OUTCOMES: Readonly<Record<HookOutcome, 'hooks' | 'rejected and denied' | 'anomaly'>> = {
  ...{ applied: 'hooks', fresh: 'hooks', superseded: 'hooks', echoed: 'hooks', parked: 'hooks', failed: 'hooks' },
  ...{ stopped: 'hooks', 'unknown method': 'hooks' },
  ...{ rejected: 'rejected and denied', denied: 'rejected and denied', undecided: 'rejected and denied' },
  ...{ 'denial ignored': 'rejected and denied', 'live after end': 'anomaly', 'id in use': 'anomaly' },
};
/** A replay makes no reads that could find a lease fresh. */
const REPLAY_OUTCOMES: Readonly<Record<Exclude<ReplayOutcome, 'fresh'>, true>> = {
  ...{ applied: true, superseded: true, failed: true, 'dead letter': true },
  ...{ 'denial ignored': true, 'live after end': true, 'id in use': true },
};
const OURS = 'wcs-hooks/test';
const ofHooks = (group: string) =>
  Object.entries(HOOK_OUTCOMES).flatMap(([outcome, one]) =>
    one === group ? [`${OURS} hooks outcome=${outcome}`] : [],
  );
const ofStage = (metric: MetricOfStage) => `${OURS} ${metric}`;
const overOutcomes = (metric: MetricByOutcome) => `${OURS} ${metric} outcome=*`;

const FUNCTIONS = ['connect', 'invocation', 'event', 'incoming', 'sweep', 'replay', 'changes', 'board'];
const ofFunctions = (metric: string) =>
  FUNCTIONS.map((name) => `AWS/Lambda ${metric} FunctionName=wcs-hooks-test-${name}`);
const ofApi = (metric: string) => `AWS/ApiGateway ${metric} ApiId=\${HttpApi}`;
const ofQueue = (queue: string, metric: string) => `AWS/SQS ${metric} QueueName=\${${queue}.QueueName}`;
const ofTable = (table: string) =>
  ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits', 'WriteThrottleEvents', 'ReadThrottleEvents'].map(
    (metric) => `AWS/DynamoDB ${metric} TableName=\${${table}}`,
  );

const LIVE = 'Live publishers and players, calls ringing and talking';
const LIVE_AND_LOST = 'Lost streams and calls, silent nodes, live after their end, ids in use, fields of another type';
/** Each graph's metrics, and how the values of a minute become one. */
const GRAPHS: Readonly<Record<string, readonly [stat: string, metrics: readonly string[]]>> = {
  'Hooks by outcome': ['Sum', ofHooks('hooks')],
  [LIVE]: ['Maximum', (['livePublishers', 'livePlayers', 'ringingCalls', 'talkingCalls'] as const).map(ofStage)],
  'Latency of hooks, ms': ['p50 p99 p99', [ofApi('Latency'), ofApi('Latency'), ofApi('IntegrationLatency')]],
  'Rejected and denied, bans that could not be read': [
    'Sum',
    [...ofHooks('rejected and denied'), overOutcomes('failedOpen'), ofStage('bansNotRead')],
  ],
  [LIVE_AND_LOST]: [
    'Sum',
    [
      ofStage('lostStreams'),
      ofStage('lostCalls'),
      ofStage('silentNodes'),
      ...ofHooks('anomaly'),
      overOutcomes('fieldsLeftOut'),
    ],
  ],
  'Changes published, and batches that failed': ['Sum', [ofStage('changesPublished'), ofStage('changesFailed')]],
  'Calls that ended': ['Sum', (['endedCalls', 'answeredCalls', 'failedCalls'] as const).map(ofStage)],
  'Failed calls by SIP status': [
    'Sum',
    (['failedCalls4xx', 'failedCalls5xx', 'failedCalls6xx', 'failedCallsOther'] as const).map(ofStage),
  ],
  'Mean talk time, s': ['Sum', ['talk / answered', ofStage('talkSeconds'), ofStage('answeredCalls')]],
  'Changes: how late, ms': ['Maximum', ['AWS/Lambda IteratorAge FunctionName=wcs-hooks-test-changes']],
  'Changes given up': [
    'Maximum',
    [ofStage('changesGivenUp'), ofQueue('ChangesDeadLetterQueue', 'ApproximateNumberOfMessagesVisible')],
  ],
  'Parked hooks': [
    'Maximum',
    [
      ofQueue('ParkingQueue', 'ApproximateNumberOfMessagesVisible'),
      ofQueue('ParkingQueue', 'ApproximateNumberOfMessagesNotVisible'),
      ofQueue('DeadLetterQueue', 'ApproximateNumberOfMessagesVisible'),
      ofQueue('ParkingQueue', 'ApproximateAgeOfOldestMessage'),
    ],
  ],
  'Requests and errors of the API': ['Sum', [ofApi('Count'), ofApi('4xx'), ofApi('5xx')]],
  'Errors and throttles of the functions': ['Sum', [...ofFunctions('Errors'), ...ofFunctions('Throttles')]],
  Replays: ['Sum', Object.keys(REPLAY_OUTCOMES).map((outcome) => `${OURS} replays outcome=${outcome}`)],
  'Functions at once': ['Maximum', ofFunctions('ConcurrentExecutions')],
  'Duration of the functions, p99, ms': ['p99', ofFunctions('Duration')],
  DynamoDB: ['Sum', [...ofTable('StreamsTable'), ...ofTable('SessionsTable'), ...ofTable('CallsTable')]],
};

const SEARCH = /^SUM\(SEARCH\('\{"([^"]+)",(\w+)\} MetricName="(\w+)"', 'Sum', 60\)\)$/;
function nameOf(line: Line): string {
  const [namespace, metric, ...rest] = line.filter((part) => typeof part === 'string');
  const { expression = '' } = optionsOf(line);
  const [, within, dimension, searched] = SEARCH.exec(expression) ?? [];
  if (expression) return searched ? `${within} ${searched} ${dimension}=*` : expression;
  const pairs = Array.from({ length: rest.length / 2 }, (_, n) => `${rest[2 * n]}=${rest[2 * n + 1]}`);
  return [namespace, metric, ...pairs].join(' ');
}
const optionsOf = (line: Line) => line.find((part) => typeof part === 'object') ?? {};

const [properties] = Object.values(
  ofType<{ DashboardName: string; DashboardBody: { 'Fn::Sub': string } }>(
    await dashboard(shellWith({})),
    'AWS::CloudWatch::Dashboard',
  ),
);
const { start, widgets } = JSON.parse(properties?.DashboardBody['Fn::Sub'] ?? '') as {
  start: string;
  widgets: readonly Widget[];
};
const graphs = widgets.filter(({ type }) => type === 'metric');
const tableOf = (title: string) =>
  widgets.find((widget) => widget.type === 'log' && widget.properties.title === title)?.properties.query ??
  expect.fail();

describe('the dashboard', () => {
  let lines: WrittenLine[] = [];
  beforeAll(async () => {
    lines = [...(await hookLines()), ...(await jobLines()), ...(await banLines())];
  });

  it('shows the graphs of the table, minute by minute', () => {
    const shown = graphs.map(({ properties: { title, stat = '', metrics = [] } }) => {
      const own = metrics.flatMap((line) => optionsOf(line).stat ?? []);
      return [title, [own.length > 0 ? own.join(' ') : stat, metrics.map(nameOf)]];
    });
    expect(Object.fromEntries(shown)).toEqual(GRAPHS);
    expect(shown).toHaveLength(Object.keys(GRAPHS).length);
    for (const { properties } of graphs) expect(properties).toMatchObject({ period: 60, view: 'timeSeries' });
  });

  it('shows every metric that the code writes', () => {
    const shown = new Set(graphs.flatMap(({ properties: { metrics = [] } }) => metrics.map(nameOf)));
    const written = [...metricsIn(lines)];
    expect(written.length).toBeGreaterThan(15);
    const isShown = (metric: string) => shown.has(metric) || shown.has(metric.replace(/=.*/, '=*'));
    expect(written.filter((metric) => !isShown(metric))).toEqual([]);
  });

  it('labels each line once in its graph, stacks what adds up, and shows ages on an axis of their own', () => {
    for (const { properties } of graphs) {
      const labels = (properties.metrics ?? []).map((line) => optionsOf(line).label ?? nameOf(line));
      expect(new Set(labels).size).toBe(labels.length);
      for (const line of properties.metrics ?? []) {
        const [, outcome] = / outcome=([^*]+)$/.exec(nameOf(line)) ?? [];
        if (outcome) expect(optionsOf(line).label).toBe(outcome);
        expect(optionsOf(line).yAxis).toBe(nameOf(line).includes('AgeOfOldest') ? 'right' : undefined);
      }
    }
    const stacked = graphs.filter(({ properties }) => properties.stacked).map(({ properties }) => properties.title);
    expect(stacked).toEqual(['Hooks by outcome', LIVE, 'Failed calls by SIP status']);
  });

  it('has its widgets side by side in 24 columns, none over another, and shows the last hour of its region', () => {
    expect([properties?.DashboardName, start]).toEqual(['wcs-hooks-test', '-PT1H']);
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, n) => `${x + (n % width)} ${y + Math.floor(n / width)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(widgets.every(({ x, width }) => x >= 0 && x + width <= 24)).toBe(true);
    const bottom = Math.max(...widgets.map(({ y, height }) => y + height));
    expect(cells).toHaveLength(24 * bottom);
    for (const { properties } of widgets) expect(properties.region).toBe('${AWS::Region}');
  });

  it('has tables over the logs of the functions that hooks call', () => {
    const sources = FUNCTIONS.slice(0, 4).map((name) => `SOURCE '/aws/lambda/wcs-hooks-test-${name}'`);
    const tables = widgets.filter(({ type }) => type === 'log');
    expect(tables.map(({ properties }) => properties.title)).toEqual([
      'Hooks by method',
      'Rejected and denied, by reason',
    ]);
    for (const { properties } of tables) {
      expect(properties.query?.startsWith(`${sources.join(' | ')} | filter `)).toBe(true);
      expect(properties.view).toBe('table');
    }
  });

  const answerOf = (title: string) =>
    insights(tableOf(title).slice(tableOf(title).indexOf('filter ')), lines, (field) =>
      expect(lines.some((line) => Object.hasOwn(line, field))).toBe(true),
    );

  it('counts hooks by method with their times, the most frequent first', () => {
    const hooks = lines.filter(({ message }) => message === 'hook');
    const found = answerOf('Hooks by method');
    expect(found.reduce((sum, row) => sum + Number(row['hooks']), 0)).toBe(hooks.length);
    expect(found[0]).toMatchObject({ method: 'StreamStatusEvent' });
    for (const row of found) expect(Object.keys(row)).toEqual(['method', 'hooks', 'p50', 'p99', 'slowest']);
    const timed = Array.from({ length: 200 }, (_, n) => ({ ...(hooks[0] ?? expect.fail()), milliseconds: n + 1 }));
    const query = tableOf('Hooks by method');
    expect(insights(query.slice(query.indexOf('filter ')), timed)).toMatchObject([
      { p50: 100, p99: 198, slowest: 200 },
    ]);
  });

  it('counts the rejected and the denied by their reason and app', () => {
    const found = answerOf('Rejected and denied, by reason');
    expect(new Set(found.map(({ outcome }) => outcome))).toEqual(
      new Set(['rejected', 'denied', 'undecided', 'denial ignored']),
    );
    expect(found).toContainEqual({
      ...{ outcome: 'denied', why: 'origin: another origin', app: 'app', hooks: 1, lastId: '/10.0.0.1:3/10.0.0.2:4' },
    });
    const counts = found.map(({ hooks }) => Number(hooks));
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  });
});
