/** The project's pages, as GitHub reads them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export interface Block {
  /** What stands behind the opening fence: `console`, `console aws`, `ts` … */
  readonly info: string;
  readonly text: string;
}

export interface Page {
  /** From the root of the project. */
  readonly path: string;
  readonly text: string;
  /** Without blocks of code. */
  readonly prose: string;
  readonly blocks: readonly Block[];
  readonly headings: readonly string[];
  /** What a link to this page may name behind its `#`. */
  readonly anchors: ReadonlySet<string>;
}

const FENCED = /^([ \t]*)```([^\n`]*)\n([^]*?)^\1```[ \t]*$/gm;

export const PAGES: readonly Page[] = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...readdirSync(join(ROOT, 'docs'))
    .filter((file) => !file.endsWith('.json'))
    .map((file) => `docs/${file}`),
].map((path) => readPage(path, readFileSync(join(ROOT, path), 'utf8')));

export function pageAt(path: string): Page {
  const page = PAGES.find((one) => one.path === path);
  if (!page) throw new Error(`there is no page ${path}`);
  return page;
}

export function readPage(path: string, text: string): Page {
  const blocks = [...text.matchAll(FENCED)].map(([, indent = '', info = '', code = '']) => ({
    info: info.trim(),
    text: code.replace(new RegExp(`^${indent}`, 'gm'), ''),
  }));
  const prose = text.replace(FENCED, '');
  const headings = [...prose.matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = '']) => heading.trim());
  return { path, text, prose, blocks, headings, anchors: anchorsOf(headings) };
}

function anchorsOf(headings: readonly string[]): Set<string> {
  const anchors = new Set<string>();
  for (const heading of headings) {
    const slug = slugOf(heading);
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** GitHub's: the heading's text in lower case, without what is neither letter, digit, `_`, `-` nor blank; blanks become `-`. */
function slugOf(heading: string): string {
  return heading
    .replace(/\]\([^)]*\)/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

/** The targets of its links and pictures, those of `[text][name]` too. */
export function linksOf({ prose }: Page): string[] {
  const text = prose.replace(/(?<!`)`[^`]+`(?!`)/g, '');
  const definitions = new Map(
    [...text.matchAll(/^\[([^\]]+)\]: +(\S+)$/gm)].map(([, name = '', target = '']) => [name, target]),
  );
  const direct = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  const named = [...text.matchAll(/\]\[([^\]]+)\]/g)].map(([, name = '']) => definitions.get(name) ?? `[${name}]`);
  return [...direct, ...named, ...[...text.matchAll(/<(https?:[^>\s]+)>/g)].map(([, target = '']) => target)];
}

/** The cells of its tables, as a reader sees them. */
export const cellsOf = ({ prose }: Page): string[] =>
  prose
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^[|\s:-]+$/.test(line))
    .flatMap((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cell) =>
      cell
        .replace(/\]\([^)]*\)|\]\[[^\]]*\]/g, '')
        .replaceAll('[', '')
        .trim(),
    );

export interface ShownCommand {
  readonly command: string;
  /** What the page says that it prints. */
  readonly output: string;
}

/** What a block of the language `console` shows: each command begins with `$ `, and goes on in the next line after a backslash. */
export const commandsIn = ({ text }: Block): ShownCommand[] =>
  text
    .split(/^\$ /m)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const lines = part.trimEnd().split('\n');
      const length = lines.findIndex((line) => !line.endsWith('\\')) + 1;
      return { command: lines.slice(0, length).join('\n'), output: lines.slice(length).join('\n') };
    });

/** Blocks of commands: those of `console`, that a test executes, and those of `console aws`, which need AWS. */
export const consoleBlocks = ({ blocks }: Page, needsAws: boolean): Block[] =>
  blocks.filter(({ info }) => info === (needsAws ? 'console aws' : 'console'));
