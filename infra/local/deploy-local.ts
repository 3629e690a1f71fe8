/** `npm run deploy:local`: deploys the product to an AWS emulator on this machine. */
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { PARAMETERS, type Secrets } from '../../lib/platform/secrets.ts';
import { Failure, optionsOf, runCommand, UsageError } from '../cli/command-line.ts';
import { isStageName } from '../cli/stage-access.ts';
import { deploy, environmentFor, type Deployed } from './deployment.ts';
import { CREDENTIALS, startMiniStack, type MiniStack } from './ministack.ts';
import { CLOUD, MissingError } from './python.ts';
import { STAGE } from './settings.ts';

const HELP = `npm run deploy:local -- [options]

Deploys the product with serverless and the same template as for AWS, to MiniStack: an AWS emulator in Python, which is not ours.
It routes hooks, runs the functions in this project's Node, and has the queue, the tables, the schedule and the parameters.
Prints the URL, the lines for WCS, and what to try; on Ctrl-C it stops and keeps nothing. Listens on 127.0.0.1 only.

The settings of a deploy (README) are taken from the environment, and so are the secrets, such as HOOK_SECRET; without one, it
generates one. Needs Python 3.11 or newer with venv and, the first time, PyPI. For daily work npm start is faster.

  --stage NAME  which stage  (dev)
  --help        this text`;

const say = (text: string) => console.log(text);

function readOptions() {
  const options = optionsOf({ stage: { type: 'string', default: 'dev' }, help: { type: 'boolean', default: false } });
  if (!isStageName(options.stage))
    throw new UsageError(`--stage ${options.stage}: expected letters, digits and hyphens`);
  if (options.stage === STAGE)
    throw new UsageError(`The stage ${STAGE} is the stack that npm start runs: choose another, such as --stage dev`);
  return options;
}

/** Puts the secrets of the environment where a deployed stage looks for them. */
async function putSecrets(stage: string, endpoint: string): Promise<Secrets> {
  const given = Object.keys(PARAMETERS).flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  const secrets = Object.fromEntries(given) as Secrets;
  const all =
    secrets.HOOK_SECRET || secrets.HOOK_USER ? secrets : { ...secrets, HOOK_SECRET: randomBytes(32).toString('hex') };
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = CREDENTIALS;
  const client = new SSMClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  for (const [name, Value] of Object.entries(all)) {
    const Name = `/wcs-hooks/${stage}/${PARAMETERS[name as keyof typeof PARAMETERS]}`;
    await client.send(new PutParameterCommand({ Name, Value, Type: 'SecureString' }));
  }
  client.destroy();
  return all;
}

function readyMessage(stage: string, endpoint: string, { url }: Deployed, { HOOK_SECRET, HOOK_USER }: Secrets): string {
  const isMade = HOOK_SECRET && !process.env['HOOK_SECRET'];
  const aws = ['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
  return `ready ${url}
  in WCS    add app ${HOOK_USER ? `-u ${HOOK_USER} -p <HOOK_PASSWORD> ` : ''}myApp myAppKey '${url}'
            add app-rest-method -a myAppKey
${HOOK_SECRET ? `  and in flashphoner.properties\n            rest_hook_send_hash=true\n            rest_hook_secret_key=${isMade ? HOOK_SECRET : '<HOOK_SECRET>'}\n` : ''}
To try it, in another terminal:
  export AWS_ENDPOINT_URL=${endpoint} ${aws.map((name) => `${name}=${CREDENTIALS[name]}`).join(' ')}
${isMade ? `  export HOOK_SECRET=${HOOK_SECRET}\n` : ''}  npm run doctor -- --stage ${stage} --url '${url}'
  npm run simulate -- --url '${url}' --verify --dynamodb ${endpoint} --table wcs-hooks-${stage}-streams
  npm run streams -- --stage ${stage}
Ctrl-C stops it; nothing is kept.`;
}

const interrupted = () =>
  new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });

async function run(stage: string): Promise<void> {
  const end = interrupted();
  let ministack: MiniStack | undefined;
  try {
    ministack = await startMiniStack({ logName: 'deploy-local.log', say });
    const { url: endpoint } = ministack;
    say(`deploying the stage ${stage} to ${endpoint}, some 15 seconds`);
    const secrets = await putSecrets(stage, endpoint);
    const folder = join(CLOUD, 'deploy-local');
    const deploying = deploy({ stage, folder, endpoint, settings: environmentFor(endpoint, process.env) });
    const deployed = await Promise.race([deploying, end]);
    if (!deployed)
      return deploying.then(
        () => {},
        () => {},
      );
    say(readyMessage(stage, endpoint, deployed, secrets));
    await Promise.race([end, ministack.ended.then(() => Promise.reject(new Failure('MiniStack ended.')))]);
  } catch (error) {
    if (error instanceof MissingError) throw new Failure(`Cannot deploy here: ${error.message}`);
    throw error;
  } finally {
    await ministack?.stop();
  }
}

await runCommand('deploy:local', async () => {
  const { help, stage } = readOptions();
  if (help) console.log(HELP);
  else await run(stage);
});
