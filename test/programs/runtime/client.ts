/** The runtime client of a Lambda, `aws-lambda-ric`: what it needs to be compiled, and its folder. */
import { spawn } from 'node:child_process';
import {
  accessSync,
  constants,
  copyFileSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import client from './client/package.json' with { type: 'json' };

export const VERSION = client.dependencies['aws-lambda-ric'];

/** Each with the commands that will do. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  cmake: ['cmake3', 'cmake'],
  make: ['make', 'gmake'],
  'a C compiler': ['cc', 'gcc', 'clang'],
  'a C++ compiler': ['c++', 'g++', 'clang++'],
  'Python 3': ['python3'],
  tar: ['tar'],
  xz: ['xz'],
};

/** What is not in PATH. */
export const missingTools = (path: string): string[] =>
  Object.entries(TOOLS)
    .filter(([, commands]) => !commands.some((command) => path.split(delimiter).some((dir) => isThere(dir, command))))
    .map(([tool]) => tool);

function isThere(dir: string, command: string): boolean {
  try {
    accessSync(join(dir, command), constants.X_OK);
    return dir !== '';
  } catch {
    return false;
  }
}

export const NEEDS = `aws-lambda-ric ${VERSION} is compiled here once, on Linux, with ${Object.keys(TOOLS).join(', ')}.
On Debian and Ubuntu: apt-get install cmake make gcc g++ python3 tar xz-utils`;

const native = (folder: string) => join(folder, 'node_modules/aws-lambda-ric/rapid-client.node');

/** One folder for each version and machine: it can be shared and cached. */
export const folderOf = (base: string) => join(base, `aws-lambda-ric-${VERSION}-${process.platform}-${process.arch}`);

export const isInstalled = (folder: string) => existsSync(native(folder));

/** The module that a container starts. */
export const clientIn = (folder: string) => join(folder, 'node_modules/aws-lambda-ric/index.mjs');

/** What the install scripts say of their progress, among thousands of lines of compilers. */
const MILESTONE = /^(Extracting|Building) .*\.\.\.$|build complete\.$|copied to package root\.$/;
const LAST_LINES = 30;

/**
 * Installs exactly what client/package-lock.json names. Unfinished it has another name: what was interrupted is never used.
 * @throws with the end of its output
 */
export async function install(folder: string, say: (line: string) => void): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) {
    copyFileSync(join(import.meta.dirname, 'client', file), join(unfinished, file));
  }
  try {
    await npmCi(unfinished, `${folder}.log`, say);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function npmCi(cwd: string, logFile: string, say: (line: string) => void): Promise<void> {
  // The headers of this very Node, where it brought them; else node-gyp fetches them.
  const nodedir = join(dirname(process.execPath), '..');
  const npm = spawn('npm', ['ci', '--ignore-scripts=false', '--foreground-scripts', '--no-audit', '--no-fund'], {
    cwd,
    env: {
      ...process.env,
      // npm run -s would silence it too, and nothing would tell why it failed.
      npm_config_loglevel: 'notice',
      ...(existsSync(join(nodedir, 'include/node/node_api.h')) ? { npm_package_config_node_gyp_nodedir: nodedir } : {}),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile);
  const last: string[] = [];
  for (const stream of [npm.stdout, npm.stderr]) {
    createInterface(stream).on('line', (line) => {
      log.write(`${line}\n`);
      last.push(line);
      if (last.length > LAST_LINES) last.shift();
      if (MILESTONE.test(line)) say(line);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => npm.on('error', reject).on('close', resolve));
  log.end();
  if (code !== 0 || !isInstalled(cwd)) {
    throw new Error(`npm ci ended with ${code}; all of its output is in ${logFile}, which ends:\n${last.join('\n')}`);
  }
}
