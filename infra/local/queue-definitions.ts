/** The queues of the resolved CloudFormation resources, for the local SQS and its clients. */
import { QUEUE_ENDPOINT } from './settings.ts';
import type { Resources } from './tables.ts';

/** As in CloudFormation; times in seconds. */
export interface QueueDefinition {
  readonly name: string;
  readonly visibilityTimeout: number;
  /** After this many receipts a message moves to the queue of that name. */
  readonly redrive?: { readonly deadLetterQueue: string; readonly maxReceiveCount: number };
}

interface QueueProperties {
  readonly QueueName: string;
  readonly VisibilityTimeout?: number;
  readonly RedrivePolicy?: {
    readonly deadLetterTargetArn: { readonly 'Fn::GetAtt': readonly [string, 'Arn'] };
    readonly maxReceiveCount: number;
  };
}

const DEFAULT_VISIBILITY_SECONDS = 30;

const queueResources = (resources: Resources) =>
  Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::SQS::Queue')
    .map(([logicalId, { Properties }]) => [logicalId, Properties as QueueProperties] as const);

export function queueDefinitions(resources: Resources): QueueDefinition[] {
  const queues = new Map(queueResources(resources));
  return [...queues.values()].map(({ QueueName, VisibilityTimeout = DEFAULT_VISIBILITY_SECONDS, RedrivePolicy }) => {
    const deadLetters = RedrivePolicy && queues.get(RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0]);
    return {
      name: QueueName,
      visibilityTimeout: VisibilityTimeout,
      ...(deadLetters
        ? { redrive: { deadLetterQueue: deadLetters.QueueName, maxReceiveCount: RedrivePolicy.maxReceiveCount } }
        : {}),
    };
  });
}

/** Replaces each `!Ref` of a queue with its local URL, as CloudFormation would with its URL. */
export function withQueueUrls(environment: Record<string, unknown>, resources: Resources): Record<string, unknown> {
  const urls = new Map(queueResources(resources).map(([id, { QueueName }]) => [id, queueUrl(QueueName)]));
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      urls.get((value as { Ref?: string }).Ref ?? '') ?? value,
    ]),
  );
}

export const queuePath = (name: string) => `/000000000000/${name}`;

export const queueUrl = (name: string) => `${QUEUE_ENDPOINT}${queuePath(name)}`;
