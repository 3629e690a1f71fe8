/**
 * What publishes changes: the streams of the tables, the bus, and the function between them. CHANGE_EVENTS=false leaves all of it
 * out of the stack. The local stack publishes changes without it (infra/local/change-capture.ts).
 */
import { environment } from './environment.ts';
import { attribute, fromShell, PREFIX, ref, type Resources, type Table, type Tools } from './template.ts';

const TABLES: readonly Table[] = ['StreamsTable', 'SessionsTable', 'CallsTable'];

/** Whether the stack publishes changes. @throws Error for a setting that is neither true nor false */
export async function hasChangeEvents(tools: Tools): Promise<boolean> {
  const setting = await fromShell(tools, 'CHANGE_EVENTS');
  if (!['', 'true', 'false'].includes(setting)) {
    throw new Error(`CHANGE_EVENTS=${JSON.stringify(setting)}: expected true or false`);
  }
  return setting !== 'false' && (await tools.resolveVariable('sls:stage')) !== 'local';
}

export const STREAMS = TABLES.map((table) => attribute(table, 'StreamArn'));

const RESOURCES = {
  ...Object.fromEntries(
    TABLES.map((table) => [table, { Properties: { StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } } }]),
  ),
  EventBus: { Type: 'AWS::Events::EventBus', Properties: { Name: PREFIX } },
  // A queue of its own: dead letters of hooks can be replayed, these cannot. It goes with CHANGE_EVENTS=false, also in prod: a
  // queue that stayed would keep a later deploy from creating it. The rows have all that is in it.
  ChangesDeadLetterQueue: {
    Type: 'AWS::SQS::Queue',
    DeletionPolicy: 'Delete',
    UpdateReplacePolicy: 'Delete',
    Properties: {
      QueueName: `${PREFIX}-changes-dead-letters`,
      MessageRetentionPeriod: 1209600,
      SqsManagedSseEnabled: true,
    },
  },
};

const stream = (arn: (typeof STREAMS)[number]) => ({
  stream: {
    type: 'dynamodb',
    arn,
    // In the order of a row's writes, one batch of a shard at a time.
    batchSize: 200,
    batchWindow: 1,
    // From the first write on, even those during the creation of the mapping.
    startingPosition: 'TRIM_HORIZON',
    functionResponseType: 'ReportBatchItemFailures',
    bisectBatchOnFunctionError: true,
    // The function gives up after 23 hours (lib/jobs/changes.ts). Where it cannot even run, Lambda does, before the stream forgets.
    maximumRecordAgeInSeconds: 23.5 * 3600,
    destinations: { onFailure: { type: 'sqs', arn: attribute('ChangesDeadLetterQueue', 'Arn') } },
  },
});

const FUNCTION = {
  handler: 'dist/changes.handler',
  role: attribute('ChangesRole', 'Arn'),
  package: { patterns: ['dist/changes.?js'] },
  // It sends nothing after 40 s: the rest is delivered again.
  timeout: 60,
  environment: {
    ...environment.ofJobs,
    EVENT_BUS: ref('EventBus'),
    CHANGES_DEAD_LETTER_QUEUE_URL: ref('ChangesDeadLetterQueue'),
  },
  events: STREAMS.map(stream),
};

const NOTHING: Resources = { Resources: {} };

export const changes = {
  resources: async (tools: Tools): Promise<object> =>
    (await hasChangeEvents(tools)) ? { Resources: RESOURCES } : NOTHING,
  functions: async (tools: Tools): Promise<object> => ((await hasChangeEvents(tools)) ? { changes: FUNCTION } : {}),
};
