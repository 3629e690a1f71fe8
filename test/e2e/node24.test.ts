import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const NODE = `node_modules/node-linux-${process.arch}`;
const OLD = { node: '20.20.2' };

/** What the machine's Node is made to take itself for. */
interface Machine {
  readonly node: string;
  readonly platform?: string;
  readonly arch?: string;
}

/** A project as npm leaves it, whose installed Node is the one that runs this test. */
function newProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wcs-hooks node-'));
  for (const [file, text] of Object.entries({
    'package.json': readFileSync(join(ROOT, 'package.json')),
    'infra/node24.cjs': readFileSync(join(ROOT, 'infra/node24.cjs')),
    [`${NODE}/package.json`]: JSON.stringify({ version: process.versions.node, bin: { node: 'bin/node' } }),
    [`${NODE}/bin/.keep`]: '',
    [`node_modules/@esbuild/linux-${process.arch}/package.json`]: '{}',
    'node_modules/@esbuild/darwin-arm64/package.json': '{}',
    'program.ts': `
      const shown: object = { pid: process.pid, version: process.version, argv: process.argv.slice(1), path: process.env.PATH?.split(':')[0], options: process.env.NODE_OPTIONS };
      console.log(JSON.stringify(shown));
      process.exitCode = 7;`,
    'waiting.ts': `
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { console.log(signal); process.exit(8); });
      setInterval(() => {}, 1000);
      console.log(process.pid);`,
    'killed.ts': `process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 2000);`,
  })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  symlinkSync(process.execPath, join(folder, NODE, 'bin/node'));
  return folder;
}

function pretending({ node, platform = 'linux', arch = process.arch }: Machine, folder: string): string[] {
  const file = join(folder, 'machine.cjs');
  const isOther = node !== process.versions.node;
  const values = {
    ...{ versions: { ...process.versions, node }, version: `v${node}`, platform, arch },
    ...(isOther ? { execPath: '/bin/sh' } : {}),
  };
  writeFileSync(
    file,
    Object.entries(values)
      .map(([name, value]) => `Object.defineProperty(process, '${name}', { value: ${JSON.stringify(value)} });`)
      .join('\n'),
  );
  return ['--require', file, 'infra/node24.cjs'];
}

function run(machine: Machine, folder = newProject(), file = 'program.ts') {
  const line = [...pretending(machine, folder), file, '--an', 'option with blanks'];
  const options = { cwd: folder, encoding: 'utf8', timeout: 10_000 } as const;
  const { pid, status, signal, stdout, stderr } = spawnSync(process.execPath, line, options);
  return { folder, pid, status, signal, stdout, stderr };
}

const remove = (...files: string[]) => {
  const folder = newProject();
  for (const file of files) rmSync(join(folder, file), { recursive: true });
  return folder;
};

const isRunning = (pid: number) =>
  existsSync(`/proc/${pid}/environ`) && readFileSync(`/proc/${pid}/cmdline`).length > 0;

describe('every script of package.json', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  it.each(Object.entries(scripts))('%s runs on the Node that npm installed', (_, script) => {
    for (const command of script.split(' && ')) {
      const [, file = ''] = /^(?:(?:PARENT_PID=\$PPID )?exec )?node infra\/node24\.cjs (\S+)/.exec(command) ?? [];
      expect(existsSync(join(ROOT, file)) && file).not.toBe('');
    }
  });
});

