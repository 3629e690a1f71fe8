import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startStack, type LocalStack } from '../support/local-stack.ts';
import { commandsIn, consoleBlocks, PAGES } from '../support/pages.ts';

const ROOT = join(import.meta.dirname, '../..');
const PORTS: Record<string, keyof LocalStack['ports']> = {
  3000: 'PORT',
  8000: 'DYNAMODB_PORT',
  8001: 'CONSOLE_PORT',
  8002: 'QUEUE_PORT',
};

/** What a terminal shows of it, in the same order. */
const shell = (script: string, env: NodeJS.ProcessEnv) =>
  new Promise<string>((resolve) => {
    execFile('bash', ['-c', `exec 2>&1; ${script}`], { cwd: ROOT, env, maxBuffer: 1e7 }, (_, stdout) =>
      resolve(stdout),
    );
  });

/** A page's text for a stack with other ports. */
const onPortsOf = (stack: LocalStack | undefined, text: string) =>
  text.replace(/127\.0\.0\.1:(3000|800[012])\b/g, (all, port: string) => {
    const name = PORTS[port];
    return stack && name ? `127.0.0.1:${stack.ports[name]}` : all;
  });

/** What a page shows, as a pattern: `…` is anything, also whole lines; blanks are as many as there are. */
function patternOf(shown: string): string {
  const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/[ \t]+/g, '[ \\t]+');
  return shown
    .split('\n')
    .map((line) => (line === '…' ? '(?:.*\\n)*?' : `${line.split('…').map(escaped).join('.*')}[ \\t]*\\n`))
    .join('');
}

/** Without npm's own lines about what it runs. */
const withoutNpm = (output: string) =>
  `${output
    .replace(/^> .*\n/gm, '')
    .replace(/^\n+/, '')
    .trimEnd()}\n`;

/** What differs between machines and runs must not leak in. */
const inherited = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS_|HOOK_|TOKEN_|SIP_|FAIL_|npm_)/.test(name)),
  );

/** The README and docs/local-stack.md: what the others show needs AWS. */
const pages = PAGES.filter((page) => consoleBlocks(page, false).length > 0);

describe('the commands of', () => {
  let stack: LocalStack | undefined;
  afterEach(async () => {
    const left = await stack?.stop();
    stack = undefined;
    expect(left).toEqual([]);
  });

  it.each(pages)('$path print what it shows, one after the other', { timeout: 90_000 }, async (page) => {
    let env: Record<string, string> = {};
    for (const { command, output } of consoleBlocks(page, false).flatMap(commandsIn)) {
      const isStart = command.endsWith('npm start');
      let printed: string;
      if (command.startsWith('export ')) {
        const values = await shell(`${command}; env -0`, {});
        env = Object.fromEntries(
          values
            .split('\0')
            .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const)
            .filter(([name]) => name !== '' && command.includes(name)),
        );
        continue;
      }
      if (isStart) {
        if (stack) expect(await stack.stop()).toEqual([]);
        stack = await startStack({ env });
        printed = withoutNpm(stack.output());
      } else {
        if (!stack) expect.fail(`${command}: no stack has been started before it`);
        const ports = Object.fromEntries(Object.entries(stack.ports).map(([name, port]) => [name, String(port)]));
        printed = withoutNpm(
          await shell(onPortsOf(stack, command), { ...inherited(), ...ports, ...env, DATA_DIR: stack.dataDir }),
        );
      }
      const pattern = new RegExp(`^${patternOf(onPortsOf(stack, output))}${isStart ? '' : '$'}`);
      expect(printed, `${page.path}: ${command}`).toMatch(pattern);
    }
    if (page.path === 'README.md') {
      const countOf = (wanted: string) => stack?.logLines().filter(({ outcome }) => outcome === wanted).length;
      await expect.poll(() => [countOf('denied'), countOf('denial ignored')]).toEqual([6, 3]);
    }
  });
});
