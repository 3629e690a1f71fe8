/** `npm run doctor`: looks at a running backend from outside, and says what to do. */
import { findCredentials } from './credentials.ts';
import { diagnose } from './diagnose.ts';
import { summary, toText, type Finding } from './finding.ts';
import { createGateway } from './gateway.ts';
import { HELP, readOptions, type Options } from './options.ts';
import type { Search } from './rows.ts';
import { createTraces } from './traces.ts';
import { openStage } from '../stage-access.ts';
import { toJson } from '../streams/print.ts';
import { runCommand } from '../command-line.ts';

// Who reads along has seen enough: `npm run doctor | head`.
process.stdout.on('error', () => (process.exitCode = 1));

/** For a row that is not there at once. */
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
  const behind = stage && { stage, traces: createTraces(stage), patience: PATIENCE_MS };
  if (behind) removeWhenInterrupted(behind);
  const gateway = createGateway(url, timeout);
  const findings: Finding[] = [];
  function tell(finding: Finding) {
    findings.push(finding);
    if (!json) console.log(toText(finding));
  }
  const { credentials, finding } = await findCredentials(given, stage);
  if (finding) tell(finding);
  for await (const found of diagnose({ ...options, credentials, gateway, behind })) tell(found);
  gateway.close();
  console.log(json ? toJson({ url, ...(stage && { stage: stage.name }), findings }) : `\n${summary(findings)}`);
  process.exitCode = findings.some(({ level }) => level === 'problem') ? 1 : 0;
}

function removeWhenInterrupted({ traces }: Search): void {
  function removeAndEnd() {
    // What is under way may be written after the removal.
    traces.expectLate();
    void traces.remove().then((finding) => {
      console.error(toText(finding));
      process.exit(1);
    });
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, removeAndEnd);
  process.stdout.once('error', removeAndEnd);
}

await runCommand('doctor', async () => {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === 'help') console.log(HELP);
  else await run(options);
});
