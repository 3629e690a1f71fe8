/** `npm run streams`: what is live, who watches it, what became of a stream, and an operator's word about one. */
import { explain, openStage } from './stage-access.ts';
import { HELP, readOptions, type Options } from './streams-options.ts';
import { createShow } from './streams-show.ts';
import { UsageError } from './usage-error.ts';

// Who reads along has seen enough: `npm run streams | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

async function run(options: Options): Promise<void> {
  const stage = openStage(options.stage, options.region);
  const show = createShow(stage, options, (line) => process.stdout.write(`${line}\n`));
  try {
    const missing = await show();
    if (missing === undefined) return;
    console.error(missing);
  } catch (error) {
    const { said, todo } = explain(error, stage);
    const verb = options.what.kind === 'stop' ? 'written' : 'read';
    console.error(`${stage.streamsTable} cannot be ${verb}: ${said}.\n${todo}`);
  }
  process.exitCode = 1;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') console.log(HELP);
  else await run(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\nSee npm run streams -- --help`);
  process.exitCode = 2;
}
