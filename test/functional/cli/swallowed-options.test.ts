import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { complaintOfSwallowed, noteOfSwallowed } from '../../../infra/cli/swallowed-options.ts';

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const OPTIONS = {
  ...{ viewers: flag, node: text, stage: { ...text, default: 'local' }, json: flag, yes: flag, 'keep-alives': text },
  ...{ secret: { ...text, default: 'of the environment' }, publish: { ...text, multiple: true } },
};
const file = resolve('infra/cli/streams/main.ts');
const NPM = { npm_lifecycle_event: 'streams', npm_lifecycle_script: 'node infra/cli/streams/main.ts' };

const told = (taken: Record<string, string>, ...args: string[]) =>
  complaintOfSwallowed(OPTIONS, args, { env: { ...NPM, ...taken }, file });

describe('an option that npm took for one of its own', () => {
  it.each([
    [{ npm_config_viewers: 'true' }, [], 'npm run streams -- --viewers'],
    [{ npm_config_keep_alives: 'true' }, ['3'], 'npm run streams -- --keep-alives 3'],
    [{ npm_config_node: '10.0.0.1' }, ['--stage', 'prod'], 'npm run streams -- --node 10.0.0.1 --stage prod'],
    [{ npm_config_node: "it's" }, [], "npm run streams -- --node 'it'\\''s'"],
    [{ npm_config_viewers: 'true', npm_config_node: 'true' }, ['x'], 'npm run streams -- --viewers --node x'],
    // Whose value is which, nobody knows.
    [{ npm_config_node: 'true', npm_config_stage: 'true' }, ['x', 'y'], 'npm run streams -- --node … --stage …'],
    [{ npm_config_publish: 'a\n\nb' }, [], 'npm run streams -- --publish a --publish b'],
    [{ npm_config_viewers: 'true', npm_config_json: 'true' }, [], 'npm run streams -- --viewers --json'],
    // Nobody is led to confirm what a build server set for npm.
    [{ npm_config_viewers: 'true', npm_config_yes: 'true' }, [], 'npm run streams -- --viewers'],
  ])('%j is reported, with the command line that was meant', (taken, args, meant) => {
    expect(told(taken, ...args)?.split('\n  ')[1]).toBe(meant);
  });

  it('is named, and a secret is not repeated', () => {
    const complaint = told({ npm_config_secret: 'true', npm_config_viewers: 'true' }, 'hush', '--secret', 'psst');
    expect(complaint).toMatch(/^npm took --viewers, --secret as its own: "--" is missing before it\./);
    expect(complaint).not.toMatch(/hush|psst|of the environment/);
  });

  it('is none where a machine sets it for npm, where it is not of this command, or where another script is run', () => {
    expect(told({ npm_config_yes: 'true', npm_config_json: 'true' })).toBeUndefined();
    expect(told({ npm_config_registry: 'https://x' })).toBeUndefined();
    expect(told({ npm_config_viewers: '' })).toBeUndefined();
    expect(told({ npm_config_viewers: 'true', npm_lifecycle_script: 'vitest run' })).toBeUndefined();
    expect(complaintOfSwallowed(OPTIONS, [], { env: { npm_config_viewers: 'true' }, file })).toBeUndefined();
  });

  it('--json alone is noted, as it may be meant for npm, unless the command has got it', () => {
    const note = (taken: Record<string, string>, ...args: string[]) =>
      noteOfSwallowed(OPTIONS, args, { env: { ...NPM, ...taken }, file });
    expect(note({ npm_config_json: 'true' })).toMatch(/npm run -s streams -- --json$/);
    expect(note({ npm_config_json: 'true' }, '--json')).toBeUndefined();
    expect(note({})).toBeUndefined();
  });

  it.each(['streams', 'doctor', 'token', 'secrets'])('is noticed by npm run %s itself', async (script) => {
    const { code, stderr } = await npmRun(script, '--stage', 'prod', '--sub', 'me');
    expect([code, stderr.includes(`npm run ${script} -- --`)]).toEqual([2, true]);
  });
});

function npmRun(...args: string[]): Promise<{ code: number; stderr: string }> {
  const cwd = join(import.meta.dirname, '../../..');
  return new Promise((resolve) => {
    const child = execFile('npm', ['run', '-s', ...args], { cwd }, (_, __, stderr) =>
      resolve({ code: child.exitCode ?? -1, stderr }),
    );
  });
}
