/** The options of `npm run simulate`, checked. */
import { optionsOf, UsageError } from '../../infra/cli/command-line.ts';
import { checkedUrl } from '../../infra/cli/doctor/options.ts';
import { DYNAMODB_ENDPOINT, GATEWAY_ENDPOINT, STAGE } from '../../infra/local/settings.ts';
import { isLoopback } from '../../infra/cli/loopback.ts';
import type { Subject } from '../../lib/wcs/methods.ts';
import type { Environment } from '../../lib/settings/environment.ts';
import { TRANSFER_TARGET } from './calls.ts';
import { SCENARIOS, type ScenarioName } from './scenarios.ts';

const URL_HERE = `${GATEWAY_ENDPOINT}/rest/my_api`;
const tableHere = (kind: Subject) => `wcs-hooks-${STAGE}-${kind}s`;

/** Whole numbers: the least, the most, and what is taken where none is given. */
const NUMBERS = {
  streams: [1, 10_000, 10],
  players: [0, 10_000, 2],
  'keep-alives': [0, 10_000, 3],
  'keep-alive-interval': [0, 3_600_000, 0],
  concurrency: [1, 1000, 16],
  lease: [1, 86_400, 120],
  within: [0, 90_000, 30],
  timeout: [1, 600_000, 15_000],
  seed: [0, 2 ** 32 - 1, 0],
} as const satisfies Record<string, readonly [least: number, most: number, otherwise: number]>;
type NumberName = keyof typeof NUMBERS;
const NUMBER_NAMES = Object.keys(NUMBERS) as NumberName[];

/** All of a run are in memory, with 4 KB each. */
const MOST_HOOKS = 200_000;
/** Whose rows the sweep writes. */
const SWEPT: readonly ScenarioName[] = ['crash', 'lost-hangup'];
/** Until the sweep has come by after a lease. */
const SWEEP_SECONDS = 80;

const rangeOf = (name: NumberName) => `${NUMBERS[name][0]} to ${NUMBERS[name][1]}`;
const shown = (name: NumberName) => `${NUMBERS[name][2]}; ${rangeOf(name)}`;

export const HELP = `npm run simulate -- [options]

Sends hooks the way a Web Call Server does, and obeys the answers as one:
denied connections and streams come to nothing, as far as the restClientConfig
in connect's answer says so. Counts a hook as acknowledged only if the answer is
200 and the echo of what was sent. Exits with 1 if a hook was not, or if a row
is not as it should be; with 2 if an option is wrong.

  --url URL          the app's URL (${URL_HERE})
  --yes              send to a URL, or read from a DynamoDB, that is not on this
                     machine: hooks leave rows there, and AWS bills each
  --scenario NAME    what happens (lifecycle)
${Object.entries(SCENARIOS)
  .map(([name, [text]]) => `    ${name.padEnd(13)}  ${text}`)
  .join('\n')}
  --streams N        published streams, or phones (${shown('streams')})
  --players N        players of each stream (${shown('players')})
  --keep-alives N    keep-alives of each (${shown('keep-alives')})
  --keep-alive-interval MS
                     pause before each (${shown('keep-alive-interval')})
  --concurrency N    clients at a time (${shown('concurrency')})
  --captures         first send the recorded hook bodies of test/fixtures once
  --forget-config    as a WCS that never got the restClientConfig: denials bind
                     nothing but connect

  --token TOKEN      custom.token of every client's connect, where the policy
                     token is on (environment: CLIENT_TOKEN; a constant). For
                     all scenarios it must let publish and play stream-*,
                     call, and transfer to ${TRANSFER_TARGET}:
                     npm run token -- --sub NAME --publish 'stream-*' \\
                       --play 'stream-*' --callee 4930901820 \\
                       --call ${TRANSFER_TARGET}
  --without-token    the clients have none
  --origin ORIGIN    origin of every connect, where the policy origin is on
  --callee NUMBER    whom the pages of phones ask to call (a random number
                     each)
  --without-account  these pages bring no SIP account of their own

  --verify           then compare the rows with those that must result, and
                     print the differences
  --dynamodb URL     where the rows are (${DYNAMODB_ENDPOINT})
  --table NAME       in which table (${tableHere('stream')}, or
                     -calls, -sessions, as the scenario is about)
  --within SECONDS   how long they may take (${shown('within')};
                     crash, lost-hangup: the lease and ${SWEEP_SECONDS})
  --lease SECONDS    the backend's LEASE_SECONDS, to tell how long these wait
                     (environment: LEASE_SECONDS; ${shown('lease')})

  --secret SECRET    sign as with rest_hook_secret_key
                     (environment: HOOK_SECRET)
  --user USER        HTTP Basic instead, with --password PASSWORD
                     (environment: HOOK_USER, HOOK_PASSWORD)
  --timeout MS       wait this long for an answer, as rest_request_timeout does
                     (${shown('timeout')})
  --seed N           send the very same again, to an empty table (random, and
                     printed; ${rangeOf('seed')})
  --help             this text

Give secrets and tokens by the environment: other users of a machine see the
options of its processes, and a shell keeps them.`;

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  return optionsOf(
    {
      ...{ url: { ...text, default: URL_HERE }, yes: flag, scenario: { ...text, default: 'lifecycle' } },
      ...{ streams: text, players: text, 'keep-alives': text, 'keep-alive-interval': text, concurrency: text },
      ...{ captures: flag, 'forget-config': flag, token: text, 'without-token': flag, origin: text },
      ...{ callee: text, 'without-account': flag, verify: flag },
      ...{ dynamodb: text, table: text },
      ...{ within: text, lease: text, secret: text, user: text, password: text, timeout: text, seed: text, help: flag },
    },
    withNegatives(args),
  );
}

