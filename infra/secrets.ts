/** `npm run secrets`: makes and rotates the secrets of a deployed stage in SSM's Parameter Store. */
import { DeleteParameterCommand, GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { randomBytes } from 'node:crypto';
import { PARAMETERS } from '../lib/secrets.ts';
import { Failure, optionsOf, runCommand, UsageError } from './command-line.ts';
import { STAGE } from './local/settings.ts';
import { explain, isStageName, useRegion } from './stage-access.ts';

const HELP = `npm run secrets -- --stage NAME [options]

Makes the secret that WCS signs its hooks with (32 random bytes) where the stage has none, and tells what to set in WCS. The
secrets are SecureStrings in SSM's Parameter Store, under /wcs-hooks/<stage>/; no function has them in its environment.

  --stage NAME   of which stage
  --token        also the secret of tokens (TOKEN_SECRET), where the stage has none
  --rotate       a new secret beside the one that WCS uses now: both are taken until --finish
  --finish       the end of a rotation: only the new one is taken from then on
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
const newSecret = () => randomBytes(32).toString('hex');

async function run(client: SSMClient, stage: string, { token, rotate, finish }: ReturnType<typeof readOptions>) {
  const nameOf = (name: Name) => `/wcs-hooks/${stage}/${PARAMETERS[name]}`;
  const read = async (name: Name) => {
    const { Parameters = [] } = await client.send(
      new GetParametersCommand({ Names: [nameOf(name)], WithDecryption: true }),
    );
    return Parameters[0]?.Value;
  };
  const put = async (name: Name, Value: string, Overwrite = false) => {
    await client.send(new PutParameterCommand({ Name: nameOf(name), Value, Type: 'SecureString', Overwrite }));
    console.log(`${Overwrite ? 'changed' : 'created'} ${nameOf(name)}`);
  };
  const inWcs = (secret: string) =>
    `  rest_hook_send_hash=true\n  rest_hook_secret_key=${secret}\n  rest_request_timeout=10`;
  const again = `npm run secrets -- --stage ${stage}`;

  const current = await read('HOOK_SECRET');
  const previous = await read('HOOK_SECRET_PREVIOUS');
  if (rotate) {
    if (!current) throw new Failure(`${nameOf('HOOK_SECRET')} is not there, nothing to rotate: ${again} makes it.`);
    if (previous) throw new Failure(`A rotation is under way: end it with ${again} --finish, then begin another.`);
    const secret = newSecret();
    // In this order: at no moment is the one that WCS uses not taken.
    await put('HOOK_SECRET_PREVIOUS', current);
    await put('HOOK_SECRET', secret, true);
    console.log(`
Both are taken now. Wait a minute, so that every function has read them; then, in flashphoner.properties of each WCS:
${inWcs(secret)}
restart it, and when no WCS uses the old one any more: ${again} --finish`);
  } else if (finish) {
    if (!previous) throw new Failure('No rotation is under way: there is nothing to finish.');
    await client.send(new DeleteParameterCommand({ Name: nameOf('HOOK_SECRET_PREVIOUS') }));
    console.log(`deleted ${nameOf('HOOK_SECRET_PREVIOUS')}: within five minutes only the new secret is taken.`);
  } else if (current) {
    console.log(`${nameOf('HOOK_SECRET')} is there${previous ? ', and a rotation is under way' : ''}.`);
  } else {
    const secret = newSecret();
    await put('HOOK_SECRET', secret);
    console.log(`\nIn flashphoner.properties of each WCS, then restart it:\n${inWcs(secret)}`);
  }
  if (token) {
    if (await read('TOKEN_SECRET')) console.log(`${nameOf('TOKEN_SECRET')} is there.`);
    else {
      const secret = newSecret();
      await put('TOKEN_SECRET', secret);
      console.log(`\nYour login server signs tokens with it (HS256):\n  ${secret}`);
    }
  }
}

await runCommand('secrets', async () => {
  const options = readOptions();
  if (options.help) return console.log(HELP);
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
