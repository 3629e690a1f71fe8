import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * The container's one client; it keeps its connections alive. A request that hangs is given up early enough for the SDK
 * to send it again within the 2 s of all store work.
 */
export const createDynamoClient = () =>
  new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 500, requestTimeout: 900, throwOnRequestTimeout: true },
  });
