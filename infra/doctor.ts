/** `npm run doctor`: looks at a running backend from outside, and says what to do. */
import { diagnose } from './doctor-diagnose.ts';
import { summary, toText, type Finding } from './doctor-finding.ts';
import { createGateway } from './doctor-gateway.ts';
import { HELP, readOptions, type Options } from './doctor-options.ts';
import type { Search } from './doctor-rows.ts';
import { createTraces } from './doctor-traces.ts';
import { openStage } from './stage-access.ts';
import { toJson } from './streams-print.ts';
import { UsageError } from './usage-error.ts';

/** For a row that is not there at once. */
const PATIENCE_MS = 3000;

async function run({ url, stage: stageName, region, timeout, json, ...options }: Options): Promise<void> {
  const stage = stageName === undefined ? undefined : openStage(stageName, region);
  const behind = stage && { stage, traces: createTraces(stage), patience: PATIENCE_MS };
  if (behind) removeWhenInterrupted(behind);
  const gateway = createGateway(url, timeout);
  const findings: Finding[] = [];
  for await (const finding of diagnose({ ...options, gateway, behind })) {
    findings.push(finding);
    if (!json) console.log(toText(finding));
  }
  gateway.close();
  console.log(json ? toJson({ url, ...(stage && { stage: stage.name }), findings }) : `\n${summary(findings)}`);
  process.exitCode = findings.some(({ level }) => level === 'problem') ? 1 : 0;
}

function removeWhenInterrupted({ traces }: Search): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      // What is under way may be written after the removal.
      traces.expectLate();
      void traces.remove().then((finding) => {
        console.error(toText(finding));
        process.exit(1);
      });
    });
  }
}

try {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === 'help') console.log(HELP);
  else await run(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\nSee npm run doctor -- --help`);
  process.exitCode = 2;
}
