import { describe } from 'vitest';
import { startFakeDynamo } from '../../support/fake-dynamo.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { describeStore } from '../../support/store-contract.ts';

const NO_PAUSES = { deadline: () => AbortSignal.timeout(2000), pause: () => Promise.resolve() };

describe('the fake DynamoDB', () => {
  describe('keeps the contract of the store', () => describeStore(startFakeDynamo, propertyRuns(100), NO_PAUSES));
  describe('keeps it without the row of a failed condition', () =>
    describeStore(() => startFakeDynamo({ givesItem: false }), propertyRuns(40), NO_PAUSES));
});
