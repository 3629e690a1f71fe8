/** Checks the configuration of a stage's tables. */
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { leftOut, ok, problem, warning, type Finding } from './finding.ts';
import { explain, type Stage } from '../stage-access.ts';

/** The keys and attributes of the indexes that the sweep and the commands need. */
const OF_STREAMS = {
  live: { keys: ['live', 'startedAt'], projected: ['name', 'nodeId', 'appKey', 'sessionId', 'published'] },
  name: { keys: ['name', 'firstSeenAt'], projected: [] },
  closed: { keys: ['closedIn', 'closedAt'], projected: ['name', 'published', 'nodeId', 'appKey', 'sub', 'startedAt'] },
} as const;
const OF_CALLS = {
  live: { keys: ['live', 'firstSeenAt'], projected: ['caller', 'callee', 'nodeId', 'appKey', 'sessionId'] },
  closed: { keys: ['closedIn', 'closedAt'], projected: ['caller', 'callee', 'nodeId', 'appKey', 'sub', 'answeredAt'] },
} as const;

const DEPLOY =
  'Set it as in infra/cloudformation/tables.yml; a deployment does not undo changes that were made by hand.';

export async function* checkTables(stage: Stage): AsyncGenerator<Finding> {
  for (const [TableName, key, indexes] of [
    [stage.streamsTable, 'mediaSessionId', OF_STREAMS],
    [stage.sessionsTable, 'sessionId', {}],
    [stage.callsTable, 'callId', OF_CALLS],
  ] as const) {
    const { dynamo, isLocal } = stage;
    let table: TableDescription;
    try {
      ({ Table: table = {} } = await dynamo.send(new DescribeTableCommand({ TableName })));
    } catch (error) {
      const { said, todo } = explain(error, stage);
      const means = 'If the functions cannot reach it either, hooks wait in the queue.';
      yield problem(TableName, `not readable: ${said}`, means, todo);
      continue;
    }
    yield checkTable(TableName, key, indexes, table);
    if (isLocal) {
      const means = 'The local DynamoDB has neither: rows here stay until their folder is removed.';
      yield leftOut(TableName, 'TTL and point-in-time recovery', means, 'Check a deployed stage.');
      continue;
    }
    yield* checked(stage, `${TableName}, TTL`, async (check) => {
      const { TimeToLiveDescription: ttl } = await dynamo.send(new DescribeTimeToLiveCommand({ TableName }));
      const isOn = /^ENABL/.test(ttl?.TimeToLiveStatus ?? '') && ttl?.AttributeName === 'expiresAt';
      return isOn
        ? ok(check, 'on, by expiresAt', 'DynamoDB removes rows that have expired, at no cost.')
        : problem(check, 'off', 'Rows stay forever, with what they say about people.', DEPLOY);
    });
    yield* checked(stage, `${TableName}, recovery`, async (check) => {
      const { ContinuousBackupsDescription: backups } = await dynamo.send(
        new DescribeContinuousBackupsCommand({ TableName }),
      );
      return backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED'
        ? ok(check, 'on', 'The table can be restored to any second of the last days.')
        : warning(check, 'off', 'What is overwritten or deleted by mistake is gone.', DEPLOY);
    });
  }
}

interface Index {
  readonly keys: readonly string[];
  readonly projected: readonly string[];
}

export function checkTable(
  check: string,
  key: string,
  indexes: Readonly<Record<string, Index>>,
  table: TableDescription,
): Finding {
  const names = Object.keys(indexes);
  const wrong = [
    ...(table.TableStatus === 'ACTIVE' ? [] : [`the table is ${table.TableStatus}`]),
    ...(keysOf(table) === key ? [] : [`its key is ${keysOf(table)}, not ${key}`]),
    ...Object.entries(indexes).flatMap(([name, index]) => wrongWith(name, index, table)),
  ];
  if (wrong.length > 0)
    return problem(check, wrong.join('; '), 'Hooks are parked, or streams and calls are not found.', DEPLOY);
  const billing = table.BillingModeSummary?.BillingMode ?? 'PROVISIONED';
  const isProtected = table.DeletionProtectionEnabled === true;
  const found =
    `active, ${billing}, ${isProtected ? '' : 'not '}protected from deletion` +
    (names.length > 0 ? `, indexes ${names.join(', ')}` : '');
  if (billing === 'PAY_PER_REQUEST') return ok(check, found, 'It scales with the load, and you pay for what is used.');
  const means = 'Beyond its provisioned units DynamoDB throttles, and hooks are parked.';
  return warning(check, found, means, 'Set the table to on-demand (PAY_PER_REQUEST).');
}

function wrongWith(name: string, { keys, projected }: Index, { GlobalSecondaryIndexes }: TableDescription): string[] {
  const index = GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === name);
  if (!index) return [`the index ${name} is missing`];
  const { ProjectionType, NonKeyAttributes = [] } = index.Projection ?? {};
  const absent = ProjectionType === 'ALL' ? [] : projected.filter((field) => !NonKeyAttributes.includes(field));
  // moto reports no status.
  const status = index.IndexStatus ?? 'ACTIVE';
  return [
    ...(status === 'ACTIVE' ? [] : [`the index ${name} is ${status}`]),
    ...(keysOf(index) === keys.join(', ') ? [] : [`the key of the index ${name} is ${keysOf(index)}`]),
    ...(absent.length === 0 ? [] : [`the index ${name} lacks ${absent.join(', ')}`]),
  ];
}

const keysOf = ({ KeySchema = [] }: Pick<TableDescription, 'KeySchema'>) =>
  KeySchema.map(({ AttributeName }) => AttributeName).join(', ');

/** A missing permission to read a setting says nothing about the setting. */
async function* checked(
  stage: Stage,
  check: string,
  look: (check: string) => Promise<Finding>,
): AsyncGenerator<Finding> {
  try {
    yield await look(check);
  } catch (error) {
    const { said, todo } = explain(error, stage);
    yield warning(check, `not readable: ${said}`, 'Its setting is unknown.', todo);
  }
}
