import { defineConfig } from 'vitest/config';

/** Apart from the suite: these need a client that is compiled on demand. */
export default defineConfig({
  test: {
    include: ['test/programs/runtime/*.runtime.ts'],
    globalSetup: ['test/support/build-bundles.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
