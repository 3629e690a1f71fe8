import { describe } from 'vitest';
import { startDynamo } from '../support/dynamo.ts';
import { describeStore } from '../support/store-contract.ts';

describe('the store on a DynamoDB API', () => {
  describe('that gives the row with a failed condition, as AWS', () =>
    describeStore(() => startDynamo({ givesItem: true }), 120));
  describe('that does not', () => describeStore(startDynamo, 60));
});
