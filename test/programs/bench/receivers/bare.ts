/** What the AWS SDK alone costs: one UpdateItem for each hook, nobody is authenticated, nothing is validated. */
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

const client = new DynamoDBClient({});

interface Body {
  readonly mediaSessionId: string;
  readonly status: string;
  readonly name: string;
}

export async function handler({ body = '', requestContext }: APIGatewayProxyEventV2) {
  const { mediaSessionId, status, name } = JSON.parse(body) as Body;
  await client.send(
    new UpdateItemCommand({
      TableName: process.env['STREAMS_TABLE'],
      Key: { mediaSessionId: { S: mediaSessionId } },
      UpdateExpression: 'SET #status = :status, #name = :name, #at = :at',
      ExpressionAttributeNames: { '#status': 'status', '#name': 'name', '#at': 'lastSeenAt' },
      ExpressionAttributeValues: {
        ':status': { S: status },
        ':name': { S: name },
        ':at': { N: String(requestContext.timeEpoch) },
      },
    }),
  );
  return { statusCode: 200, body };
}
