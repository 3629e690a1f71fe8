/** The three that are compared: ours as it is deployed, and two others as they are commonly bundled. */
import { build as esbuild } from 'esbuild';
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../../infra/build/build.ts';

export const RECEIVERS = ['bare', 'tutorial', 'ours'] as const;
export type Receiver = (typeof RECEIVERS)[number];

export const TITLES: Readonly<Record<Receiver, string>> = {
  bare: 'a bare UpdateItem',
  tutorial: "a tutorial's receiver",
  ours: 'wcs-hooks',
};

export interface Bundle {
  /** What a container loads. */
  readonly file: string;
  readonly bytes: number;
}

const DIST = join(import.meta.dirname, '../../../dist');

/** `sizes` of our own functions in bytes. The others get what AWS recommends: minified, from the SDK's ES modules, which tree shaking can halve. */
export async function buildReceivers(): Promise<{ bundles: Record<Receiver, Bundle>; sizes: Map<string, number> }> {
  const folder = mkdtempSync(join(tmpdir(), 'wcs-hooks-bench-'));
  await esbuild({
    entryPoints: ['bare', 'tutorial'].map((name) => join(import.meta.dirname, `receivers/${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
  });
  const sizes = await build();
  const other = (name: string): Bundle => {
    const file = join(folder, `${name}.cjs`);
    return { file, bytes: statSync(file).size };
  };
  const ours = { file: join(DIST, 'event.mjs'), bytes: sizes.get('event') ?? NaN };
  return { bundles: { bare: other('bare'), tutorial: other('tutorial'), ours }, sizes };
}
