/** `npm run token`: signs a token as your login server will, for trying the policy. */
import { SignJWT } from 'jose';
import { RIGHTS } from '../../lib/board/operation.ts';
import { readClaims } from '../../lib/access/claims.ts';
import { readAccess } from '../../lib/settings/access-settings.ts';
import { list } from '../../lib/settings/environment.ts';
import { GATEWAY_ENDPOINT } from '../local/settings.ts';
import { optionsOf, runCommand, UsageError } from './command-line.ts';
import { columnsOf, fold } from './terminal-text.ts';

const HELP = `npm run token -- --sub NAME [options]

Prints a token (JWT, HS256) that the policy allows, signed with TOKEN_SECRET for TOKEN_ISSUER and TOKEN_AUDIENCE, the same
environment variables as those of npm start. For trying things out: in production, your login server signs tokens.

  --sub NAME             the user: shown in the rows and in the log
  --publish GLOB         a stream name that it may publish; * stands for any characters; repeatable
  --play GLOB            a stream name that it may play; repeatable
  --call CALLEE          a callee that it may call, without wildcards; repeatable
  --callee CALLEE        whom its calls go to, whatever the client requests
  --sip ACCOUNT          the SIP account that its connection registers with (npm run secrets -- --sip ACCOUNT)
  --max-duration SECONDS how long its streams may last
  --board RIGHTS         what it may do on the board: some of read,stop,ban
  --open                 prints the link to the board with the token instead; the page keeps it in this browser's session
  --url URL              which stage's board: its BaseUrl, or the address of a proxy (the stack of npm start)
  --rename NAME          the name that its stream is published under, whatever the client requests
  --expires-in SECONDS   how long it is valid (3600)
  --help                 this text`;

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const readOptions = () =>
  optionsOf({
    ...{ sub: text, publish: texts, play: texts, call: texts, callee: text, sip: text, rename: text },
    ...{ board: text, open: { type: 'boolean', default: false }, url: text },
    ...{ 'max-duration': text, 'expires-in': { ...text, default: '3600' } },
    help: { type: 'boolean', default: false },
  });

function fail(message: string): never {
  throw new UsageError(message);
}

function secondsOf(name: string, value: string): number {
  const seconds = Number(value);
  return seconds > 0 && Number.isFinite(seconds) ? seconds : fail(`--${name} ${value}: expected seconds`);
}

function rightsOf(given: string): string[] {
  const rights = list(given);
  const unknown = rights.find((right) => !(RIGHTS as readonly string[]).includes(right));
  if (rights.length === 0 || unknown !== undefined) {
    fail(`--board ${given}: expected some of ${RIGHTS.join(',')}`);
  }
  return rights;
}

/** The page reads the token after the `#`, which no browser sends to a server. */
function linkTo(url: string, token: string): string {
  if (!URL.canParse(url)) fail(`--url ${url}: expected an address, such as the BaseUrl of a stage`);
  return `${new URL('/board', url).href}#token=${token}`;
}

async function sign(options: ReturnType<typeof readOptions>): Promise<string> {
  const {
    'max-duration': maxDuration,
    'expires-in': expiresIn,
    board,
    help: _,
    open: __,
    url: ___,
    ...given
  } = options;
  if (!given.sub) fail('--sub NAME is missing: whose token is it?');
  const claims = {
    ...given,
    ...(board === undefined ? {} : { board: rightsOf(board) }),
    ...(maxDuration === undefined ? {} : { maxDuration: secondsOf('max-duration', maxDuration) }),
  };
  const read = readClaims(claims);
  if ('problem' in read) fail(read.problem);

  const problems: string[] = [];
  const { tokens } = readAccess(process.env, problems);
  if (!tokens) fail('TOKEN_SECRET, TOKEN_ISSUER and TOKEN_AUDIENCE are not set');
  if (problems.length > 0) fail(problems.join('\n'));
  if (!('secrets' in tokens.keys))
    fail('TOKEN_SECRET is not set: only the holder of the private key can sign for TOKEN_JWKS_URL');
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(tokens.issuer)
    .setAudience(tokens.audience)
    .setExpirationTime(Math.floor(Date.now() / 1000) + secondsOf('expires-in', expiresIn))
    .sign(new TextEncoder().encode(tokens.keys.secrets[0]));
}

await runCommand('token', async () => {
  const options = readOptions();
  if (options.help) return console.log(fold(HELP, columnsOf(process.stdout)));
  if (options.open && options.board === undefined) fail('--open is for --board: the link leads there');
  if (options.url !== undefined && !options.open) fail('--url is for --open');
  const token = await sign(options);
  console.log(options.open ? linkTo(options.url ?? GATEWAY_ENDPOINT, token) : token);
});
