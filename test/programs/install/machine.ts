/** A machine as other people have it: a real Node with a real npm, both from npm, and nothing of this one but its PATH. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Versions {
  readonly node: string;
  readonly npm: string;
}

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number | undefined;
}

const LIMIT_MS = 180_000;
/** What npm tells its scripts, and how the tests are set up, is no part of the machine; where npm has its packages from is. */
const KEPT = /^npm_config_(registry|cache|cafile|userconfig)$/;
const NOT_INHERITED = /^(npm_|NODE|INIT_CWD$|VITEST|AWS_|HOOK_|TOKEN_|SLS_|DATA_DIR$)/i;

export class Machine {
  readonly #bin: string;
  /** All that runs on it is found by this variable. */
  readonly #mark: readonly [name: string, value: string];

  private constructor(bin: string, mark: readonly [string, string]) {
    this.#bin = bin;
    this.#mark = mark;
  }

  static async install({ node, npm }: Versions, folder: string, mark: readonly [string, string]): Promise<Machine> {
    mkdirSync(folder, { recursive: true });
    const name = `node-linux-${process.arch}`;
    const machine = new Machine(`${folder}/node_modules/${name}/bin:${folder}/node_modules/.bin`, mark);
    const env = { ...machine.environment, PATH: process.env['PATH'] };
    const packages = ['--no-save', '--ignore-scripts', '--force', `${name}@${node}`, `npm@${npm}`];
    const installed = await run('npm', ['install', '--prefix', folder, ...packages], { cwd: folder, env });
    if (installed.code !== 0) throw new Error(`Node ${node} and npm ${npm} cannot be installed:\n${installed.output}`);
    const found = await machine.run('sh', ['-c', 'node --version && npm --version'], { cwd: folder });
    if (!found.output.startsWith(`v${node}\n`) || !found.output.endsWith(`\n${npm}\n`))
      throw new Error(`not Node ${node} and npm ${npm}:\n${found.output}`);
    return machine;
  }

  get environment(): NodeJS.ProcessEnv {
    const removed = Object.keys(process.env).filter((name) => NOT_INHERITED.test(name) && !KEPT.test(name));
    return {
      ...process.env,
      ...Object.fromEntries(removed.map((name) => [name, undefined])),
      PATH: `${this.#bin}:/usr/local/bin:/usr/bin:/bin`,
      [this.#mark[0]]: this.#mark[1],
    };
  }

  run(command: string, args: readonly string[], { env = {}, ...options }: RunOptions): Promise<Ran> {
    return run(command, args, { ...options, env: { ...this.environment, ...env } });
  }
}

function run(command: string, args: readonly string[], { cwd, env, uid }: RunOptions): Promise<Ran> {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

export const clone = async (machine: Machine, root: string, folder: string): Promise<void> => {
  const cloned = await machine.run('git', ['clone', '--quiet', root, folder], { cwd: join(folder, '..') });
  if (cloned.code !== 0) throw new Error(`git clone failed:\n${cloned.output}`);
};
