/** Makes the tables of the resolved CloudFormation resources: there is no second definition of them. */
import {
  CreateTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb';

export type Resources = Record<string, { Type: string; Properties?: unknown }>;

/** What CreateTable takes of a table's properties; the rest (TTL, recovery) is set by other calls, which dynalite lacks. */
function createTableInput(properties: CreateTableCommandInput): CreateTableCommandInput {
  const { TableName, BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = properties;
  return { TableName, BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes };
}

export async function createTables(resources: Resources, client: DynamoDBClient): Promise<void> {
  const tables = Object.values(resources).filter(({ Type }) => Type === 'AWS::DynamoDB::Table');
  for (const { Properties } of tables) {
    try {
      await client.send(new CreateTableCommand(createTableInput(Properties as CreateTableCommandInput)));
    } catch (error) {
      // There since an earlier start, with its rows.
      if (!(error instanceof ResourceInUseException)) throw error;
    }
  }
}
