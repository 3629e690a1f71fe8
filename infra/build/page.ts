/** Bundles the board's page (lib/board/page/) into one script and one style sheet, which the function `board` serves. */
import { build as esbuild } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { PageTexts } from '../../lib/board/page-files.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = 'lib/board/page';
const HTML = `${PAGE}/board.html`;

/** @returns the files, and what they were made of */
export async function buildPage(): Promise<{ files: PageTexts; inputs: string[] }> {
  const { outputFiles, metafile } = await esbuild({
    absWorkingDir: ROOT,
    entryPoints: { board: `${PAGE}/main.tsx` },
    outdir: 'dist',
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    // The page's own words hold dashes and arrows, which need no escapes.
    charset: 'utf8',
    tsconfig: `${PAGE}/tsconfig.json`,
    logLevel: 'warning',
    write: false,
    metafile: true,
  });
  const textOf = (type: string) => outputFiles.find(({ path }) => path.endsWith(type))?.text ?? '';
  return {
    files: { html: readFileSync(join(ROOT, HTML), 'utf8'), script: textOf('.js'), styles: textOf('.css') },
    inputs: [HTML, relative(ROOT, import.meta.filename), ...Object.keys(metafile.inputs)],
  };
}
