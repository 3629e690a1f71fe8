/** A run of the simulator: knocks, sends what the scenario says, and compares the rows. */
import { Failure } from '../../infra/cli/command-line.ts';
import { toText } from '../../infra/cli/doctor/finding.ts';
import { createGateway } from '../../infra/cli/doctor/gateway.ts';
import { createFailures } from './failures.ts';
import { knock } from './knock.ts';
import { shownAccounts } from './call-outcome.ts';
import { createConfigAwareWcs, type ConfigAwareWcs } from './config-aware-wcs.ts';
import type { Options } from './options.ts';
import { outcomeOf, rowsAfter } from './outcome.ts';
import { checkAgreed, planOf, type Plan } from './plan.ts';
import { createProgress, createStatusLine, type Progress, type Screen, type StatusLine } from './progress.ts';
import { createReport, type Report } from './report.ts';
import { play } from './run.ts';
import { createRowReader, verify } from './verify.ts';
import { createWcs, type Answer, type Wcs } from './wcs.ts';

/** Where it prints: the results, and what is going on. */
export interface Terminal {
  readonly print: (line: string) => void;
  readonly screen: Screen;
}

/**
 * @returns whether every hook was acknowledged, and every row is as it should be
 * @throws Failure where nothing would be taken
 */
export async function simulate(options: Options, { print, screen }: Terminal): Promise<boolean> {
  const plan = planOf(options);
  checkAgreed(options, plan);
  const line = createStatusLine(screen);
  const say = (text: string) => void screen.write(`${text}\n`);
  const report = createReport();
  say(`${options.scenario}: ${plan.total} hooks to ${options.url} (--seed ${options.seed})`);
  const progress = createProgress(line, () => ({
    sent: report.sent,
    text: `${report.sent} of ${plan.total} sent, ${report.acknowledged} acknowledged`,
  }));
  try {
    await knockFirst(options, progress);
    const { configAware, problems } = await send(options, plan, report, progress);
    progress.stop();
    print(report.table());
    for (const text of outcomeOf(configAware, plan.kind)) print(text);
    problems.push(...shownAccounts(configAware.connections));
    if (options.verify) {
      const { lines, differences } = await compareRows(options, plan, configAware, line);
      for (const text of lines) print(text);
      problems.push(...differences);
    }
    for (const problem of problems) say(problem);
    return problems.length === 0;
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
  const lines = [
    ...(differences.length === 0 ? [`${expected.size} rows are as they should be.`] : []),
    ...(open > 0 ? [`${open} rows were not compared: their ${kind}s were stopped halfway, or by an error.`] : []),
  ];
  if (differences.length === 0) return { lines, differences };
  return {
    lines,
    differences: [...differences.slice(0, 50), `${differences.length} differences in ${expected.size} rows.`],
  };
}
