/** `npm run simulate`: a WCS on the command line. */
import { runCommand } from '../../infra/cli/command-line.ts';
import { HELP, readOptions } from './options.ts';
import { simulate } from './simulate.ts';

await runCommand('simulate', async () => {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === 'help') console.log(HELP);
  else if (!(await simulate(options, { print: console.log, screen: process.stderr }))) process.exitCode = 1;
});
