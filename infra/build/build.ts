/** `npm run build`, and before serverless packages: bundles each file of functions/ into one minified CommonJS file in dist/, with an entry that awaits its warm-up. */
import { build as esbuild, type Plugin } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { buildPage } from './page.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The SDK's clients read their version from their package.json, and would bundle the whole file. */
const onlyVersionOfSdk: Plugin = {
  name: 'only-version-of-sdk',
  setup(build) {
    build.onLoad({ filter: /@aws-sdk\/client-[^/]+\/package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

const configOfEnvironment: Plugin = {
  name: 'config-of-environment',
  setup(build) {
    build.onResolve({ filter: /\/configLoader$/ }, () => ({ path: join(import.meta.dirname, 'lambda-config.ts') }));
  },
};

/** Packages that the SDK's clients import and none of our functions needs. */
const UNUSED = [
  '@aws-sdk/middleware-endpoint-discovery',
  '@aws/lambda-invoke-store',
  '@smithy/core/checksum',
  '@smithy/node-http-handler',
];

/** The list of files that a build read, beside its bundles. */
const INPUTS = 'inputs.json';

/**
 * @param folder where the bundles go; `plugins` are for tests that bundle something else in place of a file
 * @returns the size of each bundle in bytes, by function
 */
export async function build(folder = 'dist', plugins: Plugin[] = []): Promise<Map<string, number>> {
  const page = await buildPage();
  const { outputFiles, metafile } = await esbuild({
    absWorkingDir: ROOT,
    entryPoints: readdirSync(join(ROOT, 'functions')).map((file) => `functions/${file}`),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    minify: true,
    // CommonJS: in an ES module `import 'node:https'` loads undici, 40 ms of a cold start.
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    define: { BOARD_PAGE: JSON.stringify(page.files) },
    alias: {
      '@aws-sdk/credential-provider-node': './infra/build/lambda-credentials.ts',
      ...Object.fromEntries(UNUSED.map((name) => [name, './infra/build/lambda-sdk.ts'])),
    },
    // `await import('node:http')` in a hook would still load undici, 20 ms of the first hook.
    supported: { 'dynamic-import': false },
    // The SDK imports it for operations that stream, and none of ours does. It has 15 KB.
    external: ['@smithy/core/event-streams'],
    plugins: [onlyVersionOfSdk, configOfEnvironment, ...plugins],
    // Source maps are for reading stack traces; the zips contain only the bundles.
    sourcemap: 'external',
    logLevel: 'warning',
    write: false,
    metafile: true,
  });
  mkdirSync(join(ROOT, folder), { recursive: true });
  for (const { path, contents } of outputFiles) {
    replace(path, contents);
    if (path.endsWith('.cjs')) replace(path.replace(/cjs$/, 'mjs'), Buffer.from(entryOf(basename(path))));
  }
  // The value of a `define` is an input without a file.
  const inputs = Object.keys(metafile.inputs).filter((input) => !input.startsWith('<define:'));
  writeFileSync(join(ROOT, folder, INPUTS), JSON.stringify([...inputs, ...page.inputs]));
  const bundles = outputFiles.filter(({ path }) => path.endsWith('.cjs'));
  return new Map(bundles.map(({ path, contents }) => [basename(path, '.cjs'), contents.length]));
}

/** What Lambda loads: an ES module, because only those can await something before the first hook. */
const entryOf = (bundle: string) => `import { createRequire } from 'node:module';
const { handler, ready } = createRequire(import.meta.url)('./${bundle}');
await ready;
export { handler };
`;

/** Builds only if something changed: for a start on this machine. A deployment always builds. */
export async function buildIfChanged(): Promise<void> {
  if (!isUpToDate()) await build();
}

/** Whether the bundles in dist/ are newer than everything they were built from. */
export function isUpToDate(): boolean {
  try {
    const list = join(ROOT, 'dist', INPUTS);
    const inputs = JSON.parse(readFileSync(list, 'utf8')) as string[];
    const builtAt = statSync(list).mtimeMs;
    const functions = readdirSync(join(ROOT, 'functions')).map((file) => basename(file, '.ts'));
    const isBuilt = (name: string) =>
      inputs.includes(`functions/${name}.ts`) &&
      ['cjs', 'mjs'].every((type) => existsSync(join(ROOT, 'dist', `${name}.${type}`)));
    if (!functions.every(isBuilt)) return false;
    // npm unpacks packages with old modification times: its own list shows when they changed.
    const others = [import.meta.filename, 'node_modules/.package-lock.json'];
    return [...inputs, ...others].every((file) => statSync(resolve(ROOT, file)).mtimeMs < builtAt);
  } catch {
    return false;
  }
}

/** Writes the file at once or not at all: a local stack may be loading it right now. */
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
if (process.argv[1] === import.meta.filename) void build().then(printSizes);
