import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandsIn, consoleBlocks, PAGES, type Page } from '../../support/pages.ts';
import { runScript } from '../../support/run-script.ts';

const ROOT = join(import.meta.dirname, '../../..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
/** The commands of serverless, each with its options. */
const SERVERLESS = createRequire(import.meta.url)('serverless/lib/cli/commands-schema') as Map<
  string,
  { readonly options: Record<string, unknown> }
>;

/** For people: figures, and files that are made or changed. */
const RUN_BY_HAND = ['bench', 'build', 'format', 'test:runtime', 'test:install', 'test:mutation', 'deploy:local'];

/** Everything on a page that looks like a command: in its blocks, and in its prose as code. */
const commandsOf = (page: Page): string[] => [
  ...[false, true]
    .flatMap((needsAws) => consoleBlocks(page, needsAws).flatMap(commandsIn))
    .map(({ command }) => command),
  ...[...page.prose.matchAll(/`([^`\n]*\b(?:npm|npx) [^`]*)`/g)].map(([, code = '']) => code.replaceAll('\n', ' ')),
];

interface Call {
  readonly page: string;
  readonly name: string;
  readonly args: string;
}

/** A command without those whose output is an argument, and these. */
const SUBSTITUTED = /"\$\(((?:\$\([^()]*\)|[^()])*)\)"/g;
const partsOf = (command: string): string[] => [
  command.replace(SUBSTITUTED, '""'),
  ...[...command.matchAll(SUBSTITUTED)].map(([, inner = '']) => inner),
];

/** `npm run name -- args`, wherever in a shell's line it stands. */
function scriptCalls(): Call[] {
  return PAGES.flatMap((page) =>
    commandsOf(page)
      .flatMap(partsOf)
      .flatMap((command) =>
        [...command.matchAll(/\bnpm run (?:-s )?([\w:-]+)((?:"[^"]*"|'[^']*'|[^;&|)"'])*)/g)].map(
          ([, name = '', args = '']) => ({ page: page.path, name, args }),
        ),
      ),
  );
}

const optionsIn = (args: string) => [...args.matchAll(/(?<=^|\s)--([a-z][\w-]*)/g)].map(([, option = '']) => option);

describe('a command that a page shows', () => {
  const calls = scriptCalls();
  const names = [...new Set(calls.map(({ name }) => name))];

  it('is a script of package.json', () => {
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('has its options behind the -- that npm needs', () => {
    const swallowed = calls.filter(({ args }) => /^\s+--[a-z]/.test(args) || /^\s+[^-\s]/.test(args));
    expect(swallowed).toEqual([]);
  });

  it('knows its options, as its --help says', async () => {
    const withOptions = new Map<string, Set<string>>();
    for (const { name, args } of calls)
      for (const option of optionsIn(args.replace(/^\s+--(?=\s|$)/, '')))
        withOptions.set(name, (withOptions.get(name) ?? new Set()).add(option));
    expect(withOptions.size).toBeGreaterThan(5);
    const problems = [...withOptions].map(async ([name, options]) => {
      const { code, stdout } = await runScript(name, ['--help']);
      const isKnown = (option: string) => new RegExp(`(?<![\\w-])--${option}(?![\\w-])`).test(stdout);
      return { name, code, unknown: [...options].filter((option) => option !== 'help' && !isKnown(option)) };
    });
    for (const problem of await Promise.all(problems)) expect(problem).toMatchObject({ code: 0, unknown: [] });
  });

  it('is run by a test, or by what must pass, or by hand alone', () => {
    const tests = globSync('test/**/*.ts', { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), 'utf8'));
    const ci = readFileSync(join(ROOT, '.ci/run'), 'utf8');
    const isRun = (name: string) =>
      new RegExp(`npm run ${name}\\b`).test(ci) ||
      tests.some((text) => new RegExp(`\\b(?:runScript|scriptOn)\\(\\s*'${name}'`).test(text));
    expect(names.filter((name) => !RUN_BY_HAND.includes(name) && !isRun(name))).toEqual([]);
  });

  it('of serverless is one of its own, with its options', () => {
    const found = PAGES.flatMap((page) =>
      commandsOf(page).flatMap((command) => [...command.matchAll(/\bnpx serverless (\w+)([^;&|`]*)/g)]),
    );
    expect(found.length).toBeGreaterThan(5);
    for (const [line, name = '', args = ''] of found) {
      const known = Object.keys(SERVERLESS.get(name)?.options ?? {});
      expect([line, SERVERLESS.has(name), optionsIn(args).filter((option) => !known.includes(option))]).toEqual([
        line,
        true,
        [],
      ]);
    }
  });

  it('of tests names files that there are', () => {
    const files = PAGES.flatMap(commandsOf)
      .filter((command) => command.includes('npm test -- '))
      .flatMap((command) => command.split(' ').filter((word) => word.startsWith('test/')));
    expect(files.length).toBeGreaterThan(2);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it('of AWS stands in a block that says so', () => {
    const isOfAws = (command: string) =>
      /^aws /m.test(command) || /npx serverless (?!package)/.test(command) || /--stage (?!local)\w/.test(command);
    for (const page of PAGES) {
      const executed = consoleBlocks(page, false).flatMap(commandsIn);
      expect([page.path, executed.filter(({ command }) => isOfAws(command))]).toEqual([page.path, []]);
      // What needs no AWS is executed.
      for (const block of consoleBlocks(page, true))
        expect(commandsIn(block).some(({ command }) => isOfAws(command) || /--url https/.test(command))).toBe(true);
    }
  });
});
