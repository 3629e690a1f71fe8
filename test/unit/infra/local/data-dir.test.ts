import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dynamodbPath, prepareDataDir, queueFile } from '../../../../infra/local/data-dir.ts';

const newFolder = () => mkdtempSync(join(tmpdir(), 'wcs-hooks-data-'));
const problemOf = (dataDir: string) =>
  prepareDataDir(dataDir).then(
    () => undefined,
    (error: Error) => `${error.name}: ${error.message}`,
  );
const ELSEWHERE = 'hoose another with DATA_DIR=<folder> npm start.';

describe('DATA_DIR', () => {
  it('is made where it is missing, and can be used again', async () => {
    const dataDir = join(newFolder(), 'a/b');
    expect(await problemOf(dataDir)).toBeUndefined();
    expect(existsSync(dynamodbPath(dataDir))).toBe(true);
    expect(await problemOf(dataDir)).toBeUndefined();
  });

  it('that is a file, or below one, is rejected in one sentence', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    for (const dataDir of [file, join(file, 'a/b')]) {
      expect(await problemOf(dataDir)).toBe(
        `DataDirError: DATA_DIR=${dataDir} cannot be used: ${file} is a file, and a folder is needed. C${ELSEWHERE}`,
      );
    }
  });

  it('in which the log cannot be kept is rejected in one sentence', async () => {
    const dataDir = newFolder();
    writeFileSync(join(dataDir, 'log'), '');
    expect(await problemOf(dataDir)).toContain(`${dataDir}/log is a file, and a folder is needed.`);
  });

  it('in which no folder can be created is rejected at once', async () => {
    expect(await problemOf('/proc/nope')).toBe(
      `DataDirError: DATA_DIR=/proc/nope cannot be used: no folder can be created there. C${ELSEWHERE}`,
    );
  });

  it('that is not writable, as a whole or in part, is rejected in one sentence', () => {
    const asNobody = (dataDir: string) => {
      const script = `if (process.getuid() === 0) process.setuid(65534);
        import('./infra/local/data-dir.ts').then((m) => m.prepareDataDir(process.argv[1])).catch((e) => console.log(e.message));`;
      return execFileSync(process.execPath, ['-e', script, dataDir], {
        cwd: join(import.meta.dirname, '../../../..'),
        encoding: 'utf8',
      });
    };
    const folder = newFolder();
    const mine = join(folder, 'mine');
    mkdirSync(mine, { mode: 0o555 });
    execFileSync('chmod', ['755', folder]);
    expect(asNobody(mine)).toBe(
      `DATA_DIR=${mine} cannot be used: ${mine} is not writable for this user. Change its owner, or c${ELSEWHERE}\n`,
    );
    // As after a start with sudo.
    const others = join(folder, 'others');
    mkdirSync(others);
    execFileSync('chmod', ['777', others]);
    writeFileSync(queueFile(others), '');
    execFileSync('chmod', ['444', queueFile(others)]);
    expect(asNobody(others)).toContain(`${queueFile(others)} is not writable for this user.`);
  });

  it('whose rows another stack uses, or whose files are damaged, is rejected in one sentence', async () => {
    const good = newFolder();
    await prepareDataDir(good);
    const { Level } = createRequire(import.meta.url)('level') as {
      Level: new (path: string) => { open(): Promise<void>; close(): Promise<void> };
    };
    const other = new Level(dynamodbPath(good));
    await other.open();
    expect(await problemOf(good)).toMatch(
      /^DataDirError: The rows in \S+ are used by another local stack\. Stop it, or choose another folder with [^\n]*$/,
    );
    await other.close();

    const damagedRows = newFolder();
    cpSync(good, damagedRows, { recursive: true });
    const manifest = readdirSync(dynamodbPath(good)).find((name) => name.startsWith('MANIFEST')) ?? '';
    writeFileSync(join(dynamodbPath(damagedRows), manifest), 'garbage');
    expect(await problemOf(damagedRows)).toMatch(
      /^DataDirError: The rows in \S+ cannot be read \(Corruption: [^\n]*\)\. Move it away to start without them/,
    );

    const damagedQueue = newFolder();
    writeFileSync(queueFile(damagedQueue), 'garbage'.repeat(1000));
    expect(await problemOf(damagedQueue)).toMatch(
      /^DataDirError: The parked hooks in \S+ cannot be read \(file is not a database\)\. Move it away/,
    );
  });
});
