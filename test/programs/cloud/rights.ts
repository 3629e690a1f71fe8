/** What a role allows and what its function asks for, both as `action on resource`. */
import { FUNCTIONS, type FunctionName } from '../../../infra/cloudformation/functions.ts';
import { ACCOUNT, CREDENTIALS } from '../../../infra/local/ministack.ts';
import { operationsOf, readBundle } from './code.ts';
import type { Aws } from './aws.ts';
import { hookOf, problemsOfEchoes } from './hooks.ts';
import type { Stage } from './stage.ts';
import { list, type Statement } from './template.ts';

export interface Right {
  readonly action: string;
  readonly resource: string;
  /** Of an UpdateItem: what it names, and what it wants back. */
  readonly updates?: { readonly attributes: readonly string[]; readonly returns: string };
}
const told = ({ action, resource }: Right) => `${action} on ${resource}`;

interface Policy {
  readonly RoleName: string;
  readonly PolicyName: string;
  readonly PolicyDocument: { readonly Statement: Statement[] };
}

async function policyOf({ ask }: Aws, { prefix }: Stage, name: string): Promise<Policy> {
  const [{ Role } = {}] = (await ask([
    ...(['lambda', 'get_function_configuration', { FunctionName: `${prefix}-${name}` }] as const),
  ])) as { Role?: string }[];
  const RoleName = Role?.split('/').at(-1) ?? '';
  const [policy] = await ask(['iam', 'get_role_policy', { RoleName, PolicyName: 'function' }]);
  const { PolicyDocument } = policy as unknown as Policy;
  return { RoleName, PolicyName: 'function', PolicyDocument };
}

const rightsOf = ({ PolicyDocument }: Policy): Right[] =>
  PolicyDocument.Statement.flatMap(({ Action, Resource }) =>
    list(Action).flatMap((action) => list(Resource).map((resource) => ({ action, resource: String(resource) }))),
  );

/** What Lambda itself does in the role's name. */
function platformRights(prefix: string, name: string): Right[] {
  const account = `${CREDENTIALS.AWS_REGION}:${ACCOUNT}`;
  const logs = `arn:aws:logs:${account}:log-group:/aws/lambda/${prefix}-${name}:*`;
  const queue = `arn:aws:sqs:${account}:${prefix}-parking`;
  const streams = ['streams', 'sessions', 'calls'].map(
    (table) => `arn:aws:dynamodb:${account}:table/${prefix}-${table}/stream`,
  );
  return [
    ...['CreateLogStream', 'PutLogEvents'].map((action) => ({ action: `logs:${action}`, resource: logs })),
    ...(name === 'replay' ? ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'] : []).map((action) => ({
      action: `sqs:${action}`,
      resource: queue,
    })),
    ...(name === 'changes' ? ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListStreams'] : []).flatMap(
      (action) => streams.map((resource) => ({ action: `dynamodb:${action}`, resource })),
    ),
  ];
}

/** A part of the SDK's client of DynamoDB, which no setting of ours switches on. */
const NEVER = 'dynamodb:DescribeEndpoints';
/** Of these functions it is not so: tables are read to one; the other has the reader of bans, and no method that bans keep from. */
const NEVER_OF: Partial<Record<FunctionName, readonly string[]>> = { changes: [], incoming: [NEVER, 'dynamodb:Scan'] };

/** After everything was played on some stages, which are one template: each right was needed, and none was missing. */
export async function problemsOfRights(aws: Aws, stages: readonly Stage[]): Promise<string[]> {
  const problems: string[] = [];
  for (const name of FUNCTIONS) {
    const needs = new Set<string>();
    for (const { prefix } of stages) {
      const rights = [...(aws.front.needed.get(`${prefix}-${name}`)?.values() ?? []), ...platformRights(prefix, name)];
      for (const right of rights) needs.add(neutral(told(right), prefix));
    }
    for (const stage of stages) {
      const has = new Set(
        rightsOf(await policyOf(aws, stage, name)).map((right) => neutral(told(right), stage.prefix)),
      );
      problems.push(
        ...[...needs].filter((right) => !has.has(right)).map((right) => `${name} needs ${right}, and may not`),
        ...[...has].filter((right) => !needs.has(right)).map((right) => `${name} may ${right}, and does not need it`),
      );
    }
    problems.push(...(await problemsOfConditions(aws, stages, name)));
    // A command in the code that was not played might need a right that nobody saw.
    const asked = new Set([...needs].map((right) => right.split(' ')[0] ?? ''));
    const unplayed = [...operationsOf(readBundle(name))].filter((operation) => !asked.has(operation));
    const known = NEVER_OF[name] ?? [NEVER];
    problems.push(
      ...unplayed
        .filter((one) => !known.includes(one))
        .map((one) => `the code of ${name} has ${one}, which was not played`),
      ...known.filter((one) => !unplayed.includes(one)).map((one) => `${one} is no longer unused by ${name}`),
    );
  }
  return [...new Set(problems), ...aws.front.denied];
}

