/** `npm run simulate`: a WCS on the command line. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom, type Random } from './random.ts';
import { createReport } from './report.ts';
import { play, type Script } from './run.ts';
import { connects, createClient, createNodeId, ends, keepAlives, starts } from './sessions.ts';
import { createWcs } from './wcs.ts';

const HELP = `npm run simulate -- [options]

Sends hooks the way a Web Call Server does: clients connect, publish and play, their streams live and end.
Counts a hook as acknowledged only if the answer is 200 and the echo of what was sent. Exits with 1 if any was not.

  --url URL          the app's URL            (http://127.0.0.1:3000/rest/my_api)
  --streams N        published streams        (10)
  --players N        players of each stream   (2)
  --keep-alives N    keep-alives of each      (3)
  --concurrency N    clients at a time        (16)
  --captures         first send the recorded hook bodies of test/fixtures once
  --secret SECRET    sign as with rest_hook_secret_key     (environment: HOOK_SECRET)
  --user USER        HTTP Basic, with --password PASSWORD  (environment: HOOK_USER, HOOK_PASSWORD)
  --timeout MS       wait this long for an answer, as rest_request_timeout does (15000)
  --seed N           repeat the run with this seed         (by chance, printed)
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
        streams: { type: 'string', default: '10' },
        players: { type: 'string', default: '2' },
        'keep-alives': { type: 'string', default: '3' },
        concurrency: { type: 'string', default: '16' },
        captures: { type: 'boolean', default: false },
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

const options = readOptions();
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

function count(name: 'streams' | 'players' | 'keep-alives' | 'concurrency' | 'timeout', least: number): number {
  const value = Number(options[name]);
  return Number.isSafeInteger(value) && value >= least
    ? value
    : fail(`--${name} ${options[name]}: expected a whole number from ${least} on`);
}
const streams = count('streams', 0);
const players = count('players', 0);
const keepAliveCount = count('keep-alives', 0);
const concurrency = count('concurrency', 1);
const seed = options.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(options.seed);
if (!Number.isSafeInteger(seed)) fail(`--seed ${options.seed}: expected a whole number`);
if (!URL.canParse(options.url) || !/^https?:/.test(options.url))
  fail(`--url ${options.url}: expected http://… or https://…`);
if (options.user !== undefined && options.password === undefined) fail('--user needs --password');

/** One recorded body after another. */
function captured(): Script {
  const folder = join(import.meta.dirname, '../fixtures');
  return readdirSync(folder).map((file) => ({
    method: file.split('.')[0] ?? '',
    body: readFileSync(join(folder, file), 'utf8'),
  }));
}

function generated(random: Random): Script[] {
  const nodeId = createNodeId(random);
  return Array.from({ length: streams }, (_, n) => {
    const name = `stream-${n}-${random.uuid(4).slice(0, 8)}`;
    const clients = [true, ...Array.from({ length: players }, () => false)].map((published) =>
      createClient(random, { name, published, nodeId }),
    );
    return clients.map((client) => [
      ...connects(client),
      ...starts(client),
      ...keepAlives(client, keepAliveCount),
      ...ends(client),
    ]);
  }).flat();
}

const scripts = [...(options.captures ? [captured()] : []), ...generated(createRandom(seed))];
const total = scripts.reduce((sum, script) => sum + script.length, 0);
const report = createReport();
const wcs = createWcs({ ...options, timeout: count('timeout', 1), connections: concurrency });

console.error(`${total} hooks of ${scripts.length} clients to ${options.url} (--seed ${seed})`);
const showProgress = () => console.error(`  ${report.sent} of ${total} sent, ${report.acknowledged} acknowledged`);
const progress = setInterval(showProgress, 1000);
await play(scripts, wcs, concurrency, (answer) => report.add(answer));
clearInterval(progress);
wcs.close();

console.log(report.table());
if (report.acknowledged < report.sent) {
  console.error(`${report.sent - report.acknowledged} of ${report.sent} hooks were not acknowledged.`);
  process.exitCode = 1;
}
