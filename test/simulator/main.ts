/** `npm run simulate`: a WCS on the command line. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createObedientWcs } from './obedience.ts';
import { readOptions } from './options.ts';
import { outcomeOf, rowsAfter } from './outcome.ts';
import { createRandom } from './random.ts';
import { createReport } from './report.ts';
import { play, type Script } from './run.ts';
import { SCENARIOS } from './scenarios.ts';
import { createRowReader, verify } from './verify.ts';
import { createWcs, type Wcs } from './wcs.ts';

/** One recorded body after another. */
function captured(): Script {
  const folder = join(import.meta.dirname, '../fixtures');
  return readdirSync(folder).map((file) => ({
    method: file.split('.')[0] ?? '',
    body: readFileSync(join(folder, file), 'utf8'),
  }));
}

const options = readOptions();
const { url, scenario: name, seed, concurrency, keepAliveInterval, secret, user, password } = options;

const [, scenario] = SCENARIOS[name];
// Other streams in each scenario: an id is used once.
const random = createRandom(seed + 7919 * Object.keys(SCENARIOS).indexOf(name));
const { scripts, rows, forged = [] } = scenario(options, random);
const all = [...(options.captures ? [captured()] : []), ...scripts];
const total = all.reduce((sum, script) => sum + script.length, 0) + forged.length;

const report = createReport();
const connection = { url, timeout: options.timeout, connections: concurrency };
const wcs = createWcs({ ...connection, secret, user, password });
const forger = createWcs({
  ...connection,
  ...(secret === undefined ? { user, password: `not ${password}` } : { secret: `not ${secret}` }),
});

let refused = 0;
let failed = 0;
/** Sees what leaves, which is not always what the scripts say. */
const observed: Pick<Wcs, 'send'> = {
  async send(hook, taken) {
    if (hook.method === 'StreamKeepAliveEvent' && keepAliveInterval > 0) await sleep(keepAliveInterval);
    const answer = await wcs.send(hook, taken);
    report.add(answer);
    if (answer.status === 403) refused++;
    else if (!answer.acknowledged) failed++;
    return answer;
  },
};
const obedient = createObedientWcs({ wcs: observed, forgetsConfig: options['forget-config'] });

console.error(`${name}: ${total} hooks to ${url} (--seed ${seed})`);
const progress = setInterval(
  () => console.error(`  ${report.sent} of ${total} sent, ${report.acknowledged} acknowledged`),
  1000,
);
await play(all, obedient, concurrency);
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
for (const line of outcomeOf(obedient)) console.log(line);

const problems: string[] = [];
if (refused + failed > 0) {
  const kinds = [
    ...(refused > 0 ? [`${refused} refused (403)`] : []),
    ...(failed > 0 ? [`${failed} failed otherwise`] : []),
  ];
  problems.push(`${refused + failed} of ${report.sent} hooks were not acknowledged: ${kinds.join(', ')}.`);
}
if (taken > 0) problems.push(`${taken} of ${forged.length} forged hooks were not answered 403.`);
if (options.verify) {
  const { rows: expected, open } = rowsAfter(rows, obedient.streams);
  const readRows = createRowReader({ endpoint: options.dynamodb, table: options.table });
  const differences = await verify(expected, readRows, options.within).catch((error: NodeJS.ErrnoException) => [
    `The rows cannot be read from ${options.table} at ${options.dynamodb} (${error.message || error.code}): see --dynamodb.`,
  ]);
  if (differences.length === 0) console.log(`${expected.size} rows are as they should be.`);
  else problems.push(...differences.slice(0, 50), `${differences.length} differences in ${expected.size} rows.`);
  if (open > 0) console.log(`${open} rows were not compared: their streams were stopped halfway, or by an error.`);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
