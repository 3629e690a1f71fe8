/** Our own rules over the packaged template: what a linter cannot know. Each problem is one sentence. */
import { PARAMETERS } from '../../../lib/platform/secrets.ts';
import { list, referencesIn, resourcesOf, statementsIn, type Resource, type Template } from './template.ts';

/** What of a function's code the rules compare with what it is given. */
export interface CodeOfFunction {
  /** Names of environment variables that its code reads. */
  readonly reads: ReadonlySet<string>;
}

export interface Code {
  readonly functions: ReadonlyMap<string, CodeOfFunction>;
  /** All of lib/, for the names of metrics. */
  readonly text: string;
}

/** Lambda sets these itself, or only the local stack does, or SSM holds them. */
const NOT_FROM_TEMPLATE = /^(AWS_.*|IS_OFFLINE|SIP_ACCOUNTS_FILE)$/;
export const SECRETS = Object.keys(PARAMETERS);

export function problemsOf(template: Template, stage: string, code: Code): string[] {
  return [
    ...problemsOfStatements(template),
    ...problemsOfLogs(template),
    ...problemsOfKeeping(template, stage === 'prod'),
    ...problemsOfData(template),
    ...problemsOfFunctions(template, code),
    ...problemsOfApi(template),
    ...problemsOfMetrics(template, code),
  ];
}

/** The accounts of one stage: there are as many as the operator likes. */
const SIP_ACCOUNTS = /:parameter\/wcs-hooks\/[\w-]+\/sip\/\*(?="\}?$)/;

function problemsOfStatements(template: Template): string[] {
  return Object.entries(template.Resources).flatMap(([id, resource]) =>
    statementsIn(resource.Properties)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action, Resource }) => [
        // In the policy of a key "*" is the key, and all of it for the account's own administrators keeps it manageable.
        ...list(Action)
          .filter((action) => action.includes('*') && !(resource.Type === 'AWS::KMS::Key' && action === 'kms:*'))
          .map((action) => `${id} allows ${action}: name the actions`),
        ...list(Resource)
          .filter(
            (one) => JSON.stringify(one)?.replace(SIP_ACCOUNTS, '').includes('*') && resource.Type !== 'AWS::KMS::Key',
          )
          .map((one) => `${id} allows ${list(Action).join(', ')} on ${JSON.stringify(one)}: name the resource`),
      ]),
  );
}

function problemsOfLogs(template: Template): string[] {
  const groups = resourcesOf(template, 'AWS::Logs::LogGroup');
  const names = groups.map(({ properties }) => properties['LogGroupName']);
  const functions = resourcesOf(template, 'AWS::Lambda::Function').map(({ properties }) => properties['FunctionName']);
  return [
    ...groups
      .filter(({ properties }) => !(Number(properties['RetentionInDays']) > 0))
      .map(({ id }) => `${id} keeps its lines for ever: set RetentionInDays`),
    // A group that Lambda has to make itself has no retention.
    ...functions
      .filter((name) => !names.includes(`/aws/lambda/${String(name)}`))
      .map((name) => `${String(name)} has no log group`),
  ];
}

const KEPT = ['AWS::DynamoDB::Table', 'AWS::SQS::Queue'];
/** What a setting can take out of a stage: if it stayed, a later deploy could not make it again. */
const NEVER_KEPT = ['BansTable', 'ChangesDeadLetterQueue'];

function problemsOfKeeping({ Resources }: Template, isProd: boolean): string[] {
  return Object.entries(Resources).flatMap(([id, { Type, DeletionPolicy, UpdateReplacePolicy, Properties }]) => {
    const isKept = isProd && !NEVER_KEPT.includes(id);
    const wanted = isKept ? 'Retain' : 'Delete';
    const isProtected = Properties?.['DeletionProtectionEnabled'];
    return [
      ...(KEPT.includes(Type) && (DeletionPolicy !== wanted || UpdateReplacePolicy !== wanted)
        ? [
            `${id} has DeletionPolicy ${DeletionPolicy} and UpdateReplacePolicy ${UpdateReplacePolicy}: expected ${wanted}`,
          ]
        : []),
      ...(Type === 'AWS::DynamoDB::Table' && isProtected !== isKept
        ? [`${id} has DeletionProtectionEnabled ${String(isProtected)}: expected ${isKept}`]
        : []),
    ];
  });
}

/** By type, what each resource with data of streams, or about them, must have. */
const OF_DATA: Record<string, (properties: Record<string, unknown>, id: string) => (string | false)[]> = {
  'AWS::DynamoDB::Table': (table, id) => [
    !isTrue(table, 'SSESpecification', 'SSEEnabled') && 'is not encrypted under a KMS key',
    !isTrue(table, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled') && 'cannot be recovered',
    !isTrue(table, 'TimeToLiveSpecification', 'Enabled') && 'keeps rows for ever',
    at(table, 'TimeToLiveSpecification', 'AttributeName') !== (id === 'BansTable' ? 'until' : 'expiresAt') &&
      'has another TTL attribute than the rows',
    table['BillingMode'] !== 'PAY_PER_REQUEST' && 'is not on demand',
  ],
  'AWS::SQS::Queue': (queue) => [queue['SqsManagedSseEnabled'] !== true && 'is not encrypted'],
  'AWS::SNS::Topic': (topic) => [!topic['KmsMasterKeyId'] && 'is not encrypted'],
  'AWS::S3::Bucket': (bucket) => [!bucket['BucketEncryption'] && 'is not encrypted'],
};

const problemsOfData = ({ Resources }: Template): string[] =>
  Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) =>
    (OF_DATA[Type]?.(Properties, id) ?? []).filter((problem) => problem !== false).map((problem) => `${id} ${problem}`),
  );

