/** Installs tools that are written in Python: the pinned packages of a file, in a virtual environment under .cloud/. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = join(import.meta.dirname, '../..');
export const CLOUD = join(ROOT, '.cloud');
const LEAST_PYTHON = [3, 11] as const;

const run = promisify(execFile);

/** What is missing on this machine, and what to do. */
export class MissingError extends Error {
  override name = 'MissingError';
}

/** @returns the folder of the environment's commands. The environment is created once for each version of the file. @throws MissingError */
export async function pythonTools(requirements: string, say: (text: string) => void): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const venv = join(CLOUD, `${basename(requirements, '.txt')}-${digest}`);
  const bin = join(venv, 'bin');
  if (existsSync(join(venv, 'complete'))) return bin;

  const python = await findPython();
  const file = relative(ROOT, requirements);
  say(`installing ${file} into ${relative(ROOT, venv)} (once; from PyPI)`);
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(CLOUD, { recursive: true });
  await run(python, ['-m', 'venv', venv]).catch((error: Error) => {
    throw new MissingError(
      `${python} cannot create a virtual environment (Debian: apt install python3-venv): ${error.message}`,
    );
  });
  const install = ['install', '--quiet', '--disable-pip-version-check', '-r', requirements];
  await run(join(bin, 'pip'), install).catch(({ stderr }: { stderr: string }) => {
    throw new MissingError(`pip cannot install ${file} (is PyPI reachable?):\n${stderr}`);
  });
  writeFileSync(join(venv, 'complete'), '');
  return bin;
}

async function findPython(): Promise<string> {
  const [major, minor] = LEAST_PYTHON;
  const isNew = `import sys; sys.exit(sys.version_info < (${major}, ${minor}))`;
  for (const name of ['python3', 'python']) {
    const found = await run(name, ['-c', isNew]).then(
      () => true,
      () => false,
    );
    if (found) return name;
  }
  throw new MissingError(`Python ${major}.${minor} or newer is needed, as python3, with pip and venv`);
}
