import { defineConfig } from 'vitest/config';

/** The tests that need no other process: a mutant lives only in the process that runs it. */
export default defineConfig({
  test: {
    include: ['test/unit/{state,access,wcs}/**/*.test.ts', 'test/functional/**/*.test.ts'],
    exclude: ['test/functional/{shown-commands,swallowed-options}.test.ts'],
    setupFiles: ['test/programs/mutation/short-properties.ts'],
    testTimeout: 30_000,
  },
});
