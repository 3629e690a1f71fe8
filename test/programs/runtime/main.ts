/** `npm run test:runtime`: the bundles as Lambda runs them. Installs the runtime client where it is not there yet. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve as absolute } from 'node:path';
import { optionsOf, runCommand } from '../../../infra/cli/command-line.ts';
import { folderOf, install, isInstalled, missingTools, NEEDS, VERSION } from './client.ts';

const ROOT = join(import.meta.dirname, '../../..');
const HELP = `npm run test:runtime -- [--folder F]

Runs the bundles of dist/ under the runtime client of a Lambda (aws-lambda-ric ${VERSION}) and a Lambda Runtime API on
127.0.0.1. The first run compiles the client, in 2 to 5 minutes; later runs take it from its folder.

  --folder F  where the client is kept (.runtime)

${NEEDS}`;

await runCommand('test:runtime', async () => {
  const { folder, help } = optionsOf({
    folder: { type: 'string', default: join(ROOT, '.runtime') },
    help: { type: 'boolean', default: false },
  });
  if (help) console.log(HELP);
  else process.exitCode = await run(absolute(folder));
});

async function run(base: string): Promise<number> {
  const folder = folderOf(base);
  if (!isInstalled(folder) && !(await installed(base, folder))) return 1;
  console.log(`aws-lambda-ric ${VERSION} is in ${folder}`);

  const vitest = [
    join(ROOT, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    'test/programs/runtime/vitest.config.ts',
  ];
  const tests = spawn(process.execPath, vitest, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, RUNTIME_CLIENT: folder },
  });
  return await new Promise<number>((resolve) => tests.once('exit', (code) => resolve(code ?? 1)));
}

async function installed(base: string, folder: string): Promise<boolean> {
  const missing = missingTools(process.env['PATH'] ?? '');
  if (process.platform !== 'linux' || missing.length > 0) {
    const what = process.platform === 'linux' ? `Missing: ${missing.join(', ')}.` : `This is ${process.platform}.`;
    console.error(`The runtime client cannot be compiled on this machine. ${what}\n${NEEDS}`);
    return false;
  }
  mkdirSync(base, { recursive: true });
  console.log(`aws-lambda-ric ${VERSION} is compiled into ${folder}: this takes 2 to 5 minutes, once.`);
  const started = Date.now();
  const say = (line: string) => console.log(`${Math.round((Date.now() - started) / 1000)} s`.padStart(6), line);
  try {
    await install(folder, say);
    say('done');
    return true;
  } catch (error) {
    console.error(`The runtime client was not installed: ${(error as Error).message}\n${NEEDS}`);
    return false;
  }
}
