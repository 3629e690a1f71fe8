/** Where the SIP accounts of a stage are kept: in Parameter Store, or in the file of the local stack. */
import {
  DeleteParameterCommand,
  GetParametersCommand,
  paginateGetParametersByPath,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readSipAccountIn, readSipAccountsIn } from '../../../lib/platform/sip-accounts-file.ts';

export interface AccountStore {
  /** Where an account is kept, for people. */
  readonly placeOf: (name: string) => string;
  /** @returns its JSON */
  readonly read: (name: string) => Promise<string | undefined>;
  readonly write: (name: string, json: string) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
  /** The JSON of all of them, by name. */
  readonly all: () => Promise<ReadonlyMap<string, string>>;
}

export function accountsInParameters(client: SSMClient, stage: string): AccountStore {
  const path = `/wcs-hooks/${stage}/sip/`;
  return {
    placeOf: (name) => `${path}${name}`,
    async read(name) {
      const Names = [`${path}${name}`];
      const { Parameters = [] } = await client.send(new GetParametersCommand({ Names, WithDecryption: true }));
      return Parameters[0]?.Value;
    },
    async write(name, json) {
      const parameter = { Name: `${path}${name}`, Value: json, Type: 'SecureString', Overwrite: true } as const;
      await client.send(new PutParameterCommand(parameter));
    },
    async remove(name) {
      await client.send(new DeleteParameterCommand({ Name: `${path}${name}` }));
    },
    async all() {
      const accounts = new Map<string, string>();
      for await (const { Parameters = [] } of paginateGetParametersByPath(
        { client },
        { Path: path, WithDecryption: true },
      )) {
        for (const { Name = '', Value = '' } of Parameters) accounts.set(Name.slice(path.length), Value);
      }
      return accounts;
    },
  };
}

export function accountsInFile(file: string): AccountStore {
  async function change(name: string, account: unknown): Promise<void> {
    const accounts = JSON.stringify({ ...(await readSipAccountsIn(file)), [name]: account }, undefined, 2);
    await mkdir(dirname(file), { recursive: true });
    // A running stack may read it at any moment, so it changes as a whole; nobody else on this machine should read it.
    const unfinished = `${file}.${process.pid}`;
    await writeFile(unfinished, `${accounts}\n`, { mode: 0o600 });
    await rename(unfinished, file);
  }
  return {
    placeOf: (name) => `${name} in ${file}`,
    read: (name) => readSipAccountIn(file, name),
    write: (name, json) => change(name, JSON.parse(json)),
    remove: (name) => change(name, undefined),
    all: async () =>
      new Map(Object.entries(await readSipAccountsIn(file)).map(([name, one]) => [name, JSON.stringify(one)])),
  };
}
