/** What a new user does first, in a clone of the project on a machine. Each check throws what it saw instead. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../../support/fixtures.ts';
import { spawnStack, type LocalStack } from '../../support/local-stack.ts';
import { type Machine, type Ran } from './machine.ts';

/** Where and as whom. */
export interface Place {
  readonly machine: Machine;
  readonly clone: string;
  readonly dataDir: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number | undefined;
}

const BODY = capture('StreamStatusEvent.publishing');
const OF_NODE = /\(node:\d+\)|\b[A-Z]\w*Warning\b/;

function must(holds: boolean, what: string, output = ''): void {
  if (!holds) throw new Error(output ? `${what}:\n${output.trim()}` : what);
}

function mustBeQuiet(what: string, output: string): void {
  must(!OF_NODE.test(output), `${what} prints a warning of Node's own`, output);
}

async function command(
  { machine, clone, env = {}, uid }: Place,
  words: string,
  extra: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const [name = '', ...args] = words.split(' ');
  return machine.run(name, args, { cwd: clone, env: { ...env, ...extra }, uid });
}

async function mustWork(place: Place, words: string, extra?: NodeJS.ProcessEnv): Promise<string> {
  const { code, output } = await command(place, words, extra);
  must(code === 0, `${words} ends with ${code}`, output);
  mustBeQuiet(words, output);
  return output;
}

export async function installs(place: Place, ...options: string[]): Promise<void> {
  await mustWork(place, ['npm', 'ci', ...options].join(' '));
}

/** How it is ended: by its npm, by Ctrl-C, or by the death of npm. */
const ENDS = {
  'kill npm': ({ npm }: LocalStack) => npm.kill('SIGTERM'),
  'Ctrl-C': ({ npm }: LocalStack) => process.kill(-(npm.pid ?? 0), 'SIGINT'),
  'kill -9 npm': ({ npm }: LocalStack) => npm.kill('SIGKILL'),
};
export type End = keyof typeof ENDS;

/** `npm start` takes a hook, `npm run streams` shows it, and nothing is left of it at its end. */
export async function starts(place: Place, end: End = 'kill npm'): Promise<void> {
  const { machine, clone, dataDir, env = {}, uid } = place;
  const stack = await spawnStack({ root: clone, dataDir, env: { ...machine.environment, ...env }, uid });
  try {
    await stack.ready();
    const answer = await stack.post('StreamStatusEvent', BODY);
    const echo = await answer.text();
    must(answer.status === 200 && echo === BODY, `the hook is answered ${answer.status}`, echo);
    const ports = Object.fromEntries(Object.entries(stack.ports).map(([name, port]) => [name, String(port)]));
    const streams = await mustWork(place, 'npm run streams', ports);
    must(/\bb4e7\b/.test(streams), 'npm run streams does not show the stream', streams);
    mustBeQuiet('npm start', stack.output());
    ENDS[end](stack);
  } finally {
    if (stack.npm.exitCode === null && !stack.npm.killed && end !== 'Ctrl-C') stack.npm.kill('SIGKILL');
    const left = await stack.left();
    must(left.length === 0, `${end}: processes are left`, left.map(({ command }) => command).join('\n'));
  }
}

/** As a user types it. */
export async function packages(place: Place): Promise<void> {
  const template = join(place.clone, '.serverless/cloudformation-template-update-stack.json');
  rmSync(template, { force: true });
  const output = await mustWork(place, 'npx serverless package');
  must(existsSync(template), 'npx serverless package leaves no template', output);
}

export async function says(sentence: RegExp, place: Place): Promise<void> {
  const { scripts } = JSON.parse(readFileSync(join(place.clone, 'package.json'), 'utf8')) as { scripts: object };
  for (const words of [...Object.keys(scripts).map((name) => `npm run -s ${name}`), 'npx serverless package']) {
    const { code, output } = await command(place, words);
    must(code === 1 && sentence.test(output), `${words} ends with ${code}, and does not say ${sentence}`, output);
  }
}

/** @returns a home that nobody but root may write to, who has packaged something there before */
export function unwritableHome(folder: string): string {
  const parts = [folder, join(folder, '.serverless'), join(folder, '.serverless/artifacts')];
  for (const part of parts) mkdirSync(part);
  for (const part of parts) chmodSync(part, 0o555);
  return folder;
}
