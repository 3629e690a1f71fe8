import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const FILES = globSync('{functions,lib,infra}/**/*.{ts,tsx}', { cwd: ROOT });

/** What a file imports of the project, types too: whoever reads it has to read them first. */
const importsOf = (file: string) =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/^(?:import|export)[^;']*'(\.[^']+)';/gm)].map(([, path = '']) =>
    normalize(join(dirname(file), path)),
  );
const GRAPH = new Map(FILES.map((file) => [file, importsOf(file)]));

/** The first circle that is found from a file on. */
function circleFrom(file: string, way: readonly string[] = [], done = new Set<string>()): string[] | undefined {
  if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
  if (done.has(file)) return undefined;
  for (const next of GRAPH.get(file) ?? []) {
    const circle = circleFrom(next, [...way, file], done);
    if (circle) return circle;
  }
  done.add(file);
  return undefined;
}

describe('imports', () => {
  it('are found, and go round in no circle', () => {
    expect(GRAPH.get('lib/composition/hook-function.ts')).toContain('lib/http/hook-handler.ts');
    const done = new Set<string>();
    for (const file of FILES) expect(circleFrom(file, [], done)).toBeUndefined();
  });

  it('of every room of lib/ have a line in eslint.config.js', () => {
    const config = readFileSync(join(ROOT, 'eslint.config.js'), 'utf8');
    const [, table = ''] = /const MAY_IMPORT = \{([^}]*)\}/.exec(config) ?? [];
    const rooms = readdirSync(join(ROOT, 'lib'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect([...table.matchAll(/^ {2}(\w+):/gm)].map(([, room]) => room).sort()).toEqual(
      rooms.map(({ name }) => name).sort(),
    );
  });
});

describe('a unit test', () => {
  it('stands where what it tests does', () => {
    const tests = globSync('**/*.test.ts', { cwd: join(ROOT, 'test/unit'), exclude: ['docs/**', 'imports.test.ts'] });
    const isThere = (path: string) =>
      ['', 'lib/', 'test/'].some((room) => ['.ts', '.tsx'].some((end) => existsSync(join(ROOT, room + path + end))));
    expect(tests.length).toBeGreaterThan(80);
    expect(tests.filter((file) => !isThere(file.replace(/\.test\.ts$/, '')))).toEqual([]);
  });
});
