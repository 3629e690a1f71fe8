/** `npm run status`: prints what npm start printed when it was ready, after hooks have scrolled it off the terminal. */
import { readFileSync } from 'node:fs';
import { Failure, optionsOf, runCommand } from '../cli/command-line.ts';
import { readyFile } from './data-dir.ts';
import { DATA_DIR } from './settings.ts';

const HELP = `npm run status

Prints what npm start said when it was ready, if it still accepts hooks. Give it the same DATA_DIR.`;

function lastReady(): { url: string; text: string } | undefined {
  try {
    return JSON.parse(readFileSync(readyFile(DATA_DIR), 'utf8')) as { url: string; text: string };
  } catch {
    return undefined;
  }
}

await runCommand('status', async () => {
  const { help } = optionsOf({ help: { type: 'boolean', default: false } });
  if (help) return console.log(HELP);
  const ready = lastReady();
  if (!ready) throw new Failure(`No local stack has run with DATA_DIR=${DATA_DIR}: start one with npm start.`);
  const answer = await fetch(ready.url, { signal: AbortSignal.timeout(5000) }).then(
    (response) => response.text(),
    () => '',
  );
  if (!answer.startsWith('wcs-hooks ')) {
    throw new Failure(`The local stack of DATA_DIR=${DATA_DIR} is not running: nothing answers at ${ready.url}.`);
  }
  console.log(ready.text);
});
