/** `npm run simulate`: a WCS on the command line. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from './random.ts';
import { createReport } from './report.ts';
import { play, type Script } from './run.ts';
import { SCENARIOS, type ScenarioName } from './scenarios.ts';
import { createRowReader, verify } from './verify.ts';
import { createWcs } from './wcs.ts';

const HELP = `npm run simulate -- [options]

Sends hooks the way a Web Call Server does. Counts a hook as acknowledged only if the answer is 200 and the echo of what
was sent. Exits with 1 if a hook was not, or if a row is not as it should be.

  --url URL          the app's URL            (http://127.0.0.1:3000/rest/my_api)
  --scenario NAME    what happens             (lifecycle)
${Object.entries(SCENARIOS)
  .map(([name, [text]]) => `                       ${name.padEnd(14)} ${text}`)
  .join('\n')}
  --streams N        published streams        (10)
  --players N        players of each stream   (2)
  --keep-alives N    keep-alives of each      (3)
  --concurrency N    clients at a time        (16)
  --captures         first send the recorded hook bodies of test/fixtures once

  --verify           then compare the rows with those that must result, and print the differences
  --dynamodb URL     where the rows are       (http://127.0.0.1:8000)
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

function readOptions() {
  try {
    return parseArgs({
      options: {
        url: { type: 'string', default: 'http://127.0.0.1:3000/rest/my_api' },
        scenario: { type: 'string', default: 'lifecycle' },
        streams: { type: 'string', default: '10' },
        players: { type: 'string', default: '2' },
        'keep-alives': { type: 'string', default: '3' },
        concurrency: { type: 'string', default: '16' },
        captures: { type: 'boolean', default: false },
        verify: { type: 'boolean', default: false },
        dynamodb: { type: 'string', default: 'http://127.0.0.1:8000' },
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

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  return fail(`--${name} ${text}: expected a whole number from ${least} on`);
}

/** One recorded body after another. */
function captured(): Script {
  const folder = join(import.meta.dirname, '../fixtures');
  return readdirSync(folder).map((file) => ({
    method: file.split('.')[0] ?? '',
    body: readFileSync(join(folder, file), 'utf8'),
  }));
}

const options = readOptions();
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
const { url, scenario: name, secret, user, password } = options;
if (!URL.canParse(url) || !/^https?:/.test(url)) fail(`--url ${url}: expected http://… or https://…`);
if (user !== undefined && password === undefined) fail('--user needs --password');
if (!Object.hasOwn(SCENARIOS, name)) fail(`--scenario ${name}: expected one of ${Object.keys(SCENARIOS).join(', ')}`);
if (name === 'bad-signature' && secret === undefined && user === undefined) {
  fail('--scenario bad-signature needs --secret or --user: without credentials every hook is taken');
}
const seed = options.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : wholeNumber('seed', options.seed, 0);
const concurrency = wholeNumber('concurrency', options.concurrency, 1);
const timeout = wholeNumber('timeout', options.timeout, 1);
const within = wholeNumber('within', options.within ?? (name === 'crash' ? '200' : '30'), 0);

const [, scenario] = SCENARIOS[name as ScenarioName];
const {
  scripts,
  rows,
  forged = [],
} = scenario(
  {
    streams: wholeNumber('streams', options.streams, 0),
    players: wholeNumber('players', options.players, 0),
    keepAlives: wholeNumber('keep-alives', options['keep-alives'], 0),
  },
  // Other streams in each scenario: an id is used once.
  createRandom(seed + 7919 * Object.keys(SCENARIOS).indexOf(name)),
);
const all = [...(options.captures ? [captured()] : []), ...scripts];
const total = all.reduce((sum, script) => sum + script.length, 0) + forged.length;

const report = createReport();
const connection = { url, timeout, connections: concurrency };
const wcs = createWcs({ ...connection, secret, user, password });
const forger = createWcs({
  ...connection,
  ...(secret === undefined ? { user, password: `not ${password}` } : { secret: `not ${secret}` }),
});

console.error(`${name}: ${total} hooks to ${url} (--seed ${seed})`);
const progress = setInterval(
  () => console.error(`  ${report.sent} of ${total} sent, ${report.acknowledged} acknowledged`),
  1000,
);
await play(all, wcs, concurrency, (answer) => report.add(answer));
let taken = 0;
await play(
  forged.map((hook) => [hook]),
  forger,
  concurrency,
  (answer) => {
    report.add(answer);
    if (answer.status !== 403) taken++;
  },
);
clearInterval(progress);
wcs.close();
forger.close();
console.log(report.table());

const problems: string[] = [];
const refused = report.sent - forged.length - report.acknowledged;
if (refused > 0) problems.push(`${refused} of ${total} hooks were not acknowledged.`);
if (taken > 0) problems.push(`${taken} of ${forged.length} forged hooks were not answered 403.`);
if (options.verify) {
  const differences = await verify(rows, createRowReader({ endpoint: options.dynamodb, table: options.table }), within);
  if (differences.length === 0) console.log(`${rows.size} rows are as they should be.`);
  else problems.push(...differences.slice(0, 50), `${differences.length} differences in ${rows.size} rows.`);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
