import type { DynamoDBRecord } from 'aws-lambda';
import { KINDS, type KindName, type Row } from '../../lib/state/row.ts';
import { toAttributeValue } from '../../lib/store/items.ts';

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];

export const imageOf = (row: Row | undefined): Image =>
  row && (Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toAttributeValue(value)])) as Image);

/** What DynamoDB Streams gives of a write, the n-th of its stream. */
export function recordOf(
  kind: KindName,
  id: string,
  n: number,
  before: Row | undefined,
  after: Row | undefined,
  seconds = 1_800_000_000,
): DynamoDBRecord {
  const images = [
    ['OldImage', imageOf(before)],
    ['NewImage', imageOf(after)],
  ] as const;
  return {
    eventID: `event-${n}`,
    eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
    eventSourceARN: `arn:aws:dynamodb:eu-central-1:1:table/wcs-hooks-dev-${kind}s/stream/2026-11-29T00:00:00.000`,
    dynamodb: {
      Keys: { [KINDS[kind].key]: { S: id } },
      SequenceNumber: String(n),
      ApproximateCreationDateTime: seconds,
      ...Object.fromEntries(images.filter(([, image]) => image)),
    },
  };
}
