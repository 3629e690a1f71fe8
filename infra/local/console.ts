/** The local stand-in for the DynamoDB console: dynamodb-admin. */
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { listening, runAsChild } from './child.ts';
import { DYNAMODB_ENDPOINT, LOOPBACK, PORTS } from './settings.ts';

/** dynamodb-admin's own types need those of express. */
interface DynamodbAdmin {
  createServer(options: { dynamoEndpoint: string }): { listen(port: number, host: string): Server };
}

runAsChild(() => {
  const admin = createRequire(import.meta.url)('dynamodb-admin') as DynamodbAdmin;
  return listening(admin.createServer({ dynamoEndpoint: DYNAMODB_ENDPOINT }).listen(PORTS.CONSOLE_PORT, LOOPBACK));
});
