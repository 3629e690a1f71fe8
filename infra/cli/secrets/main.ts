/** `npm run secrets`: the secrets of a stage, and its SIP accounts. */
import { SIP_ACCOUNTS_FILE } from '../../local/settings.ts';
import { runCommand } from '../command-line.ts';
import { columnsOf, fold } from '../terminal-text.ts';
import { HELP, readOptions } from './options.ts';
import { runSecrets } from './run.ts';

await runCommand('secrets', async () => {
  const options = readOptions();
  if (options === 'help') console.log(fold(HELP, columnsOf(process.stdout)));
  else await runSecrets(options, { terminal: process, accountsFile: SIP_ACCOUNTS_FILE });
});
