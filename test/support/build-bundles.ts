import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../infra/build/build.ts';

/** The suite tests what is deployed: the bundles are made anew for every run. */
export default async function setup(): Promise<void> {
  // Stacks and commands are started dozens of times: they need not compile the same files each time.
  process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'wcs-hooks-compile-cache');
  await build();
}
