/** `npm run test:install`: the first commands of a new user, on the machines that people have. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { processesWith } from '../../support/local-stack.ts';
import { installs, packages, says, starts, unwritableHome, type End, type Place } from './checks.ts';
import { clone, Machine, type Versions } from './machine.ts';

const ROOT = join(import.meta.dirname, '../../..');
const HELP = `npm run test:install

Clones this repository (what is committed) into a temporary folder and does there what a new user does, with other Nodes
and their npms, all from npm: npm ci, npm start, a hook, npm run streams, npx serverless package; then without what npm
installs, and as another user whose HOME is missing or not writable (another user only for root). Some 4 minutes; needs the registry of npm. Linux only.`;

const MACHINES: readonly (Versions & { end: End })[] = [
  { node: '20.20.2', npm: '10.8.2', end: 'kill -9 npm' },
  { node: '22.23.3', npm: '10.9.3', end: 'kill npm' },
  { node: '24.20.0', npm: '11.6.2', end: 'Ctrl-C' },
  { node: '24.21.0', npm: '11.19.1', end: 'kill npm' },
];
const OLD = { node: '20.20.2', npm: '10.8.2' };
/** The oldest on which the project runs by itself. */
const LEAST = { node: '22.18.0', npm: '10.9.3' };
const NOBODY = 65534;

const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } });
if (values.help) {
  console.log(HELP);
  process.exit();
}
if (process.platform !== 'linux') {
  console.error('npm run test:install runs on Linux only: it looks into /proc for what is left running.');
  process.exit(1);
}

const base = mkdtempSync(join(tmpdir(), 'wcs-hooks-install-'));
chmodSync(base, 0o755);
const mark = ['WCS_HOOKS_INSTALL', base] as const;
process.once('exit', () => {
  for (const { pid } of processesWith(mark.join('='))) process.kill(pid, 'SIGKILL');
  rmSync(base, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const results: { machine: string; what: string; seconds: number; error?: Error }[] = [];

/** @returns whether it went well */
async function check(machine: string, what: string, run: () => Promise<void>): Promise<boolean> {
  const started = Date.now();
  const error = await run().then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  const seconds = Math.round((Date.now() - started) / 1000);
  results.push({ machine, what, seconds, ...(error ? { error } : {}) });
  console.log(`${error ? 'FAILED' : 'ok'}`.padEnd(7), `${seconds} s`.padStart(5), '', machine, '·', what);
  if (error) console.log(error.message.replace(/^/gm, '        '));
  return !error;
}

const nameOf = ({ node, npm }: Versions) => `Node ${node}, npm ${npm}`;
let folders = 0;
const newFolder = () => {
  const folder = join(base, String(++folders));
  mkdirSync(folder);
  return folder;
};

const machines = new Map<string, Promise<Machine>>();
function machineOf(versions: Versions): Promise<Machine> {
  const name = nameOf(versions);
  const machine = machines.get(name) ?? Machine.install(versions, newFolder(), mark);
  machines.set(name, machine);
  return machine;
}

async function placeOn(versions: Versions): Promise<Place> {
  const machine = await machineOf(versions);
  const folder = newFolder();
  await clone(machine, ROOT, join(folder, 'wcs-hooks'));
  return { machine, clone: join(folder, 'wcs-hooks'), dataDir: join(folder, 'data') };
}

/** What nothing else needs any more: a clone has 300 MB. */
const forget = (place: Place) => rmSync(join(place.clone, '..'), { recursive: true, force: true });

async function firstCommands(versions: Versions, end: End): Promise<Place> {
  const name = nameOf(versions);
  const place = await placeOn(versions);
  if (await check(name, 'npm ci', () => installs(place))) {
    await check(name, `npm start, a hook, streams, ${end}`, () => starts(place, end));
    await check(name, 'npx serverless package', () => packages(place));
  }
  return place;
}

/** As in a container: what root has built is run by another, who may have no home. */
async function asAnotherUser(place: Place, who: string): Promise<void> {
  const uid = process.getuid?.() === 0 ? NOBODY : undefined;
  const own = (folder: string) => uid && execFileSync('chown', ['-R', `${uid}:${uid}`, folder]);
  const user = uid ? 'another user' : 'HOME';
  let count = 0;
  const placeWith = (env: NodeJS.ProcessEnv): Place => {
    const dataDir = `${place.dataDir}-${++count}`;
    mkdirSync(dataDir);
    own(dataDir);
    return { ...place, dataDir, env, uid };
  };
  const HOME = unwritableHome(join(place.clone, '../home'));
  if (uid) await check(who, `${user}, a project of root's: npm start`, () => starts(placeWith({ HOME })));
  own(place.clone);
  for (const [what, env] of [
    ['no HOME', { HOME: undefined }],
    ['a HOME not writable', { HOME }],
  ] as const) {
    await check(who, `${user}, ${what}: npm start`, () => starts(placeWith(env)));
    await check(who, `${user}, ${what}: npx serverless package`, () => packages(placeWith(env)));
  }
}

async function withoutItsNode(place: Place): Promise<void> {
  rmSync(join(place.clone, `node_modules/node-linux-${process.arch}`), { recursive: true });
  const old = { ...place, machine: await machineOf(OLD) };
  await check(nameOf(OLD), 'Node 24 did not come: every command says so', () =>
    says(/^Node v20\.20\.2 is too old: run "npm ci" again, [^\n]*, or install Node 24\.3 [^\n]*\.\n$/, old),
  );
  const least = { ...place, machine: await machineOf(LEAST) };
  await check(nameOf(LEAST), 'Node 24 did not come: npm start', () => starts(least));
  await check(nameOf(LEAST), 'Node 24 did not come: npx serverless package', () => packages(least));
}

if (execFileSync('git', ['status', '--porcelain'], { cwd: ROOT, encoding: 'utf8' })) {
  console.log('note: what is not committed is not in the clones');
}
async function firstCommandsAndMore(versions: Versions, end: End): Promise<void> {
  const place = await firstCommands(versions, end);
  if (versions.node === OLD.node) {
    await asAnotherUser(place, nameOf(versions));
    await withoutItsNode(place);
  }
  forget(place);
}

async function withoutOptional(): Promise<void> {
  const place = await placeOn(OLD);
  await check(nameOf(OLD), 'npm ci --omit=optional', () => installs(place, '--omit=optional'));
  await check(nameOf(OLD), '--omit=optional: every command says so', () =>
    says(/^The optional packages for [^\n]* are not installed, [^\n]*: run "npm ci --include=optional"\.\n$/, place),
  );
  forget(place);
}

// Two at a time, as npm mostly waits.
const [oldest, ...others] = MACHINES.map(
  ({ end, ...versions }) =>
    () =>
      firstCommandsAndMore(versions, end),
);
await Promise.all(
  [[oldest], [...others, withoutOptional]].map(async (steps) => {
    for (const step of steps) await step?.();
  }),
);

const width = Math.max(...results.map(({ what }) => what.length));
console.log(`\n${'machine'.padEnd(26)} ${'what'.padEnd(width)} seconds`);
for (const { machine, what, seconds, error } of results) {
  console.log(
    `${machine.padEnd(26)} ${what.padEnd(width)} ${String(seconds).padStart(7)} ${error ? 'FAILED' : ''}`.trimEnd(),
  );
}
const failed = results.filter(({ error }) => error).length;
console.log(failed ? `${failed} of ${results.length} failed` : `all ${results.length} went well`);
process.exit(failed ? 1 : 0);
