/**
 * `node infra/node24.cjs <file> [arguments]`: runs a script of package.json on the Node that npm installs, the same as the Lambda's.
 * It is found by its path: three packages bring a command `node`, one for each platform, and most versions of npm link none of them.
 * Old JavaScript without dependencies: it must run on any Node, if only to say what is missing.
 */
const { spawn } = require('child_process');
const { existsSync, realpathSync } = require('fs');
const { delimiter, dirname, join } = require('path');
const { isatty } = require('tty');
const { pathToFileURL } = require('url');

const MODULES = join(__dirname, '../node_modules');
const NODE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** From these minor versions on, by major, Node runs TypeScript directly and without a warning. Newer majors do, too. */
const LEAST = { 22: 18, 24: 3 };
const WANTED = 'Node 24.3 or newer, or 22.18 or newer of Node 22';

/** @returns whether this Node will do if no other can be had */
function isNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 24 || minor >= LEAST[major];
}

/** @returns what npm installed for this platform */
function findInstalled() {
  const manifest = join(MODULES, NODE, 'package.json');
  if (!existsSync(manifest)) return undefined;
  const { version, bin } = require(manifest);
  const path = join(dirname(manifest), bin.node);
  return existsSync(path) ? { version, path } : undefined;
}

/**
 * Runs a command line (all but the path of Node itself) on the installed Node, and ends as it ends.
 * @returns only where this very process is to go on: it is that Node, or none can be had and this one is new enough
 */
async function useNode24(commandLine) {
  if (!existsSync(MODULES)) fail('Nothing is installed yet: run "npm ci".');
  // No platform is without esbuild's package: where it is missing, so are others.
  if (!existsSync(join(MODULES, '@esbuild', `${process.platform}-${process.arch}`))) {
    fail(
      `The optional packages for ${process.platform}-${process.arch} are not installed, and nothing runs without them: run "npm ci --include=optional".`,
    );
  }
  const installed = findInstalled();
  // Compares files, not versions: so this can never start itself again and again.
  if (installed && realpathSync(installed.path) === realpathSync(process.execPath)) return;
  const error = installed && (await run(installed.path, commandLine));
  if (!isNewEnough()) fail(`Node ${process.version} is too old: ${whatToDo(installed, error)}.`);
  // Node 22 warns that its SQLite is experimental, here and in child processes.
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS || ''} --disable-warning=ExperimentalWarning`;
  const [print] = process.listeners('warning');
  if (!print) return;
  process.removeListener('warning', print);
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') print(warning);
  });
}

function whatToDo(installed, error) {
  if (error)
    return `install ${WANTED}, as the ${installed.version} that npm installed does not run here (${error.message})`;
  const exists = NODE in require('../package.json').optionalDependencies;
  if (exists) return `run "npm ci" again, which did not install its Node 24 (${NODE}), or install ${WANTED}`;
  return `install ${WANTED} (npm has none for ${process.platform}-${process.arch})`;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Ends when its child ends. @returns the error if the child cannot be started, as on a Linux without glibc */
function run(node, commandLine) {
  // So that what the child runs by name, such as npm and npx, runs on the same Node.
  const PATH = `${dirname(node)}${delimiter}${process.env.PATH}`;
  const child = spawn(node, commandLine, {
    stdio: 'inherit',
    env: Object.assign({}, process.env, { PATH, PARENT_PID: process.pid }),
  });
  if (child.pid === undefined) return new Promise((resolve) => child.once('error', resolve));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to both, and a second one may mean something else.
      if (signal !== 'SIGINT' || !isatty(0)) child.kill(signal);
    });
  }
  process.once('exit', () => child.kill());
  child.once('exit', (code, signal) => {
    if (!signal) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
  return new Promise(() => {});
}

/**
 * If npm or a shell is killed with -9, it cannot notify us, but we get another parent. PARENT_PID is the original parent, which
 * may be gone before our first line.
 */
function endWithParent() {
  const parent = Number(process.env.PARENT_PID) || process.ppid;
  delete process.env.PARENT_PID;
  const check = () => {
    if (process.ppid !== parent) process.exit(1);
  };
  check();
  setInterval(check, 500).unref();
}

module.exports = { useNode24 };

if (require.main === module) {
  endWithParent();
  useNode24(process.argv.slice(1)).then(() => {
    const file = realpathSync(process.argv[2]);
    process.argv.splice(1, 2, file);
    return import(pathToFileURL(file));
  });
}
