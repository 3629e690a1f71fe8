import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** A mutant is tested until the first test fails: the quickest go first. */
class UnitFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const byKind = Map.groupBy(files, ({ moduleId }) => moduleId.includes('/test/unit/'));
    return Promise.resolve([...(byKind.get(true) ?? []), ...(byKind.get(false) ?? [])]);
  }
}

/** The tests that need no other process: a mutant lives only in the process that runs it. */
export default defineConfig({
  test: {
    include: ['test/unit/{state,access,wcs,settings,store,hooks}/**/*.test.ts', 'test/functional/**/*.test.ts'],
    exclude: ['test/functional/{docs,cli}/**'],
    setupFiles: ['test/programs/mutation/short-properties.ts'],
    sequence: { sequencer: UnitFirst },
    testTimeout: 30_000,
  },
});
