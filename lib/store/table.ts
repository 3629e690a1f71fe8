/** Single requests to one table: read a row, write a row on a condition. */
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  UpdateItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { Differences } from '../state/merge.ts';
import type { Kind, Row } from '../state/row.ts';
import { createExpression, type Update } from './expression.ts';
import { toRow, type Item } from './items.ts';
import type { Budget } from './budget.ts';

/**
 * A condition that did not hold is a value; the row comes with it where the database gives it (dynalite does not).
 * `before`: what the row was, where the write asked for it.
 */
export type Written = { readonly done: true; readonly before?: Row } | { readonly done: false; readonly row?: Row };

export function createTable(client: Pick<DynamoDBClient, 'send'>, TableName: string, key: Kind['key']) {
  const keyOf = (id: string): Item => ({ [key]: { S: id } });
  return {
    name: TableName,
    keyOf,
    idOf: (item: Item) => item[key]?.S ?? '',

    /** Consistently; an empty row where there is none. */
    async read(id: string, budget: Budget): Promise<Row> {
      budget.requests++;
      const { Item } = await client.send(new GetItemCommand({ TableName, Key: keyOf(id), ConsistentRead: true }), {
        abortSignal: budget.signal,
      });
      return toRow(Item ?? {});
    },

    async write(id: string, update: Update, budget: Budget): Promise<Written> {
      budget.requests++;
      try {
        const { Attributes } = await client.send(
          new UpdateItemCommand({
            TableName,
            Key: keyOf(id),
            ...update,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
          { abortSignal: budget.signal },
        );
        return { done: true, ...(Attributes ? { before: toRow(Attributes) } : {}) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return error.Item ? { done: false, row: toRow(error.Item) } : { done: false };
      }
    },
  };
}
export type Table = ReturnType<typeof createTable>;

/** Just the differences, if nobody wrote since the row was read. */
export function ifUnchanged({ set, remove }: Differences, row: Row): Update {
  const expression = createExpression();
  for (const [field, value] of set) expression.set(field, expression.value(value));
  for (const field of remove) expression.remove(field);
  const revision = expression.name('revision');
  return expression.build(
    row.revision === undefined
      ? `attribute_not_exists(${revision})`
      : `${revision} = ${expression.value(row.revision)}`,
  );
}
