/** `npm run simulate`: a WCS on the command line. */
import { Failure, runCommand } from '../../infra/cli/command-line.ts';
import { toText } from '../../infra/cli/doctor/finding.ts';
import { createGateway } from '../../infra/cli/doctor/gateway.ts';
import { createFailures } from './failures.ts';
import { knock } from './knock.ts';
import { shownAccounts } from './call-outcome.ts';
import { createConfigAwareWcs, type ConfigAwareWcs } from './config-aware-wcs.ts';
import { HELP, readOptions, type Options } from './options.ts';
import { outcomeOf, rowsAfter } from './outcome.ts';
import { checkAgreed, planOf, type Plan } from './plan.ts';
import { createProgress, createStatusLine, type Progress, type StatusLine } from './progress.ts';
import { createReport, type Report } from './report.ts';
import { play } from './run.ts';
import { createRowReader, verify } from './verify.ts';
import { createWcs, type Answer, type Wcs } from './wcs.ts';

async function run(options: Options): Promise<void> {
  const plan = planOf(options);
  checkAgreed(options, plan);
  const line = createStatusLine(process.stderr);
  const report = createReport();
  console.error(`${options.scenario}: ${plan.total} hooks to ${options.url} (--seed ${options.seed})`);
  const progress = createProgress(line, () => ({
    sent: report.sent,
    text: `${report.sent} of ${plan.total} sent, ${report.acknowledged} acknowledged`,
  }));
  try {
    await knockFirst(options, progress);
    const { configAware, problems } = await send(options, plan, report, progress);
    progress.stop();
    console.log(report.table());
    for (const text of outcomeOf(configAware, plan.kind)) console.log(text);
    problems.push(...shownAccounts(configAware.connections));
    if (options.verify) problems.push(...(await compareRows(options, plan, configAware, line)));
    for (const problem of problems) console.error(problem);
    process.exitCode = problems.length > 0 ? 1 : 0;
  } finally {
    progress.stop();
  }
}

/** @throws Failure where nothing would be taken */
async function knockFirst({ url, timeout, credentials }: Options, progress: Progress): Promise<void> {
  const gateway = createGateway(url, timeout);
  const finding = await progress.answer(timeout, knock(gateway, credentials));
  gateway.close();
  if (finding) throw new Failure(toText(finding));
}

async function send(options: Options, { first, scripts, forged }: Plan, report: Report, progress: Progress) {
  const { url, timeout, concurrency, credentials, keepAliveInterval, forgetsConfig } = options;
  const failures = createFailures();
  const connection = { url, timeout, connections: concurrency };
  const wcs = createWcs({ ...connection, ...credentials });
  const { secret, user, password } = credentials;
  const forger = createWcs({
    ...connection,
    ...(secret === undefined ? { user, password: `not ${password}` } : { secret: `not ${secret}` }),
  });
  /** Each answer is seen, also those to what is in no script. */
  const seen = (through: Wcs, see: (answer: Answer) => void): Pick<Wcs, 'send'> => ({
    async send(hook, taken) {
      if (hook.method === 'StreamKeepAliveEvent' && keepAliveInterval > 0) await progress.pause(keepAliveInterval);
      const answer = await progress.answer(timeout, through.send(hook, taken));
      report.add(answer);
      see(answer);
      return answer;
    },
  });
  const configAware = createConfigAwareWcs({ wcs: seen(wcs, failures.add), forgetsConfig });
  await play(first, configAware, concurrency);
  await play(scripts, configAware, concurrency);
  const sent = report.sent;
  let taken = 0;
  const forging = seen(forger, ({ status }) => void (taken += status === 403 ? 0 : 1));
  await play(
    forged.map((hook) => [hook]),
    forging,
    concurrency,
  );
  wcs.close();
  forger.close();
  const problems = failures.notices(sent);
  if (taken > 0) problems.push(`${taken} of ${forged.length} forged hooks were not answered 403.`);
  return { configAware, problems };
}

async function compareRows(options: Options, { kind, rows }: Plan, configAware: ConfigAwareWcs, line: StatusLine) {
  const { dynamodb, table, within, lease } = options;
  const { rows: expected, open } = rowsAfter(rows, kind, configAware);
  const withinMs = { withinSeconds: within, leaseSeconds: lease, onWait: line.showWait };
  const readRows = createRowReader({ endpoint: dynamodb, table, kind });
  const differences = await verify(expected, readRows, withinMs).catch((error: NodeJS.ErrnoException) => [
    `The rows cannot be read from ${table} at ${dynamodb} (${error.message || error.code}): see --dynamodb.`,
  ]);
  line.clear();
  if (differences.length === 0) console.log(`${expected.size} rows are as they should be.`);
  if (open > 0) console.log(`${open} rows were not compared: their ${kind}s were stopped halfway, or by an error.`);
  if (differences.length === 0) return [];
  return [...differences.slice(0, 50), `${differences.length} differences in ${expected.size} rows.`];
}

await runCommand('simulate', async () => {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === 'help') console.log(HELP);
  else await run(options);
});
