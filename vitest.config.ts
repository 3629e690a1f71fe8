import { defineConfig } from 'vitest/config';

const testsIn = (...kinds: string[]) => kinds.map((kind) => `test/${kind}/**/*.test.ts`);

export default defineConfig({
  test: {
    globalSetup: ['test/support/build-bundles.ts'],
    // The tests of the stack wait more than they work: two cores bear three at a time.
    maxWorkers: 3,
    projects: [
      // They begin in the order of their names: what waits longest is first, and the last to end are short.
      { extends: true, test: { name: 'e2e', include: testsIn('e2e') } },
      { extends: true, test: { name: 'integration', include: testsIn('integration', 'programs') } },
      // They leave nothing behind: each worker loads the modules once for all of its files.
      { extends: true, test: { name: 'rules', include: testsIn('unit', 'functional'), isolate: false } },
    ],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
