/** `npm run secrets`: creates and rotates the secrets of a deployed stage in SSM's Parameter Store. */
import { DeleteParameterCommand, GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { randomBytes } from 'node:crypto';
import { PARAMETERS } from '../../lib/platform/secrets.ts';
import { propertiesWarnings } from '../../lib/wcs/properties-value.ts';
import { Failure, optionsOf, runCommand, UsageError } from './command-line.ts';
import { STAGE } from '../local/settings.ts';
import { explain, isStageName, useRegion } from './stage-access.ts';
import { columnsOf, fold } from './terminal-text.ts';

const HELP = `npm run secrets -- --stage NAME [options]

Creates the secret that WCS signs its hooks with (32 random bytes) if the stage has none, and says what to set in WCS. The
secrets are SecureStrings in SSM's Parameter Store, under /wcs-hooks/<stage>/; no function has them in its environment.

  --stage NAME   of which stage
  --token        the secret of tokens (TOKEN_SECRET) instead, which your login server signs with
  --rotate       a new secret beside the one in use: both are valid until --finish
  --finish       the end of a rotation: only the new one is valid from then on
  --region NAME  in which AWS region (environment: AWS_REGION; eu-central-1)
  --help         this text`;

const readOptions = () =>
  optionsOf({
    stage: { type: 'string' },
    token: { type: 'boolean', default: false },
    rotate: { type: 'boolean', default: false },
    finish: { type: 'boolean', default: false },
    region: { type: 'string' },
    help: { type: 'boolean', default: false },
  });

type Name = keyof typeof PARAMETERS;

/** A secret, and the previous one during a rotation. */
interface Kind {
  readonly current: Name;
  readonly previous: Name;
  /** What to do with a new secret where it is used. */
  readonly use: (secret: string) => string;
  /** How long until every function has read both: a function reads them again before it rejects a signature, but not before a token. */
  readonly pause: string;
  /** What must have happened before a rotation ends. */
  readonly users: string;
}

const OF_HOOKS: Kind = {
  current: 'HOOK_SECRET',
  previous: 'HOOK_SECRET_PREVIOUS',
  use: (secret) => `In flashphoner.properties of each WCS, then restart it:
  rest_hook_send_hash=true
  rest_hook_secret_key=${secret}
  rest_request_timeout=10`,
  pause: 'a minute',
  users: 'no WCS uses the old one any more',
};
const OF_TOKENS: Kind = {
  current: 'TOKEN_SECRET',
  previous: 'TOKEN_SECRET_PREVIOUS',
  use: (secret) => `Your login server signs tokens with it (HS256):
  ${secret}
A deploy with TOKEN_ISSUER and TOKEN_AUDIENCE switches the policy on.`,
  pause: 'five minutes',
  users: 'the last token that was signed with the old one has expired',
};

type Options = ReturnType<typeof readOptions>;

async function run(client: SSMClient, stage: string, { token, rotate, finish, region }: Options) {
  const kind = token ? OF_TOKENS : OF_HOOKS;
  const [current, previous] = [kind.current, kind.previous].map((name) => `/wcs-hooks/${stage}/${PARAMETERS[name]}`);
  const again = `npm run secrets -- --stage ${stage}${region ? ` --region ${region}` : ''}${token ? ' --token' : ''}`;

  const read = async (Name = '') => {
    const { Parameters = [] } = await client.send(new GetParametersCommand({ Names: [Name], WithDecryption: true }));
    return Parameters[0]?.Value;
  };
  const put = async (Name: string | undefined, Value: string, Overwrite = false) => {
    await client.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite }));
    console.log(`${Overwrite ? 'changed' : 'created'} ${Name}`);
  };

  const inUse = await read(current);
  const before = await read(previous);
  const isRotating = before !== undefined;
  // Secrets of tokens are not in flashphoner.properties. A secret that somebody else created may not survive there unchanged.
  const held = token ? {} : { [String(current)]: inUse, [String(previous)]: before };
  for (const warning of propertiesWarnings(held)) console.error(`WARNING: ${warning}`);
  const fresh = randomBytes(32).toString('hex');
  if (rotate) {
    if (!inUse) throw new Failure(`${current} is not there, nothing to rotate: ${again} makes it.`);
    if (isRotating) throw new Failure(`A rotation is under way: end it with ${again} --finish, then begin another.`);
    // In this order the secret in use is valid at any moment.
    await put(previous, inUse);
    await put(current, fresh, true);
    console.log(`
Both are taken now. Wait ${kind.pause}, so that every function has read them; then:
${kind.use(fresh)}
When ${kind.users}: ${again} --finish`);
  } else if (finish) {
    if (!isRotating) throw new Failure('No rotation is under way: there is nothing to finish.');
    await client.send(new DeleteParameterCommand({ Name: previous }));
    console.log(`deleted ${previous}: within five minutes only the new secret is taken.`);
  } else if (inUse) {
    console.log(`${current} is there${isRotating ? ', and a rotation is under way' : ''}. To see it, and to use it:
  aws ssm get-parameter --with-decryption --query Parameter.Value --output text --name ${current}${region ? ` --region ${region}` : ''}

${kind.use('<what that prints>')}`);
  } else {
    await put(current, fresh);
    console.log(`\n${kind.use(fresh)}`);
  }
}

await runCommand('secrets', async () => {
  const options = readOptions();
  if (options.help) return console.log(fold(HELP, columnsOf(process.stdout)));
  const { stage, region, rotate, finish } = options;
  if (!stage) throw new UsageError('--stage NAME is missing: of which stage?');
  if (!isStageName(stage)) throw new UsageError(`--stage ${stage}: expected letters, digits and hyphens`);
  if (stage === STAGE)
    throw new UsageError(`The stage ${STAGE} runs here: set HOOK_SECRET in the environment of npm start.`);
  if (rotate && finish)
    throw new UsageError('--rotate and --finish are two steps: WCS gets the new secret in between.');
  const place = useRegion(region);
  await run(new SSMClient({}), stage, options).catch((error: unknown) => {
    if (error instanceof Failure) throw error;
    const { said, todo } = explain(error, { name: stage, place, isLocal: false });
    throw new Failure(`Parameter Store cannot be used: ${said}.\n${todo}`);
  });
});
