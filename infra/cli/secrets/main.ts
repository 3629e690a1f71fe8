/** `npm run secrets`: the secrets of a stage, and its SIP accounts. */
import { SSMClient } from '@aws-sdk/client-ssm';
import { Failure, runCommand } from '../command-line.ts';
import { SIP_ACCOUNTS_FILE, STAGE } from '../../local/settings.ts';
import { explain, useRegion } from '../stage-access.ts';
import { columnsOf, fold } from '../terminal-text.ts';
import { HELP, readOptions, type Options } from './options.ts';
import { runRotation } from './rotation.ts';
import { accountsInFile, accountsInParameters } from './sip-store.ts';
import { listAccounts, removeAccount, setAccount } from './sip.ts';

async function run({ what, stage, region }: Options): Promise<void> {
  const useOf = (client: SSMClient) =>
    stage === STAGE ? accountsInFile(SIP_ACCOUNTS_FILE) : accountsInParameters(client, stage);
  const place = useRegion(region);
  const client = new SSMClient({});
  try {
    switch (what.kind) {
      case 'rotation':
        return await runRotation(client, stage, { ...what, region });
      case 'set account':
        return await setAccount(useOf(client), what.name, process);
      case 'remove account':
        return await removeAccount(useOf(client), what.name);
      case 'list accounts':
        return await listAccounts(useOf(client));
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (stage === STAGE) throw new Failure((error as Error).message);
    const { said, todo } = explain(error, { name: stage, place, isLocal: false });
    throw new Failure(`Parameter Store cannot be used: ${said}.\n${todo}`);
  }
}

await runCommand('secrets', async () => {
  const options = readOptions();
  if (options === 'help') console.log(fold(HELP, columnsOf(process.stdout)));
  else await run(options);
});
