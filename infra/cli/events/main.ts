/** `npm run events`: prints the events of the local stack as they come. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventsFile } from '../../local/data-dir.ts';
import { openEvents } from '../../local/event-store.ts';
import { DATA_DIR } from '../../local/settings.ts';
import { Failure, runCommand } from '../command-line.ts';
import { endWithReader } from '../streams/out.ts';
import { columnsOf, fold } from '../terminal-text.ts';
import { HELP, readOptions, type Options } from './options.ts';
import { createShow } from './show.ts';

const PAGE = 500;
const POLL_MS = 200;

endWithReader();

async function run(options: Options): Promise<void> {
  const file = eventsFile(DATA_DIR);
  if (!existsSync(file)) {
    throw new Failure(`There are no events in DATA_DIR=${DATA_DIR}. Start the stack with npm start.`);
  }
  const { since, once } = options;
  const show = createShow(options, columnsOf(process.stdout), (line) => process.stdout.write(`${line}\n`));
  const events = openEvents(file, { readOnly: true });
  for (let position = since === undefined && !once ? events.lastPosition() : 0; ;) {
    const page = events.after(position, PAGE, since);
    show(page.map(({ event }) => event));
    position = page.at(-1)?.position ?? position;
    if (page.length === PAGE) continue;
    if (once) return;
    await sleep(POLL_MS);
  }
}

await runCommand('events', async () => {
  const options = readOptions(process.argv.slice(2), Date.now());
  if (options === 'help') console.log(fold(HELP, columnsOf(process.stdout)));
  else await run(options);
});
