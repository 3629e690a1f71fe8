/** Schemathesis makes requests of an OpenAPI file, right ones and wrong ones, and holds the answers to it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonTools } from '../../../infra/local/python.ts';

const MOST_MS = 180_000;
const HERE = import.meta.dirname;

interface Options {
  readonly document: object;
  /** Of the stack or stage: what stands before /board. */
  readonly url: string;
  readonly token: string | undefined;
  readonly examples: number;
  readonly seed: number;
  readonly say: (text: string) => void;
}

/** @throws Error with its report */
export async function runSchemathesis({ document, url, token, examples, seed, say }: Options): Promise<void> {
  const bin = await pythonTools(join(HERE, 'requirements.txt'), say);
  const folder = mkdtempSync(join(tmpdir(), 'wcs-hooks-board-api-'));
  writeFileSync(join(folder, 'board.json'), JSON.stringify(document));
  const args = [
    ...['run', 'board.json', '--url', url, '--checks', 'all'],
    ...['--max-examples', String(examples), '--seed', String(seed), '--continue-on-failure', '--no-color'],
    ...(token === undefined ? [] : ['--header', `Authorization: Bearer ${token}`]),
  ];
  const env = { ...process.env, SCHEMATHESIS_HOOKS: 'hooks', PYTHONPATH: HERE, PYTHONDONTWRITEBYTECODE: '1' };
  const { code, output } = await new Promise<{ code: number | null; output: string }>((resolve) => {
    const options = { cwd: folder, env, timeout: MOST_MS, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(join(bin, 'schemathesis'), args, options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, output: stdout + stderr }),
    );
  });
  rmSync(folder, { recursive: true, force: true });
  if (code === null) throw new Error(`schemathesis took more than ${MOST_MS / 1000} s:\n${short(output)}`);
  if (code !== 0) throw new Error(short(output));
  const [, cases = '0'] = /\b(\d+) generated/.exec(output) ?? [];
  const [, operations] = /Tested: (\d+)/.exec(output) ?? [];
  if (operations !== String(operationsOf(document)))
    throw new Error(`only ${operations} operations:\n${short(output)}`);
  say(`schemathesis: ${cases} requests to ${operations} operations (seed ${seed})`);
}

const operationsOf = (document: object) =>
  Object.values((document as { paths: Record<string, object> }).paths).flatMap(Object.keys).length;

/** Without the kilobytes of some URLs. */
const short = (report: string) =>
  report
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.slice(0, 300))
    .slice(0, 150)
    .join('\n');
