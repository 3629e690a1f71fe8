/** What was deployed, and what is left after a removal. */
import { unknownKind } from '../../../infra/local/deployment.ts';
import type { Aws } from './aws.ts';
import type { Stage } from './stage.ts';

/** By kind, the ids of what MiniStack does not know. */
export function leftOut({ template }: Stage): [kind: string, ids: string[]][] {
  const unknown = Object.entries(template.Resources).flatMap(([id, resource]) => {
    const kind = unknownKind(resource);
    return kind === undefined ? [] : [{ id, kind }];
  });
  return [...Map.groupBy(unknown, ({ kind }) => kind)].map(([kind, those]) => [kind, those.map(({ id }) => id)]);
}

/** Each resource of the template is there, but for the kinds that MiniStack does not know. */
export async function problemsOfStack({ list }: Aws, { prefix, template }: Stage): Promise<string[]> {
  const parameters = { StackName: prefix };
  const resources = await list<{ LogicalResourceId: string; ResourceStatus: string }>(
    ...(['cloudformation', 'list_stack_resources', 'StackResourceSummaries', parameters] as const),
  );
  const statuses = new Map(resources.map((one) => [one.LogicalResourceId, one.ResourceStatus]));
  return Object.entries(template.Resources)
    .filter(([id, resource]) => !unknownKind(resource) && !/^(CREATE|UPDATE)_COMPLETE$/.test(statuses.get(id) ?? ''))
    .map(([id, { Type }]) => `${id} (${Type}) is ${statuses.get(id) ?? 'not deployed'}`);
}

/** Where things of a stage could be left. */
const PLACES = [
  ['dynamodb', 'list_tables', 'TableNames'],
  ['sqs', 'list_queues', 'QueueUrls'],
  ['lambda', 'list_functions', 'Functions', 'FunctionName'],
  ['logs', 'describe_log_groups', 'logGroups', 'logGroupName'],
  ['iam', 'list_roles', 'Roles', 'RoleName'],
  ['apigatewayv2', 'get_apis', 'Items', 'Name'],
  ['events', 'list_rules', 'Rules', 'Name'],
  ['events', 'list_event_buses', 'EventBuses', 'Name'],
  ['cloudwatch', 'describe_alarms', 'MetricAlarms', 'AlarmName'],
  ['sns', 'list_topics', 'Topics', 'TopicArn'],
] as const;

/** After a removal: no stack, and of everything just the `kept`. */
export async function problemsOfRest(
  { ask, list }: Aws,
  { prefix }: Stage,
  kept: readonly string[],
): Promise<string[]> {
  const [stack] = await ask(['cloudformation', 'describe_stacks', { StackName: prefix }]);
  const left: string[] = [];
  for (const [service, operation, member, name] of PLACES) {
    const items = await list<string | Record<string, string>>(service, operation, member);
    const names = items.map((item) => (typeof item === 'string' ? item : String(item[name ?? ''])));
    left.push(...names.filter((one) => one.includes(prefix)).map((one) => one.split('/').at(-1) ?? ''));
  }
  const [is, expected] = [left.sort().join(', '), [...kept].sort().join(', ')];
  return [
    ...(stack?.['Stacks'] ? [`the stack ${prefix} is still there`] : []),
    ...(is === expected ? [] : [`left are ${is}; expected: ${expected || 'nothing'}`]),
  ];
}
