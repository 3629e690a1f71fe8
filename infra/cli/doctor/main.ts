/** `npm run doctor`: checks a running backend from outside, and says what to do. */
import { findCredentials } from './credentials.ts';
import { diagnose } from './diagnose.ts';
import { summary, toText, type Finding } from './finding.ts';
import { createGateway } from './gateway.ts';
import { HELP, readOptions, type Options } from './options.ts';
import type { Search } from './rows.ts';
import { createProbeRows } from './probe-rows.ts';
import { openStage } from '../stage-access.ts';
import { toJson } from '../streams/print.ts';
import { runCommand } from '../command-line.ts';
import { columnsOf, fold } from '../terminal-text.ts';

/** How long to wait for a row. */
const PATIENCE_MS = 3000;

async function run({
  url,
  stage: stageName,
  region,
  timeout,
  json,
  credentials: given,
  ...options
}: Options): Promise<void> {
  const stage = stageName === undefined ? undefined : openStage(stageName, region);
  const behind = stage && { stage, probeRows: createProbeRows(stage), withinMs: PATIENCE_MS };
  if (behind) removeWhenInterrupted(behind);
  const gateway = createGateway(url, timeout);
  const findings: Finding[] = [];
  function tell(finding: Finding) {
    findings.push(finding);
    if (!json) console.log(fold(toText(finding), columnsOf(process.stdout)));
  }
  const { credentials, finding } = await findCredentials(given, stage);
  if (finding) tell(finding);
  // The reader may end early: `npm run doctor | head`. The rows are still removed.
  let isRead = true;
  process.stdout.on('error', () => (isRead = false));
  for await (const found of diagnose({ ...options, credentials, gateway, behind })) {
    tell(found);
    if (!isRead) break;
  }
  gateway.close();
  console.log(json ? toJson({ url, ...(stage && { stage: stage.name }), findings }) : `\n${summary(findings)}`);
  process.exitCode = isRead && findings.every(({ level }) => level !== 'problem') ? 0 : 1;
}

function removeWhenInterrupted({ probeRows }: Search): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      // A hook that is under way may be saved after the removal.
      probeRows.expectLate();
      void probeRows.remove().then((finding) => {
        console.error(toText(finding));
        process.exit(1);
      });
    });
  }
}

await runCommand('doctor', async () => {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === 'help') console.log(fold(HELP, columnsOf(process.stdout)));
  else await run(options);
});
