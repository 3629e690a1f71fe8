/** Composes a function that no hook calls. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { effects, type Effects } from './platform/effects.ts';
import { readSettings, type Settings } from './settings/settings.ts';
import { createDynamoClient } from './store/dynamo-client.ts';

export interface JobDeps extends Effects {
  readonly settings: Settings;
}

/**
 * The job, made of AWS's parts for the settings in the environment. It needs no credentials.
 * @throws SettingsError: a function with unusable settings does not start
 */
export const createJobFunction = <Job>(createJob: (deps: JobDeps, client: DynamoDBClient) => Job): Job =>
  createJob({ ...effects, settings: readSettings(process.env) }, createDynamoClient());
