/** `npm run calls`: shows which calls ring and who talks now, and what became of a call. */
import { Failure, runCommand } from '../command-line.ts';
import { explain, openStage } from '../stage-access.ts';
import { outOf } from '../streams/out.ts';
import { columnsOf, fold } from '../terminal-text.ts';
import { HELP, readOptions, type Options } from './options.ts';
import { show } from './show.ts';

// The reader has ended: `npm run calls | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

async function run(options: Options): Promise<void> {
  const stage = openStage(options.stage, options.region);
  const out = outOf(options.wide, (line) => process.stdout.write(`${line}\n`));
  const missing = await show(stage, options, out).catch((error: unknown) => {
    const { said, todo } = explain(error, stage);
    throw new Failure(`${stage.callsTable} cannot be read: ${said}.\n${todo}`);
  });
  if (missing !== undefined) throw new Failure(missing);
}

await runCommand('calls', async () => {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') console.log(fold(HELP, columnsOf(process.stdout)));
  else await run(options);
});
