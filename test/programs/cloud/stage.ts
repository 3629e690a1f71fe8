/** A deployed stage: its URL, and the commands that an operator has for it. */
import { join } from 'node:path';
import { deploy, type Change, type Template } from '../../../infra/local/deployment.ts';
import { CLOUD } from '../../../infra/local/python.ts';
import { runTool } from '../../../infra/local/tool.ts';
import { SCENARIOS, type ScenarioName } from '../../simulator/scenarios.ts';
import { runScript, type Ran } from '../../support/run-script.ts';
import type { Aws } from './aws.ts';

export interface Stage {
  readonly name: string;
  readonly prefix: string;
  readonly streamsTable: string;
  /** The AWS API. */
  readonly endpoint: string;
  /** Of the hooks. */
  readonly url: string;
  /** As packaged. */
  readonly template: Template;
  /** What the last deploy printed. */
  readonly output: string;
  /** What hooks are signed with. */
  readonly secret: string;
  /** Again. */
  deploy(settings?: Record<string, string>, change?: Change): Promise<void>;
  remove(): Promise<void>;
  /** `npm run <script>`, set up for this stage. */
  readonly run: (
    script: string,
    options: readonly string[],
    settings?: Record<string, string>,
    input?: string,
  ) => Promise<Ran>;
  /** Runs a scenario of the simulator, and compares the rows. @returns what is wrong */
  simulate(scenario: ScenarioName, ...options: string[]): Promise<string[]>;
  /** Another secret beside the one in use. @returns what makes hooks be signed with it */
  rotate(): Promise<() => void>;
  finishRotation(): Promise<void>;
}

const SIZE = ['--streams', '3', '--players', '2', '--keep-alives', '2', '--concurrency', '4'];

/** Deployed, and with a secret. `own`: settings of all its deploys. */
export async function openStage(
  aws: Aws,
  name: string,
  change?: Change,
  own: Record<string, string> = {},
): Promise<Stage> {
  const { endpoint, environment } = aws;
  const folder = join(CLOUD, `deploy-${name}`);
  const prefix = `wcs-hooks-${name}`;
  const streamsTable = `${prefix}-streams`;
  const deployWith = async (settings: Record<string, string>, change?: Change) => {
    const all = { ...environment, ...own, ...settings };
    const deployed = await deploy({ stage: name, folder, endpoint, settings: all, ...(change && { change }) });
    aws.front.learn(await aws.list('lambda', 'list_functions', 'Functions'));
    return deployed;
  };
  let deployed = await deployWith({}, change);
  let secret = '';

  const run = (script: string, options: readonly string[], settings = {}, input = '') =>
    runScript(script, options, { ...environment, HOOK_SECRET: secret, ...settings }, input);
  async function secrets(...options: string[]): Promise<string> {
    const { code, stdout, stderr } = await run('secrets', ['--stage', name, ...options]);
    if (code !== 0) throw new Error(`secrets ${options.join(' ')}: ${stderr}`);
    return /rest_hook_secret_key=(\w+)/.exec(stdout)?.[1] ?? '';
  }
  secret = await secrets();

  return {
    ...{ name, prefix, streamsTable, endpoint, run },
    get url() {
      return deployed.url;
    },
    get template() {
      return deployed.template;
    },
    get output() {
      return deployed.output;
    },
    get secret() {
      return secret;
    },
    async deploy(settings = {}, change) {
      deployed = await deployWith(settings, change);
    },
    async remove() {
      await runTool('serverless', ['remove', '--stage', name], environment);
    },
    async simulate(scenario, ...options) {
      const table = `${prefix}-${SCENARIOS[scenario][2]}s`;
      const where = ['--url', deployed.url, '--dynamodb', endpoint, '--table', table, '--verify'];
      const all = ['--scenario', scenario, ...where, ...SIZE, ...options];
      const { code, stdout, stderr } = await run('simulate', all);
      return code === 0 ? [] : [`${scenario}: ${stdout}${stderr}`];
    },
    async rotate() {
      const fresh = await secrets('--rotate');
      return () => void (secret = fresh);
    },
    async finishRotation() {
      await secrets('--finish');
    },
  };
}
