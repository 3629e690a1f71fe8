/** One run of `npm run secrets`: a step of a rotation, or something about SIP accounts. */
import { SSMClient } from '@aws-sdk/client-ssm';
import { STAGE } from '../../local/settings.ts';
import { Failure } from '../command-line.ts';
import { explain, useRegion } from '../stage-access.ts';
import type { Options } from './options.ts';
import { runRotation } from './rotation.ts';
import { accountsInFile, accountsInParameters } from './sip-store.ts';
import { listAccounts, removeAccount, setAccount, type Terminal } from './sip.ts';

export interface Surroundings {
  readonly terminal: Terminal;
  /** Of the SIP accounts of the local stack. */
  readonly accountsFile: string;
}

/** @throws Failure */
export async function runSecrets(
  { what, stage, region }: Options,
  { terminal, accountsFile }: Surroundings,
): Promise<void> {
  const useOf = (client: SSMClient) =>
    stage === STAGE ? accountsInFile(accountsFile) : accountsInParameters(client, stage);
  const place = useRegion(region);
  const client = new SSMClient({});
  try {
    switch (what.kind) {
      case 'rotation':
        return await runRotation(client, stage, { ...what, region });
      case 'set account':
        return await setAccount(useOf(client), what.name, terminal);
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
