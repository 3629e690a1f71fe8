/** Single requests to the table of streams: read a row, write a row on a condition. */
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  UpdateItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { Differences } from '../state/merge.ts';
import type { Row } from '../state/row.ts';
import { createExpression, type Update } from './expression.ts';
import { toRow, type Item } from './items.ts';

/** A condition that did not hold is a value; the row comes with it where the database gives it (dynalite does not). */
export type Written = { readonly done: true } | { readonly done: false; readonly row?: Row };

export function createStreamTable(client: Pick<DynamoDBClient, 'send'>, table: string) {
  return {
    /** Consistently; an empty row where there is none. */
    async read(id: string, abortSignal?: AbortSignal): Promise<Row> {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: keyOf(id), ConsistentRead: true }),
        abortSignal ? { abortSignal } : {},
      );
      return toRow(Item ?? {});
    },

    async write(id: string, update: Update, abortSignal?: AbortSignal): Promise<Written> {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: keyOf(id),
            ...update,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
          abortSignal ? { abortSignal } : {},
        );
        return { done: true };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return error.Item ? { done: false, row: toRow(error.Item) } : { done: false };
      }
    },
  };
}
export type StreamTable = ReturnType<typeof createStreamTable>;

export const keyOf = (id: string): Item => ({ mediaSessionId: { S: id } });

/** Just the differences, if nobody wrote since the row was read. */
export function unlessChanged({ set, remove }: Differences, row: Row): Update {
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
