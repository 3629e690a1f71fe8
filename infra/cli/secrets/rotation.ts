/** Creates and rotates the secrets of a deployed stage in SSM's Parameter Store. */
import { DeleteParameterCommand, GetParametersCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { randomBytes } from 'node:crypto';
import { PARAMETERS } from '../../../lib/platform/secrets.ts';
import { propertiesWarnings } from '../../../lib/wcs/properties-value.ts';
import { Failure } from '../command-line.ts';

type Name = keyof typeof PARAMETERS;

/** A secret, and the previous one during a rotation. */
interface Kind {
  readonly current: Name;
  readonly previous: Name;
  /** What to do with a new secret where it is used. */
  readonly use: (secret: string) => string;
  /** How long until every function has read both: a function reads them again before it rejects a signature, but not before it rejects a token. */
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

export interface Rotation {
  /** The secret of tokens, not that of hooks. */
  readonly token: boolean;
  readonly rotate: boolean;
  readonly finish: boolean;
  readonly region: string | undefined;
}

/** Creates the secret if the stage has none, or takes a step of a rotation. */
export async function runRotation(
  client: Pick<SSMClient, 'send'>,
  stage: string,
  { token, rotate, finish, region }: Rotation,
): Promise<void> {
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
    if (!inUse) throw new Failure(`${current} does not exist, so there is nothing to rotate: ${again} creates it.`);
    if (isRotating) throw new Failure(`A rotation is under way: end it with ${again} --finish, then begin another.`);
    // In this order the secret in use is valid at any moment.
    await put(previous, inUse);
    await put(current, fresh, true);
    console.log(`
Both are valid now. Wait ${kind.pause} until every function has read them. Then:
${kind.use(fresh)}
When ${kind.users}: ${again} --finish`);
  } else if (finish) {
    if (!isRotating) throw new Failure('No rotation is under way: there is nothing to finish.');
    await client.send(new DeleteParameterCommand({ Name: previous }));
    console.log(`deleted ${previous}: within five minutes only the new secret will be valid.`);
  } else if (inUse) {
    console.log(`${current} exists${isRotating ? ', and a rotation is under way' : ''}. To see it, and to use it:
  aws ssm get-parameter --with-decryption --query Parameter.Value --output text --name ${current}${region ? ` --region ${region}` : ''}

${kind.use('<what that prints>')}`);
  } else {
    await put(current, fresh);
    console.log(`\n${kind.use(fresh)}`);
  }
}
