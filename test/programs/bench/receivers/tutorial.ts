/** A receiver of webhooks as tutorials write it: middy with its parser and error handler, zod, the document client's PutCommand. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { z } from 'zod';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}), {
  marshallOptions: { removeUndefinedValues: true },
});

const StreamStatusEvent = z.object({
  nodeId: z.string(),
  appKey: z.string(),
  sessionId: z.string(),
  mediaSessionId: z.string(),
  name: z.string(),
  published: z.boolean(),
  status: z.string(),
  info: z.string().optional(),
  hasVideo: z.boolean().optional(),
  hasAudio: z.boolean().optional(),
  audioCodec: z.string().optional(),
  videoCodec: z.string().optional(),
  record: z.boolean().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  createDate: z.number().optional(),
  mediaType: z.string().optional(),
  mediaProvider: z.string().optional(),
});

async function receive({ body }: { body?: unknown }) {
  const Item = { ...StreamStatusEvent.parse(body), receivedAt: new Date().toISOString() };
  await client.send(new PutCommand({ TableName: process.env['STREAMS_TABLE'], Item }));
  return { statusCode: 200, body: JSON.stringify(body) };
}

export const handler = middy<APIGatewayProxyEventV2>()
  .use(httpJsonBodyParser())
  .use(httpErrorHandler())
  .handler(receive);