const at = (value: Record<string, unknown>, ...path: string[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
const isTrue = (value: Record<string, unknown>, ...path: string[]) => at(value, ...path) === true;

function problemsOfFunctions(template: Template, { functions }: Code): string[] {
  const roles: string[] = [];
  return resourcesOf(template, 'AWS::Lambda::Function').flatMap(({ id, properties }) => {
    const name = String(properties['FunctionName']).replace(/^.*-/, '');
    const given = Object.keys(at(properties, 'Environment', 'Variables') ?? {});
    const reads = functions.get(name)?.reads;
    if (!reads) return [`${id} has no code`];
    const [role = ''] = referencesIn(properties['Role']);
    const isShared = roles.includes(role);
    roles.push(role);
    return [
      ...(isShared ? [`${id} shares its role ${role}`] : []),
      ...given.filter((one) => SECRETS.includes(one)).map((one) => `${id} has the secret ${one} in its environment`),
      ...given.filter((one) => !reads.has(one)).map((one) => `${id} is given ${one}, which its code does not read`),
      ...[...reads]
        .filter((one) => !given.includes(one) && !NOT_FROM_TEMPLATE.test(one) && !SECRETS.includes(one))
        .map((one) => `${id} reads ${one}, which it is not given`),
    ];
  });
}

function problemsOfApi(template: Template): string[] {
  const [stage] = resourcesOf(template, 'AWS::ApiGatewayV2::Stage');
  if (!stage) return ['there is no stage of the HTTP API'];
  const group = referencesIn(at(stage.properties, 'AccessLogSettings', 'DestinationArn'));
  const ofRoutes = (stage.properties['RouteSettings'] ?? {}) as Record<string, unknown>;
  const limits = [stage.properties['DefaultRouteSettings'], ...Object.values(ofRoutes)];
  return [
    ...(group.some((id) => template.Resources[id]?.Type === 'AWS::Logs::LogGroup')
      ? []
      : [`${stage.id} logs no access`]),
    ...(limits.every((one) => Number((one as Record<string, unknown>)?.['ThrottlingRateLimit']) > 0)
      ? []
      : [`${stage.id} lets everything through: set ThrottlingRateLimit`]),
  ];
}

/** An alarm on a metric that nobody writes is silent for ever. */
function problemsOfMetrics(template: Template, { text }: Code): string[] {
  const problems = (where: string, metric: string, outcome?: string) =>
    [metric, ...list(outcome)]
      .filter((word) => !new RegExp(`\\b${word}\\b`).test(text))
      .map((word) => `${where} asks for ${JSON.stringify(word)}, which no code writes`);
  const isOurs = (namespace: unknown) => String(namespace).startsWith('wcs-hooks/');
  const ofAlarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').flatMap(({ id, properties }) =>
    metricsOfAlarm(properties)
      .filter(({ Namespace }) => isOurs(Namespace))
      .flatMap(({ MetricName, Dimensions }) => problems(id, MetricName, list(Dimensions)[0]?.Value)),
  );
  const ofDashboards = resourcesOf(template, 'AWS::CloudWatch::Dashboard').flatMap(({ id, properties }) =>
    metricsOf(properties)
      .filter(([namespace]) => isOurs(namespace))
      .flatMap(([, metric, dimension, value]) =>
        problems(id, String(metric), dimension === 'outcome' ? String(value) : undefined),
      ),
  );
  const silent = resourcesOf(template, 'AWS::CloudWatch::Alarm').filter(
    ({ properties }) => list(properties['AlarmActions']).length === 0,
  );
  return [...ofAlarms, ...ofDashboards, ...silent.map(({ id }) => `${id} tells nobody`)];
}

interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: { Value: string }[];
}

/** One, or those that an expression is made of. */
const metricsOfAlarm = (properties: Resource['Properties'] & object): Metric[] =>
  properties['Metrics']
    ? (properties['Metrics'] as { MetricStat?: { Metric: Metric } }[]).flatMap(
        ({ MetricStat }) => MetricStat?.Metric ?? [],
      )
    : [properties as unknown as Metric];

function metricsOf(dashboard: Resource['Properties'] & object): unknown[][] {
  const body = at(dashboard, 'DashboardBody', 'Fn::Sub');
  const { widgets } = JSON.parse(String(body)) as { widgets: { properties: { metrics?: unknown[][] } }[] };
  return widgets.flatMap(({ properties }) => properties.metrics ?? []);
}
