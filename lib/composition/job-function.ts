/** Composes a function that no hook calls. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { effects, type Effects } from '../platform/effects.ts';
import { readSettings, type Settings } from '../settings/settings.ts';
import { createDynamoClient } from '../store/dynamo-client.ts';
import { warmUp } from './warm-up.ts';

export interface JobDeps extends Effects {
  readonly settings: Settings;
}

/** A job, and a read that opens its connection to DynamoDB. */
interface Job<Handler> {
  readonly handler: Handler;
  readonly connect: (signal: AbortSignal) => Promise<unknown>;
}

/**
 * Composes the job with AWS's parts, by the settings in the environment. It needs no credentials of hooks. `ready`: what
 * Lambda awaits before the first event (infra/build/build.ts); it never rejects.
 * @throws SettingsError: a function with unusable settings does not start
 */
export function createJobFunction<Handler>(
  createJob: (deps: JobDeps, client: Pick<DynamoDBClient, 'send'>) => Job<Handler>,
) {
  const { handler, connect } = createJob({ ...effects, settings: readSettings(process.env) }, createDynamoClient());
  return { handler, ready: warmUp(connect) };
}
