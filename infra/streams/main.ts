/** `npm run streams`: what is live, who watches it, what became of a stream, and an operator's word about one. */
import { Failure, runCommand } from '../command-line.ts';
import { explain, openStage } from '../stage-access.ts';
import { HELP, readOptions, type Options } from './options.ts';
import { createShow } from './show.ts';

// Who reads along has seen enough: `npm run streams | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

async function run(options: Options): Promise<void> {
  const stage = openStage(options.stage, options.region);
  const show = createShow(stage, options, (line) => process.stdout.write(`${line}\n`));
  const missing = await show().catch((error: unknown) => {
    const { said, todo } = explain(error, stage);
    const verb = options.what.kind === 'stop' ? 'written' : 'read';
    throw new Failure(`${stage.streamsTable} cannot be ${verb}: ${said}.\n${todo}`);
  });
  if (missing !== undefined) throw new Failure(missing);
}

await runCommand('streams', async () => {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') console.log(HELP);
  else await run(options);
});
