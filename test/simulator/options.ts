/** The options of `npm run simulate`, checked. */
import { parseArgs } from 'node:util';
import { DYNAMODB_ENDPOINT, GATEWAY_ENDPOINT } from '../../infra/local/settings.ts';
import { SCENARIOS, type ScenarioName } from './scenarios.ts';

const URL_HERE = `${GATEWAY_ENDPOINT}/rest/my_api`;

const HELP = `npm run simulate -- [options]

Sends hooks the way a Web Call Server does, and obeys the answers as one: refused connections and streams come to
nothing, as far as the restClientConfig in connect's answer says so. Counts a hook as acknowledged only if the answer is
200 and the echo of what was sent. Exits with 1 if a hook was not, or if a row is not as it should be.

  --url URL          the app's URL            (${URL_HERE})
  --scenario NAME    what happens             (lifecycle)
${Object.entries(SCENARIOS)
  .map(([name, [text]]) => `                       ${name.padEnd(14)} ${text}`)
  .join('\n')}
  --streams N        published streams        (10)
  --players N        players of each stream   (2)
  --keep-alives N    keep-alives of each      (3)
  --keep-alive-interval MS
                     pause before each        (0)
  --token TOKEN      custom.token of connects (a constant)
  --concurrency N    clients at a time        (16)
  --captures         first send the recorded hook bodies of test/fixtures once
  --forget-config    as a WCS that never got the restClientConfig: refusals bind nothing but connect

  --verify           then compare the rows with those that must result, and print the differences
  --dynamodb URL     where the rows are       (${DYNAMODB_ENDPOINT})
  --table NAME       in which table           (wcs-hooks-local-streams)
  --within SECONDS   how long they may take   (30; crash: 200)

  --secret SECRET    sign as with rest_hook_secret_key     (environment: HOOK_SECRET)
  --user USER        HTTP Basic, with --password PASSWORD  (environment: HOOK_USER, HOOK_PASSWORD)
  --timeout MS       wait this long for an answer, as rest_request_timeout does (15000)
  --seed N           send the very same again, to an empty table (by chance, printed)
  --help             this text

Addresses on this machine only, unless --url says otherwise: a deployed stage is billed for each hook.`;

function fail(message: string): never {
  console.error(`${message}\nSee npm run simulate -- --help`);
  process.exit(2);
}

function parse() {
  try {
    return parseArgs({
      options: {
        url: { type: 'string', default: URL_HERE },
        scenario: { type: 'string', default: 'lifecycle' },
        streams: { type: 'string', default: '10' },
        players: { type: 'string', default: '2' },
        'keep-alives': { type: 'string', default: '3' },
        'keep-alive-interval': { type: 'string', default: '0' },
        token: { type: 'string' },
        concurrency: { type: 'string', default: '16' },
        captures: { type: 'boolean', default: false },
        'forget-config': { type: 'boolean', default: false },
        verify: { type: 'boolean', default: false },
        dynamodb: { type: 'string', default: DYNAMODB_ENDPOINT },
        table: { type: 'string', default: 'wcs-hooks-local-streams' },
        within: { type: 'string' },
        secret: { type: 'string', default: process.env['HOOK_SECRET'] || undefined },
        user: { type: 'string', default: process.env['HOOK_USER'] || undefined },
        password: { type: 'string', default: process.env['HOOK_PASSWORD'] || undefined },
        timeout: { type: 'string', default: '15000' },
        seed: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** Ends the process with 2 and says what is wrong, or with 0 after --help. */
export function readOptions() {
  const given = parse();
  if (given.help) {
    console.log(HELP);
    process.exit(0);
  }
  const { url, scenario, secret, user, password } = given;
  if (!URL.canParse(url) || !/^https?:/.test(url)) fail(`--url ${url}: expected http://… or https://…`);
  if (user !== undefined && password === undefined) fail('--user needs --password');
  if (!Object.hasOwn(SCENARIOS, scenario)) {
    fail(`--scenario ${scenario}: expected one of ${Object.keys(SCENARIOS).join(', ')}`);
  }
  if (scenario === 'bad-signature' && secret === undefined && user === undefined) {
    fail('--scenario bad-signature needs --secret or --user: without credentials every hook is taken');
  }
  const number = (name: keyof typeof given, least: number, otherwise?: number) =>
    wholeNumber(name, String(given[name] ?? otherwise), least);
  return {
    ...given,
    scenario: scenario as ScenarioName,
    streams: number('streams', 0),
    players: number('players', 0),
    keepAlives: number('keep-alives', 0),
    keepAliveInterval: number('keep-alive-interval', 0),
    concurrency: number('concurrency', 1),
    timeout: number('timeout', 1),
    within: number('within', 0, scenario === 'crash' ? 200 : 30),
    seed: number('seed', 0, Math.floor(Math.random() * 2 ** 32)),
  };
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  return fail(`--${name} ${text}: expected a whole number from ${least} on`);
}
