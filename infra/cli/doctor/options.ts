/** The options of `npm run doctor`, checked. */
import type { Environment } from '../../../lib/settings/environment.ts';
import { methodNamed } from '../../../lib/wcs/methods.ts';
import type { Credentials, Shown } from './probes.ts';
import { GATEWAY_ENDPOINT, STAGE } from '../../local/settings.ts';
import { isStageName } from '../stage-access.ts';
import { optionsOf, UsageError } from '../command-line.ts';

const PROBES = 50;
const TIMEOUT_MS = 10_000;

export const HELP = `npm run doctor -- --url URL [options]

Sends a few hooks as WCS does, with and without the credentials, and reports for each check whether it is healthy, what that
means, and what to do: authentication, the echo, connect's restClientConfig, the time that hooks take, the clock; with
--stage also the resulting rows, the settings of the tables, and what waits in the queues.
It removes the rows that it created. Exits with 1 if there is a problem.

  --url URL          the app's URL, as WCS has it  (with --stage ${STAGE}: where npm start listens)
  --stage NAME       the stage behind it (${STAGE}: the stack that npm start runs here); without one nothing is read from
                     AWS, and no probe creates a row
  --region NAME      in which AWS region           (environment: AWS_REGION; eu-central-1)

  --secret SECRET    sign as with rest_hook_secret_key     (environment: HOOK_SECRET; or the stage's, from
                     Parameter Store)
  --user USER        HTTP Basic, with --password PASSWORD  (environment: HOOK_USER, HOOK_PASSWORD)
  --token TOKEN      custom.token of the connect, if the policy token is on
  --origin ORIGIN    origin of the connect, if the policy origin is on

  --probes N         how many hooks to time        (${PROBES})
  --timeout MS       how long to wait for a reply  (${TIMEOUT_MS}, as rest_request_timeout=10)
  --json             one JSON object instead of text
  --help             this text

Pass secrets in the environment: other users of a machine can see the options of its processes.`;

export interface Options extends Shown {
  readonly url: string;
  readonly stage: string | undefined;
  readonly region: string | undefined;
  readonly credentials: Credentials;
  readonly probes: number;
  readonly timeout: number;
  readonly json: boolean;
}

function parse(args: string[], { HOOK_SECRET, HOOK_USER, HOOK_PASSWORD }: Environment) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  return optionsOf(
    {
      ...{ url: text, stage: text, region: text, token: text, origin: text, json: flag, help: flag },
      secret: { ...text, default: HOOK_SECRET || undefined },
      user: { ...text, default: HOOK_USER || undefined },
      password: { ...text, default: HOOK_PASSWORD || undefined },
      probes: { ...text, default: String(PROBES) },
      timeout: { ...text, default: String(TIMEOUT_MS) },
    },
    args,
  );
}

/** @throws UsageError */
export function readOptions(args: string[], environment: Environment): Options | 'help' {
  const { help, secret, user, password, probes, timeout, ...given } = parse(args, environment);
  if (help) return 'help';
  const { stage } = given;
  const url = given.url ?? (stage === STAGE ? `${GATEWAY_ENDPOINT}/rest/my_api` : undefined);
  if (url === undefined) throw new UsageError('--url URL is missing: which one does WCS have? (add app … "URL")');
  if (stage !== undefined && !isStageName(stage))
    throw new UsageError(`--stage ${stage}: expected letters, digits and hyphens`);
  if (user !== undefined && password === undefined)
    throw new UsageError('--user needs --password (environment: HOOK_PASSWORD)');
  if (user === undefined && password !== undefined)
    throw new UsageError('--password needs --user (environment: HOOK_USER)');
  return {
    url: checkedUrl(url),
    stage,
    region: given.region,
    credentials: { secret, previousSecret: environment['HOOK_SECRET_PREVIOUS'], user, password },
    token: given.token,
    origin: given.origin,
    probes: wholeNumber('probes', probes),
    timeout: wholeNumber('timeout', timeout),
    json: given.json,
  };
}

/** @throws UsageError */
export function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new UsageError(`--url ${text}: expected http://… or https://…`);
  if (url.username || url.search || url.hash) throw new UsageError('--url: expected no user, "?" or "#" in it');
  const last = url.pathname.split('/').findLast((segment) => segment !== '') ?? '';
  if (methodNamed(last)) throw new UsageError(`--url ends with a method, ${last}: WCS adds it. Leave it out`);
  if (text.trim().endsWith('/')) {
    throw new UsageError(
      `--url ends with a slash: WCS adds "/" and the method, and would ask ${text.trim()}/connect. Leave the slash out, here and ` +
        'in WCS (update app -l "URL" APP)',
    );
  }
  return url.pathname === '/' ? url.origin : url.href;
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  // The longest that a timer can wait.
  if (Number.isSafeInteger(value) && value >= 1 && value < 2 ** 31) return value;
  throw new UsageError(`--${name} ${text}: expected a whole number of 1 or more`);
}
