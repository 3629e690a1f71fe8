/** Creates the tables of the resolved CloudFormation resources: they are defined only there. */
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { setTimeout as sleep } from 'node:timers/promises';

export type Resources = Record<string, { Type: string; Properties?: unknown }>;

/** The properties that CreateTable accepts; the rest (TTL, recovery) is set by other calls, which dynalite lacks. */
function createTableInput(properties: CreateTableCommandInput): CreateTableCommandInput {
  const { TableName, BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = properties;
  return { TableName, BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes };
}

export async function createTables(resources: Resources, client: DynamoDBClient): Promise<void> {
  const tables = Object.values(resources).filter(({ Type }) => Type === 'AWS::DynamoDB::Table');
  for (const { Properties } of tables) {
    const input = createTableInput(Properties as CreateTableCommandInput);
    try {
      await client.send(new CreateTableCommand(input));
    } catch (error) {
      // An earlier start created it, and it has its rows.
      if (!(error instanceof ResourceInUseException)) throw error;
    }
    await active(input.TableName, client);
  }
}

/** Waits until the table is active: until then, nothing can be written to it. */
async function active(TableName: string | undefined, client: DynamoDBClient): Promise<void> {
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === 'ACTIVE') return;
    await sleep(10);
  }
}
