/** Rows as DynamoDB items and back. Rows are flat: no document client is needed. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Row } from '../state/row.ts';
import type { Attribute } from '../state/storable.ts';
import { readAs } from './index-keys.ts';

export type Item = Record<string, AttributeValue>;

export function toAttributeValue(value: Attribute): AttributeValue {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'number':
      return { N: String(value) };
    default:
      return { BOOL: value };
  }
}

/** Attributes of other types are not ours (somebody's note in the console): they are left alone. */
export function toRow(item: Item): Row {
  const attributes = Object.entries(item).map(([name, value]) => [name, valueOf(name, value)] as const);
  return Object.fromEntries(attributes.filter(([, value]) => value !== undefined));
}

function valueOf(name: string, { S, N, BOOL }: AttributeValue): Attribute | undefined {
  if (S !== undefined) return readAs(name, S);
  return N === undefined ? BOOL : Number(N);
}
