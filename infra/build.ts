/** Bundles each file of functions/ into one minified CommonJS file in dist/. `npm run build`; serverless runs it before it packages. */
import { build as esbuild } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** @returns the size of each bundle in bytes, by function */
export async function build(): Promise<Map<string, number>> {
  const { outputFiles } = await esbuild({
    absWorkingDir: ROOT,
    entryPoints: readdirSync(join(ROOT, 'functions')).map((file) => `functions/${file}`),
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    minify: true,
    // CommonJS: in an ES module `import 'node:https'` loads undici, 40 ms of a cold start.
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    alias: { '@aws-sdk/credential-provider-node': './infra/lambda-credentials.ts' },
    // For reading stack traces; the zips hold the bundles alone.
    sourcemap: 'external',
    logLevel: 'warning',
    write: false,
  });
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  for (const { path, contents } of outputFiles) replace(path, contents);
  const bundles = outputFiles.filter(({ path }) => path.endsWith('.cjs'));
  return new Map(bundles.map(({ path, contents }) => [basename(path, '.cjs'), contents.length]));
}

/** At once or not at all: a local stack may be loading the file right now. */
function replace(path: string, contents: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, contents);
  renameSync(unfinished, path);
}

export function printSizes(sizes: Map<string, number>): void {
  for (const [name, bytes] of sizes) {
    console.log(`built dist/${name}.cjs`.padEnd(28), `${(bytes / 1000).toFixed(1)} KB`.padStart(9));
  }
}

// No top-level await: serverless requires this module.
if (import.meta.main) void build().then(printSizes);
