import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'vitest';
import { startDynamo } from '../support/dynamo.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { describeStore } from '../support/store-contract.ts';

/** A machine that is busy with other tests is no reason to give up, nor are the pauses to wait for. */
const PATIENT = {
  deadline: () => AbortSignal.timeout(20_000),
  pause: (milliseconds: number, signal: AbortSignal) => sleep(milliseconds / 10, undefined, { signal }),
};

/** Many more histories are played on the fake DynamoDB, which keeps the same contract (test/unit/support). */
describe('the store on a DynamoDB API', () => {
  describe('that gives the row with a failed condition, as AWS', () =>
    describeStore(() => startDynamo({ givesItem: true }), propertyRuns(8), PATIENT));
  describe('that does not', () => describeStore(startDynamo, propertyRuns(4), PATIENT));
});