/** MiniStack lets an update pass whatever it names: what the condition of a right allows is compared with what was updated. */
async function problemsOfConditions(aws: Aws, stages: readonly Stage[], name: string): Promise<string[]> {
  const updates = stages.flatMap(({ prefix }) =>
    [...(aws.front.needed.get(`${prefix}-${name}`)?.values() ?? [])].flatMap((right) => right.updates ?? []),
  );
  const named = new Set(updates.flatMap(({ attributes }) => attributes));
  const problems = await Promise.all(
    stages.map(async (stage) => {
      const { PolicyDocument } = await policyOf(aws, stage, name);
      return PolicyDocument.Statement.flatMap(({ Condition }) => {
        if (!Condition) return [];
        const allowed = Condition['ForAllValues:StringEquals']?.['dynamodb:Attributes'] ?? [];
        const returned = Condition['StringEqualsIfExists']?.['dynamodb:ReturnValues'] ?? [];
        return [
          ...[...named].filter((one) => !allowed.includes(one)).map((one) => `${name} updates ${one}, and may not`),
          ...allowed.filter((one) => !named.has(one)).map((one) => `${name} may update ${one}, and does not need it`),
          ...updates
            .filter(({ returns }) => !returned.includes(returns))
            .map(({ returns }) => `${name} wants ${returns} of an update, and may not`),
        ];
      });
    }),
  );
  return problems.flat();
}

const neutral = (text: string, prefix: string) =>
  text
    .replaceAll(prefix, 'wcs-hooks-STAGE')
    .replaceAll(prefix.replace('wcs-hooks-', 'wcs-hooks/'), 'wcs-hooks/STAGE')
    // Any account of the stage.
    .replace(/(parameter\/wcs-hooks\/STAGE\/sip\/)[\w.-]+$/, '$1*')
    // Each stream has the time at which it was made.
    .replace(/\/stream\/\S+$/, '/stream');

/** @returns a sentence for each function that does not miss a table that is taken from its role */
export async function problemsOfGuard(aws: Aws, stage: Stage): Promise<string[]> {
  const { ask, front } = aws;
  const { prefix } = stage;
  const problems: string[] = [];
  for (const [name, exercise] of Object.entries({
    connect: () => problemsOfEchoes(stage, [hookOf('connect', 'guard')]),
    invocation: () => problemsOfEchoes(stage, [hookOf('playStream', 'guard')]),
    event: () => problemsOfEchoes(stage, [hookOf('StreamStatusEvent', 'guard')]),
    sweep: () => ask(['lambda', 'invoke', { FunctionName: `${prefix}-sweep` }]),
  })) {
    const { PolicyDocument, ...policy } = await policyOf(aws, stage, name);
    const put = (Statement: Statement[]) =>
      ask(['iam', 'put_role_policy', { ...policy, PolicyDocument: JSON.stringify({ ...PolicyDocument, Statement }) }]);
    await put(
      PolicyDocument.Statement.filter(({ Action }) => !list(Action).some((one) => one.startsWith('dynamodb:'))),
    );
    front.denied.length = 0;
    await exercise();
    await put(PolicyDocument.Statement);
    if (!front.denied.some((one) => one.startsWith(`${prefix}-${name}: `)))
      problems.push(`${name} does not miss its table`);
    front.denied.length = 0;
  }
  return problems;
}
