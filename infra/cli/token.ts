/** `npm run token`: signs a token as your login server will, to try the policy with. */
import { SignJWT } from 'jose';
import { readClaims } from '../../lib/access/claims.ts';
import { readAccess } from '../../lib/settings/access-settings.ts';
import { optionsOf, runCommand, UsageError } from './command-line.ts';
import { columnsOf, fold } from './terminal-text.ts';

const HELP = `npm run token -- --sub NAME [options]

Prints a token (JWT, HS256) that the policy allows, signed with TOKEN_SECRET for TOKEN_ISSUER and TOKEN_AUDIENCE, the same
environment variables as those of npm start. To try things with; in production your login server signs them.

  --sub NAME             who it is: shown in the rows and in the log
  --publish GLOB         a stream name that it may publish; * stands for any characters; may be given again
  --play GLOB            a stream name that it may play; may be given again
  --call CALLEE          a callee that it may call, as it is; may be given again
  --callee CALLEE        whom its calls go to, whatever the client asks for
  --sip ACCOUNT          the SIP account that its connection registers with (npm run secrets -- --sip ACCOUNT)
  --max-duration SECONDS how long a stream of it may last
  --rename NAME          the name that its stream is published under, whatever the client asks for
  --expires-in SECONDS   until when it can be presented (3600)
  --help                 this text`;

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const readOptions = () =>
  optionsOf({
    ...{ sub: text, publish: texts, play: texts, call: texts, callee: text, sip: text, rename: text },
    ...{ 'max-duration': text, 'expires-in': { ...text, default: '3600' } },
    help: { type: 'boolean', default: false },
  });

function refuse(message: string): never {
  throw new UsageError(message);
}

function secondsOf(name: string, value: string): number {
  const seconds = Number(value);
  return seconds > 0 && Number.isFinite(seconds) ? seconds : refuse(`--${name} ${value}: expected seconds`);
}

async function sign(options: ReturnType<typeof readOptions>): Promise<string> {
  const { help: _, 'max-duration': maxDuration, 'expires-in': expiresIn, ...given } = options;
  if (!given.sub) refuse('--sub NAME is missing: whose token is it?');
  const claims = {
    ...given,
    ...(maxDuration === undefined ? {} : { maxDuration: secondsOf('max-duration', maxDuration) }),
  };
  const read = readClaims(claims);
  if ('problem' in read) refuse(read.problem);

  const problems: string[] = [];
  const { tokens } = readAccess(process.env, problems);
  if (!tokens) refuse('TOKEN_SECRET, TOKEN_ISSUER and TOKEN_AUDIENCE are not set');
  if (problems.length > 0) refuse(problems.join('\n'));
  if (!('secrets' in tokens.keys))
    refuse('TOKEN_SECRET is not set: only the holder of the private key can sign for TOKEN_JWKS_URL');
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(tokens.issuer)
    .setAudience(tokens.audience)
    .setExpirationTime(Math.floor(Date.now() / 1000) + secondsOf('expires-in', expiresIn))
    .sign(new TextEncoder().encode(tokens.keys.secrets[0]));
}

await runCommand('token', async () => {
  const options = readOptions();
  console.log(options.help ? fold(HELP, columnsOf(process.stdout)) : await sign(options));
});
