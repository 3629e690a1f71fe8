/** Prepares DATA_DIR, the folder of the local stack's data, and explains in one sentence why it cannot be used. */
import { accessSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const dynamodbPath = (dataDir: string) => join(dataDir, 'dynamodb');
export const queueFile = (dataDir: string) => join(dataDir, 'queue.sqlite');
export const eventsFile = (dataDir: string) => join(dataDir, 'events.sqlite');
export const logPath = (dataDir: string) => join(dataDir, 'log');
/** The file with what npm start printed when it was ready. */
export const readyFile = (dataDir: string) => join(dataDir, 'ready.json');

export class DataDirError extends Error {
  override name = 'DataDirError';
}

/** Creates what is missing, opens what exists, and closes it again. @throws DataDirError */
export async function prepareDataDir(dataDir: string): Promise<void> {
  for (const folder of [dataDir, dynamodbPath(dataDir), logPath(dataDir)]) {
    try {
      makeFolder(folder);
      requireWritable(folder);
    } catch (error) {
      throw new DataDirError(reasonOf(error as NodeJS.ErrnoException, dataDir, folder));
    }
  }
  await tryRows(dynamodbPath(dataDir));
  await tryDatabase('parked hooks', queueFile(dataDir));
  await tryDatabase('events', eventsFile(dataDir));
}

/** Node's `recursive` never returns on a folder in which no folder can be created, such as /proc. */
function makeFolder(path: string): void {
  if (!existsSync(path)) {
    if (dirname(path) !== path) makeFolder(dirname(path));
    try {
      mkdirSync(path);
    } catch (error) {
      // Another start may have created it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  if (!statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
}

/** Checks also files that an earlier start left as another user, for example with sudo. */
function requireWritable(folder: string): void {
  accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile()) accessSync(join(folder, entry.name), constants.R_OK | constants.W_OK);
  }
}

function reasonOf({ code, message, path }: NodeJS.ErrnoException, dataDir: string, folder: string): string {
  const setting = `DATA_DIR=${dataDir}`;
  switch (code) {
    case 'ENOTDIR':
      return `${setting} cannot be used: ${blockingFile(folder)} is a file, and a folder is needed. Choose another with DATA_DIR=<folder> npm start.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `${setting} cannot be used: ${path ?? folder} is not writable for this user. Change its owner, or choose another with DATA_DIR=<folder> npm start.`;
    case 'ENOENT':
      return `${setting} cannot be used: no folder can be created there. Choose another with DATA_DIR=<folder> npm start.`;
    default:
      return `${setting} cannot be used (${message}). Choose another with DATA_DIR=<folder> npm start.`;
  }
}

const blockingFile = (path: string): string =>
  existsSync(path) || dirname(path) === path ? path : blockingFile(dirname(path));

interface Database {
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the rows as dynalite will, with the library that it uses. */
async function tryRows(path: string): Promise<void> {
  const ofDynalite = createRequire(createRequire(import.meta.url).resolve('dynalite'));
  const { Level } = ofDynalite('level') as { Level: new (path: string) => Database };
  const database = new Level(path);
  try {
    await database.open();
    await database.close();
  } catch (error) {
    throw new DataDirError(whyNotOpened(path, error as Error));
  }
}

/** @param error of LevelDB */
export function whyNotOpened(path: string, error: Error): string {
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
  if (code === 'LEVEL_LOCKED') {
    return `The rows in ${path} are used by another local stack. Stop it, or choose another folder with DATA_DIR=<folder> npm start.`;
  }
  return damaged('rows', path, message);
}

const damaged = (what: string, path: string, message: string) =>
  `The ${what} in ${path} cannot be read (${message.replaceAll('\n', ' ')}). Move it away to start without them, or choose another folder with DATA_DIR=<folder> npm start.`;

async function tryDatabase(what: string, file: string): Promise<void> {
  if (!existsSync(file)) return;
  const { DatabaseSync } = await import('node:sqlite');
  try {
    const database = new DatabaseSync(file);
    try {
      const found = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
      if (found.quick_check !== 'ok') throw new Error(found.quick_check);
    } finally {
      database.close();
    }
  } catch (error) {
    throw new DataDirError(damaged(what, file, (error as Error).message));
  }
}
