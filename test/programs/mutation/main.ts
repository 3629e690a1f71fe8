/** `npm run test:mutation`: breaks the rules in every small way, and shows which of the breaks no test notices. */
import { existsSync } from 'node:fs';
import { matchesGlob, relative } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { Failure, optionsOf, runCommand, UsageError } from '../../../infra/cli/command-line.ts';
import { scoreOf, summaryLine, survivorLines } from './score.ts';

const ROOMS = ['lib/state', 'lib/access', 'lib/wcs'];
/** Of the mutants, in percent. What is above it cannot be noticed, or hardly. */
const LEAST_SCORE = 95;

const HELP = `npm run test:mutation -- [--only PATH]... [--static] [--concurrency N]

Changes the rules (${ROOMS.join(', ')}) in one place at a time, such as < to <=, and runs the unit and functional tests that
reach the place. A mutant that no test notices is shown with its place. Then there is a score for each folder: how many of
its mutants were noticed. Exits with 1 if a score is below ${LEAST_SCORE} %. Property tests are cut short: see short-properties.ts.

  --only PATH      a file or a folder of them instead of all; more than once for several
  --static         also changes what runs once, when a module is loaded, such as tables: each with all tests, which is slow
  --concurrency N  how many at a time (2)`;

const patternOf = (path: string) => (path.endsWith('.ts') ? path : `${path}/**/*.ts`);

/** The mutants of all paths, tested. */
async function test(paths: readonly string[], concurrency: number, withStatic: boolean) {
  const stryker = new Stryker({
    mutate: paths.map(patternOf),
    concurrency,
    ignoreStatic: !withStatic,
    testRunner: 'vitest',
    // By name: found by its place, it would be looked for beside a link into another node_modules.
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/programs/mutation/vitest.config.ts' },
    tempDirName: '.mutation',
    cleanTempDir: 'always',
    ignorePatterns: ['/.*', '/dist', '/coverage'],
    // Nothing is compiled: what the types forbid is still to be noticed by a test.
    disableTypeChecks: false,
    reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only'],
    timeoutMS: 10_000,
    dryRunTimeoutMinutes: 10,
  });
  try {
    return await stryker.runMutationTest();
  } catch (error) {
    // What went wrong is in Stryker's own lines already, with the tests that failed.
    throw new Failure(`The mutants cannot be tested: ${(error as Error).message}`);
  }
}

await runCommand('test:mutation', async () => {
  const given = optionsOf({
    only: { type: 'string', multiple: true, default: ROOMS },
    static: { type: 'boolean', default: false },
    concurrency: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  });
  if (given.help) return console.log(HELP);
  const concurrency = Number(given.concurrency);
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new UsageError('--concurrency expects a whole number above 0');
  const paths = given.only.map((path) => relative('', path));
  const strange = paths.find((path) => !existsSync(path) || !ROOMS.some((room) => `${path}/`.startsWith(`${room}/`)));
  if (strange !== undefined)
    throw new UsageError(`--only expects a file or folder of ${ROOMS.join(', ')}: there is no ${strange}`);

  const mutants = await test(paths, concurrency, given.static);
  console.log(survivorLines(mutants).join('\n'));
  for (const path of paths) {
    const own = mutants.filter(({ fileName }) => matchesGlob(relative('', fileName), patternOf(path)));
    console.log(summaryLine(path, own));
    if (scoreOf(own) < LEAST_SCORE) process.exitCode = 1;
  }
});
