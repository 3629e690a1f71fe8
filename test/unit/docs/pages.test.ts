import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cellsOf, linksOf, PAGES, pageAt, readPage, type Page } from '../../support/pages.ts';

const ROOT = join(import.meta.dirname, '../../..');
const LONGEST_CELL = 100;
const LONGEST_README = 260;

/** As on GitHub, where names differ by their case. */
function exists(path: string): boolean {
  const file = join(ROOT, path);
  if (!existsSync(file)) return false;
  return path === '' || statSync(file).isDirectory() || readdirSync(dirname(file)).includes(posix.basename(path));
}

function problemOf({ path, anchors }: Page, target: string): string | undefined {
  if (target.startsWith('[')) return `${target} is defined nowhere`;
  if (/^https?:/.test(target)) return URL.canParse(target) ? undefined : `${target} is no URL`;
  const [file = '', anchor] = target.split('#');
  const to = file === '' ? path : posix.join(posix.dirname(path), file);
  if (!exists(to)) return `${target}: there is no ${to}`;
  if (anchor === undefined) return undefined;
  const known = to === path ? anchors : PAGES.find((page) => page.path === to)?.anchors;
  return known?.has(anchor) ? undefined : `${target}: ${to} has no heading #${anchor}`;
}
const deadLinks = (page: Page) => linksOf(page).flatMap((target) => problemOf(page, target) ?? []);

describe.each(PAGES)('$path', (page) => {
  it('has no dead link', () => {
    expect(deadLinks(page)).toEqual([]);
  });

  it('has phrases in the cells of its tables, and no paragraphs', () => {
    expect(cellsOf(page).filter((cell) => cell.length > LONGEST_CELL)).toEqual([]);
  });

  it('gives each block of code its language, or text', () => {
    const kinds = ['', 'console', 'console aws', 'js', 'json', 'mermaid', 'sql', 'text', 'ts', 'yaml'];
    expect(page.blocks.map(({ info }) => info).filter((info) => !kinds.includes(info))).toEqual([]);
    // Else a block would hide in the prose.
    expect(page.prose).not.toContain('```\n');
  });
});

describe('the README', () => {
  it('is short enough to be read', () => {
    expect(pageAt('README.md').text.split('\n').length).toBeLessThanOrEqual(LONGEST_README);
  });

  it('links to every page', () => {
    const links = linksOf(pageAt('README.md'));
    for (const { path } of PAGES.filter(({ path }) => path !== 'README.md')) expect(links).toContain(path);
  });
});

describe('the test of the links', () => {
  const deadIn = (text: string) => deadLinks(readPage('docs/x.md', text));

  it('knows headings as GitHub does', () => {
    const text = '# A `code`, <b> & WCS’s!\n## Twice\n## Twice\n## snake_case – dash\n## [Link](x.md) here\n';
    expect([...readPage('x.md', text).anchors]).toEqual([
      ...['a-code-b--wcss', 'twice', 'twice-1', 'snake_case--dash', 'link-here'],
    ]);
  });

  it('sees a dead file, a dead heading, here and elsewhere, and a name that is defined nowhere', () => {
    expect(
      deadIn('[a](../README.md) [b](../README.md#quickstart) [c](https://example.com/x)\n[d][e]\n\n[e]: ../lib\n'),
    ).toEqual([]);
    for (const dead of ['[a](nope.md)', '[a](#nope)', '[a](../README.md#nope)', '[a][nope]', '![a](../Readme.md)'])
      expect(deadIn(`# Here\n${dead}\n`)).toHaveLength(1);
  });

  it('takes no code for a link', () => {
    expect(deadIn('`[a](nope.md)`\n\n```js\n[a](nope.md)\n```\n')).toEqual([]);
  });
});
