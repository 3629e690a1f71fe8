/** Runs the real `serverless deploy` to MiniStack, with the packaged template without what MiniStack does not support. */
import { UpdateContinuousBackupsCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { readFileSync, writeFileSync } from 'node:fs';
import { BASE_PATH } from '../cloudformation/routes.ts';
import { join } from 'node:path';
import { CREDENTIALS, ownersClient } from './ministack.ts';
import { runTool } from './tool.ts';

export interface Resource {
  Type: string;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  Properties?: Record<string, unknown>;
}
export interface Template {
  Resources: Record<string, Resource>;
}

/** Everything in this project's template that MiniStack (1.5.33) does not support. Any other resource must be deployed. */
const UNKNOWN: Record<string, (resource: Resource) => boolean> = {
  'alarm on metric math': ({ Type, Properties }) =>
    Type === 'AWS::CloudWatch::Alarm' && Properties?.['Metrics'] !== undefined,
  'saved query': ({ Type }) => Type === 'AWS::Logs::QueryDefinition',
};
export const unknownKind = (resource: Resource): string | undefined =>
  Object.entries(UNKNOWN).find(([, isOfIt]) => isOfIt(resource))?.[0];

/** `folder`: where the zips are. */
export type Change = (template: Template, folder: string) => void | Promise<void>;

export interface Deployment {
  readonly stage: string;
  /** The folder that `serverless package` writes, and that is deployed. */
  readonly folder: string;
  /** The URL of the AWS API. */
  readonly endpoint: string;
  /** The operator's settings. */
  readonly settings: NodeJS.ProcessEnv;
  /** Changes the package before it is deployed. */
  readonly change?: Change;
}

export interface Deployed {
  /** The URL of the hooks, as WCS gets it. */
  readonly url: string;
  /** The template as it was packaged. */
  readonly template: Template;
  /** What serverless printed. */
  readonly output: string;
}

export const environmentFor = (endpoint: string, settings: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(settings).filter(([name]) => !name.startsWith('AWS_'))),
  ...CREDENTIALS,
  AWS_ENDPOINT_URL: endpoint,
});

export async function deploy({ stage, folder, endpoint, settings, change }: Deployment): Promise<Deployed> {
  const env = environmentFor(endpoint, settings);
  await runTool('serverless', ['package', '--stage', stage, '--package', folder], env);
  const file = join(folder, 'serverless-state.json');
  const state = JSON.parse(readFileSync(file, 'utf8')) as {
    service: { provider: { compiledCloudFormationTemplate: Template } };
  };
  const { compiledCloudFormationTemplate: compiled } = state.service.provider;
  await change?.(compiled, folder);
  const template = structuredClone(compiled);
  for (const [id, resource] of Object.entries(compiled.Resources))
    if (unknownKind(resource)) delete compiled.Resources[id];
  writeFileSync(file, JSON.stringify(state));
  const output = await runTool('serverless', ['deploy', '--stage', stage, '--package', folder, '--verbose'], env);
  // If nothing changed, a deploy prints no outputs.
  const api = apiIn(output) ?? apiIn(await runTool('serverless', ['info', '--stage', stage, '--verbose'], env));
  if (!api) throw new Error(`serverless printed no HttpApiId:\n${output}`);
  await switchOn(template, endpoint);
  return { url: `${endpoint}/_aws/execute-api/${api}/$default${BASE_PATH}`, template, output };
}

const apiIn = (output: string) => /^ *HttpApiId: (\w+)$/m.exec(output)?.[1];

/** MiniStack's CloudFormation leaves out a table's TTL and recovery, but its DynamoDB supports them. */
async function switchOn({ Resources }: Template, endpoint: string): Promise<void> {
  const client = ownersClient(endpoint);
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type !== 'AWS::DynamoDB::Table') continue;
    const { TableName, TimeToLiveSpecification, PointInTimeRecoverySpecification } = Properties as {
      TableName: string;
      TimeToLiveSpecification?: { AttributeName: string; Enabled: boolean };
      PointInTimeRecoverySpecification?: { PointInTimeRecoveryEnabled: boolean };
    };
    if (TimeToLiveSpecification) await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
    if (PointInTimeRecoverySpecification)
      await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
  }
  client.destroy();
}
