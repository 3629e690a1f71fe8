/** How the operator's commands reach the tables and queues of a stage, and what to do if they cannot. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readFunctionSettings, rulesOf, type StreamRules } from './function-settings.ts';
import { queueUrl } from '../local/queue-definitions.ts';
import { DYNAMODB_ENDPOINT, QUEUE_ENDPOINT, STAGE, useLocalAws } from '../local/settings.ts';

export interface Stage {
  readonly name: string;
  /** Where the stage is, for people. */
  readonly place: string;
  readonly isLocal: boolean;
  readonly streamsTable: string;
  readonly sessionsTable: string;
  readonly callsTable: string;
  readonly bansTable: string;
  readonly dynamo: Pick<DynamoDBClient, 'send'>;
  readonly queues: Pick<SQSClient, 'send'>;
  readonly parameters: Pick<SSMClient, 'send'>;
  /** Loaded on demand: few commands need it. */
  logs(): Promise<Pick<CloudWatchLogsClient, 'send'>>;
  queueUrl(queue: string): Promise<string>;
  /** The settings that its functions have now. */
  rules(): Promise<StreamRules>;
}

/** As in `wcs-hooks-<stage>-streams`. */
export const isStageName = (name: string) => /^[A-Za-z0-9-]+$/.test(name);

/** A person is waiting: a service that does not answer is reported soon. */
const CLIENT = { maxAttempts: 3, requestHandler: { connectionTimeout: 3000, requestTimeout: 10_000 } };

/** Chooses the region as serverless.yml does. */
export const useRegion = (region?: string): string =>
  (process.env['AWS_REGION'] = region ?? (process.env['AWS_REGION'] || 'eu-central-1'));

/** The stage `local` is the stack of npm start, whichever AWS account the shell is set up for. */
export function openStage(name: string, region?: string): Stage {
  const isLocal = name === STAGE;
  if (isLocal) useLocalAws();
  else useRegion(region);
  const queues = new SQSClient(CLIENT);
  const nameOf = (part: string) => `wcs-hooks-${name}-${part}`;
  return {
    name,
    place: isLocal ? 'the stack of npm start' : String(process.env['AWS_REGION']),
    isLocal,
    streamsTable: nameOf('streams'),
    sessionsTable: nameOf('sessions'),
    callsTable: nameOf('calls'),
    bansTable: nameOf('bans'),
    dynamo: new DynamoDBClient(CLIENT),
    queues,
    parameters: new SSMClient(CLIENT),
    logs: async () => new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogsClient(CLIENT),
    async queueUrl(queue) {
      if (isLocal) return queueUrl(nameOf(queue));
      const { QueueUrl = '' } = await queues.send(new GetQueueUrlCommand({ QueueName: nameOf(queue) }));
      return QueueUrl;
    },
    rules: async () => rulesOf(await readFunctionSettings(nameOf('event'), isLocal ? QUEUE_ENDPOINT : undefined)),
  };
}

/** Explains an error of AWS or of the network, and what to do about it. */
export interface Trouble {
  readonly said: string;
  readonly todo: string;
}

export function explain(error: unknown, { name, place, isLocal }: Pick<Stage, 'name' | 'place' | 'isLocal'>): Trouble {
  const { name: kind, message, code } = innermost(error);
  const said = `${kind}: ${message || code}`;
  const isUnreachable = /^E[A-Z]+$/.test(code) || kind === 'TimeoutError';
  if (isUnreachable && isLocal) {
    return {
      said: `the local stack does not answer (${message || code})`,
      todo: `Start it with npm start. If it listens on other ports, set DYNAMODB_PORT and QUEUE_PORT (here ${DYNAMODB_ENDPOINT}, ${QUEUE_ENDPOINT}).`,
    };
  }
  if (isUnreachable) {
    return {
      said: `AWS does not answer (${message || code})`,
      todo: `Is there a network, and is ${place} the region?`,
    };
  }
  switch (kind) {
    case 'ResourceNotFoundException':
    case 'QueueDoesNotExist':
      return {
        said: `it does not exist in ${place}`,
        todo: `Is the stage ${name} deployed there? See --stage and --region.`,
      };
    case 'CredentialsProviderError':
      return { said, todo: 'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.' };
    case 'ExpiredTokenException':
    case 'ExpiredToken':
    case 'InvalidClientTokenId':
    case 'InvalidSignatureException':
    case 'UnrecognizedClientException':
      return { said, todo: 'AWS does not accept these credentials, or no longer: log in again.' };
    case 'AccessDeniedException':
    case 'AccessDenied':
      return { said, todo: 'Add what AWS names to the policy of these credentials, or use others.' };
    case 'ProvisionedThroughputExceededException':
    case 'ThrottlingException':
      return { said, todo: 'AWS throttles: try again in a minute.' };
    default:
      return { said, todo: `Look at what AWS says; ${name} is in ${place}.` };
  }
}

/** The SDK wraps Node's error of a connection; with several addresses it is an AggregateError. */
function innermost(error: unknown): { name: string; message: string; code: string } {
  const {
    name = 'Error',
    message = '',
    code,
    errors,
  } = (error ?? {}) as Partial<NodeJS.ErrnoException & AggregateError>;
  const [first] = (errors ?? []) as unknown[];
  return first !== undefined ? innermost(first) : { name, message, code: code ?? '' };
}