/** A number below zero is a value, whose range is told, and no option. */
const withNegatives = (args: readonly string[]) =>
  args.reduce<string[]>((before, arg) => {
    const name = NUMBER_NAMES.find((name) => `--${name}` === before.at(-1));
    return name && /^-[\d.]/.test(arg) ? [...before.slice(0, -1), `--${name}=${arg}`] : [...before, arg];
  }, []);

export type Options = Exclude<ReturnType<typeof readOptions>, 'help'>;

/** @throws UsageError */
export function readOptions(args: string[], environment: Environment) {
  const { help, scenario: name, ...given } = parse(args);
  if (help) return 'help' as const;
  for (const option of ['token', 'origin', 'callee', 'secret', 'user', 'password', 'table'] as const) {
    // As of a command in $(…) that failed.
    if (given[option] === '') throw new UsageError(`--${option} is empty`);
  }
  const scenario = scenarioNamed(name);
  const credentials = credentialsOf(given, environment);
  if (scenario === 'bad-signature' && credentials.secret === undefined && credentials.user === undefined) {
    throw new UsageError(
      '--scenario bad-signature needs --secret or --user: without credentials every hook is accepted',
    );
  }
  const number = (option: NumberName, otherwise?: string | number) =>
    wholeNumber(`--${option}`, option, given[option] ?? String(otherwise ?? NUMBERS[option][2]));
  const lease =
    given.lease === undefined && environment['LEASE_SECONDS']
      ? wholeNumber('LEASE_SECONDS', 'lease', environment['LEASE_SECONDS'])
      : number('lease');
  const url = checkedUrl(given.url);
  if (given.verify && given.dynamodb === undefined && !isLoopback(url)) {
    throw new UsageError(`--verify: the rows of ${url} are not on this machine. Say where: --dynamodb, --table`);
  }
  const [, , kind] = SCENARIOS[scenario];
  const options = {
    ...{ url, yes: given.yes, scenario },
    ...{ streams: number('streams'), players: number('players'), keepAlives: number('keep-alives') },
    ...{ keepAliveInterval: number('keep-alive-interval'), concurrency: number('concurrency') },
    ...{ captures: given.captures, forgetsConfig: given['forget-config'] },
    ...{ token: tokenOf(given, environment), origin: given.origin },
    ...{ callee: given.callee, withoutAccount: given['without-account'] },
    ...{ verify: given.verify, dynamodb: checkedEndpoint(given.dynamodb ?? DYNAMODB_ENDPOINT) },
    ...{ table: given.table ?? tableHere(kind) },
    ...{ lease, within: number('within', SWEPT.includes(scenario) ? lease + SWEEP_SECONDS : undefined) },
    ...{ credentials, timeout: number('timeout'), seed: number('seed', Math.floor(Math.random() * 2 ** 32)) },
  };
  checkSize(options, kind);
  return options;
}

function scenarioNamed(name: string): ScenarioName {
  if (Object.hasOwn(SCENARIOS, name)) return name as ScenarioName;
  throw new UsageError(`--scenario ${name}: expected one of ${Object.keys(SCENARIOS).join(', ')}`);
}

interface Given {
  readonly secret?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

/** A WCS has one Authorization to show: options win over the environment, and there the signature. */
function credentialsOf({ secret, user, password }: Given, environment: Environment): Given {
  if (secret !== undefined && user !== undefined) {
    throw new UsageError('--secret and --user: expected one of them, as a hook has one Authorization');
  }
  if (secret !== undefined) return { secret };
  const secretHere = environment['HOOK_SECRET'] || undefined;
  if (user === undefined && password === undefined && secretHere) return { secret: secretHere };
  const basic = {
    user: user ?? (environment['HOOK_USER'] || undefined),
    password: password ?? (environment['HOOK_PASSWORD'] || undefined),
  };
  if (basic.user !== undefined && basic.password === undefined)
    throw new UsageError('--user needs --password (environment: HOOK_PASSWORD)');
  if (basic.user === undefined && basic.password !== undefined)
    throw new UsageError('--password needs --user (environment: HOOK_USER)');
  return basic;
}

function checkedEndpoint(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError(`--dynamodb ${text}: expected http://… or https://…`);
}

function wholeNumber(label: string, name: NumberName, text: string): number {
  const [least, most] = NUMBERS[name];
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${label} ${text}: expected a whole number, ${rangeOf(name)}`);
}

/** `null`: the clients have none; undefined: they have something that is no token. */
function tokenOf(
  given: Given & { readonly token?: string | undefined; readonly 'without-token': boolean },
  environment: Environment,
) {
  if (!given['without-token']) return given.token ?? (environment['CLIENT_TOKEN'] || undefined);
  if (given.token === undefined) return null;
  throw new UsageError('--token and --without-token: expected one of them');
}

interface Size {
  readonly streams: number;
  readonly players: number;
  readonly keepAlives: number;
}

/** Those of the longest call. */
const PHONE_HOOKS = 18;

function checkSize({ streams, players, keepAlives }: Size, kind: Subject): void {
  // Of each client also connect and two more of its session, its start and end, and two statuses.
  const hooks = streams * (kind === 'stream' ? (1 + players) * (7 + keepAlives) : PHONE_HOOKS);
  if (hooks <= MOST_HOOKS) return;
  const others = kind === 'stream' ? ` with --players ${players} and --keep-alives ${keepAlives}` : '';
  throw new UsageError(`--streams ${streams}${others} are some ${hooks} hooks: expected ${MOST_HOOKS} at most`);
}
