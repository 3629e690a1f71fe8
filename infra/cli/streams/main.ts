/** `npm run streams`: shows what is live, who watches it and what became of a stream; stops or ends one. */
import { Failure, runCommand, UsageError } from '../command-line.ts';
import { interrupted } from '../interrupted.ts';
import { explain, openStage } from '../stage-access.ts';
import { columnsOf, fold } from '../terminal-text.ts';
import { HELP } from './help.ts';
import { readOptions, type Options } from './options.ts';
import { endWithReader, outOf } from './out.ts';
import { createShow } from './show.ts';
import { watch } from './watch.ts';

endWithReader();

async function run(options: Options): Promise<void> {
  const { what, limit, wide } = options;
  const stage = openStage(options.stage, options.region);
  const show = createShow(stage, options);
  if (options.watch && !process.stdout.isTTY)
    throw new UsageError('--watch needs a terminal: this output goes elsewhere');
  const shown = options.watch
    ? watch(
        (fitting, write) => show(Math.min(limit, fitting), outOf(wide, write)),
        {
          write: (text) => process.stdout.write(text),
          rows: () => process.stdout.rows || 24,
          now: Date.now,
        },
        interrupted(),
      )
    : show(limit, outOf(wide));
  const missing = await shown.catch((error: unknown) => {
    if (error instanceof Failure) throw error;
    const { said, todo } = explain(error, stage);
    const verb = ['stop', 'undo', 'end'].includes(what.kind) ? 'written' : 'read';
    throw new Failure(`${stage.streamsTable} cannot be ${verb}: ${said}.\n${todo}`);
  });
  if (missing !== undefined) throw new Failure(missing);
}

await runCommand('streams', async () => {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') console.log(fold(HELP, columnsOf(process.stdout)));
  else await run(options);
});
