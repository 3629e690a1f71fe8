/** The SIP accounts of the local stack: a JSON file with an object of accounts by name, which git ignores. */
import { readFile } from 'node:fs/promises';

/** @returns an account as JSON; undefined if it, or the file, does not exist. @throws Error if the file cannot be read or is not a JSON object */
export async function readSipAccountIn(path: string, name: string): Promise<string | undefined> {
  const accounts = await readSipAccountsIn(path);
  return Object.hasOwn(accounts, name) ? JSON.stringify(accounts[name]) : undefined;
}

/** @returns all accounts by name; none if there is no file. @throws Error as above */
export async function readSipAccountsIn(path: string): Promise<Readonly<Record<string, unknown>>> {
  let accounts: unknown;
  try {
    accounts = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    // The parser's own message quotes the text.
    throw error instanceof SyntaxError ? new Error(`${path} is not JSON`) : error;
  }
  if (typeof accounts !== 'object' || accounts === null || Array.isArray(accounts)) {
    throw new Error(`${path} is not a JSON object: expected accounts by name`);
  }
  return accounts as Record<string, unknown>;
}
