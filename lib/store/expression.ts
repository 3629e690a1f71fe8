/** Builds one conditional UpdateItem. Every name is aliased: `rank`, `name`, `status` and more are reserved words of DynamoDB. */
import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { Row } from '../state/row.ts';
import type { Attribute } from '../state/storable.ts';
import { toAttributeValue, type Item } from './items.ts';

export type Update = Pick<
  UpdateItemCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues' | 'ReturnValues'
>;

/** Each value's alias: equal values have one. */
export type ValueAliases = Map<Attribute, string>;

/** `values` may have aliases already; others are added to them. */
export function createExpression(values: ValueAliases = new Map()) {
  const names = new Map<keyof Row, string>();
  const sets: string[] = [];
  const removes: string[] = [];
  const name = (field: keyof Row) => aliasIn(names, field, '#');
  const value = (attribute: Attribute) => aliasIn(values, attribute, ':');
  return {
    name,
    value,
    set: (field: keyof Row, expression: string) => void sets.push(`${name(field)} = ${expression}`),
    remove: (field: keyof Row) => void removes.push(name(field)),
    /** With `revision` counted up, as with every write. */
    build(condition: string): Update {
      const revision = name('revision');
      sets.push(`${revision} = if_not_exists(${revision}, ${value(0)}) + ${value(1)}`);
      return {
        UpdateExpression: `SET ${sets.join(', ')}${removes.length > 0 ? ` REMOVE ${removes.join(', ')}` : ''}`,
        ConditionExpression: condition,
        ExpressionAttributeNames: Object.fromEntries([...names].map(([field, alias]) => [alias, field])),
        ExpressionAttributeValues: attributeValues(values),
      };
    },
  };
}

export function attributeValues(aliases: ValueAliases): Item {
  const values: Item = {};
  for (const [attribute, alias] of aliases) values[alias] = toAttributeValue(attribute);
  return values;
}

function aliasIn<T>(aliases: Map<T, string>, of: T, prefix: string): string {
  const alias = aliases.get(of) ?? `${prefix}${aliases.size}`;
  aliases.set(of, alias);
  return alias;
}
