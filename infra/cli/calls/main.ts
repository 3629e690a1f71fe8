/** `npm run calls`: shows the calls that ring or talk now, and what became of a call; ends one. */
import { Failure, runCommand } from '../command-line.ts';
import { explain, openStage } from '../stage-access.ts';
import { endWithReader, outOf } from '../streams/out.ts';
import { columnsOf, fold } from '../terminal-text.ts';
import { HELP, readOptions, type Options } from './options.ts';
import { show } from './show.ts';

endWithReader();

async function run(options: Options): Promise<void> {
  const stage = openStage(options.stage, options.region);
  const out = outOf(options.wide);
  const missing = await show(stage, options, out).catch((error: unknown) => {
    if (error instanceof Failure) throw error;
    const { said, todo } = explain(error, stage);
    const verb = options.what.kind === 'end' ? 'written' : 'read';
    throw new Failure(`${stage.callsTable} cannot be ${verb}: ${said}.\n${todo}`);
  });
  if (missing !== undefined) throw new Failure(missing);
}

await runCommand('calls', async () => {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') console.log(fold(HELP, columnsOf(process.stdout)));
  else await run(options);
});