describe('node24.cjs', () => {
  it('runs a file on the Node that npm installed, as if it had been called itself', () => {
    const { folder, status, stdout, stderr } = run(OLD);
    expect(JSON.parse(stdout)).toMatchObject({
      version: process.version,
      argv: [join(folder, 'program.ts'), '--an', 'option with blanks'],
      path: join(folder, NODE, 'bin'),
    });
    expect([status, stderr]).toEqual([7, '']);
  });

  it('starts no second process where it is on that Node already', () => {
    const { pid, status, stdout } = run({ node: process.versions.node });
    expect(JSON.parse(stdout)).toMatchObject({ pid });
    expect(status).toBe(7);
  });

  it('starts one only, whatever a package says of the version in it', () => {
    const folder = newProject();
    const manifest = join(folder, NODE, 'package.json');
    writeFileSync(manifest, JSON.stringify({ version: '99.0.0', bin: { node: 'bin/node' } }));
    expect(run(OLD, folder).status).toBe(7);
  });

  it('is killed by the signal that killed what it ran', () => {
    expect(run(OLD, undefined, 'killed.ts')).toMatchObject({ status: null, signal: 'SIGTERM', stderr: '' });
  });

  const waiting = async (command: (line: string[]) => ChildProcess) => {
    const folder = newProject();
    const child = command(
      [...pretending(OLD, folder), join(folder, 'waiting.ts')].map((word) =>
        word.replace(/^infra/, join(folder, 'infra')),
      ),
    );
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await expect.poll(() => output, { timeout: 10_000 }).toMatch(/^\d+\n/);
    return { child, pid: Number.parseInt(output), output: () => output };
  };

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('hands on %s, and waits for the end', async (signal) => {
    const { child, output } = await waiting((line) => spawn(process.execPath, line));
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    expect(await exited).toBe(8);
    expect(output()).toMatch(new RegExp(`^\\d+\n${signal}\n$`));
  });

  it('ends with all it runs when what started it is killed with -9', async () => {
    const shell = (line: string[]) => spawn('sh', ['-c', '"$0" "$@" & wait', process.execPath, ...line]);
    const { child, pid } = await waiting(shell);
    expect(isRunning(pid)).toBe(true);
    child.kill('SIGKILL');
    await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false);
  });

  const WANTED = 'Node 24.3 or newer, or 22.18 or newer of Node 22';
  it.each<[string, string[], Machine, string]>([
    ['npm ci was forgotten', ['node_modules'], OLD, 'Nothing is installed yet: run "npm ci".'],
    [
      'optional packages were left out, even on a new Node',
      ['node_modules/@esbuild', NODE],
      { node: '24.21.0' },
      `The optional packages for linux-${process.arch} are not installed, and nothing runs without them: run "npm ci --include=optional".`,
    ],
    [
      'its Node did not come',
      [NODE],
      OLD,
      `Node v20.20.2 is too old: run "npm ci" again, which did not install its Node 24 (node-linux-${process.arch}), or install ${WANTED}.`,
    ],
    [
      'there is none for the platform',
      [],
      { ...OLD, platform: 'darwin', arch: 'arm64' },
      `Node v20.20.2 is too old: install ${WANTED} (npm has none for darwin-arm64).`,
    ],
  ])('says in one sentence what to do where %s', (_, removed, machine, sentence) => {
    expect(run(machine, remove(...removed))).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `${sentence}\n`,
    });
  });

  it('takes the Node of the machine where there is no other, if it runs TypeScript without a warning', () => {
    const ran = ['20.20.2', '22.17.1', '22.18.0', '23.11.0', '24.2.0', '24.3.0', '26.0.0'].map((node) =>
      run({ node, platform: 'darwin', arch: 'arm64' }),
    );
    expect(ran.map(({ status }) => status)).toEqual([1, 1, 7, 1, 1, 7, 7]);
    // What Node 22 says of SQLite.
    expect(ran[2]?.stdout).toContain('--disable-warning=ExperimentalWarning');
  });

  it('does so, too, where the installed one cannot run, as on a Linux without glibc', () => {
    const broken = () => {
      const folder = remove(`${NODE}/bin/node`);
      writeFileSync(join(folder, NODE, 'bin/node'), '#!/no/such/loader\n');
      chmodSync(join(folder, NODE, 'bin/node'), 0o755);
      return folder;
    };
    expect(run({ node: '22.18.0' }, broken()).status).toBe(7);
    expect(run({ node: '22.18.0' }, broken(), 'killed.ts').signal).toBe('SIGTERM');
    const { status, stderr } = run(OLD, broken());
    expect(stderr).toMatch(
      /^Node v20\.20\.2 is too old: install Node 24\.3 .*, as the 24\.\S+ that npm installed does not run here \(spawn .* ENOENT\)\.\n$/,
    );
    expect(status).toBe(1);
  });
});

describe('serverless.cjs', () => {
  const cacheOf = (env: Record<string, string>) => {
    const script = `require('./infra/serverless.cjs').providerName().then((name) => console.log(name, process.env.SLS_SCHEMA_CACHE_BASE_DIR))`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], ...env },
      encoding: 'utf8',
    });
    return stdout + stderr;
  };

  it('keeps what serverless compiles where this user may write', () => {
    const [home, data] = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'wcs-hooks-home-'))) as [string, string];
    expect(cacheOf({ HOME: home, DATA_DIR: data })).toBe(`aws ${home}\n`);
    expect(cacheOf({ HOME: '/proc', DATA_DIR: data })).toBe(`aws ${data}\n`);
    expect(cacheOf({ HOME: home, SLS_SCHEMA_CACHE_BASE_DIR: '/mine' })).toBe('aws /mine\n');
  });
});
