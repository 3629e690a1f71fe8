/** The rows of the local stack, read and written past the functions. */
import { BatchWriteItemCommand, DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Row } from '../../../lib/state/row.ts';
import { toAttributeValue, toRow } from '../../../lib/store/items.ts';
import type { LocalStack } from '../../support/local-stack.ts';

const TABLE = 'wcs-hooks-local-streams';
const clientOf = ({ ports }: LocalStack) =>
  new DynamoDBClient({
    endpoint: `http://127.0.0.1:${ports.DYNAMODB_PORT}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

/** @returns what the index of live streams holds */
export async function liveRows(stack: LocalStack): Promise<(Row & { readonly mediaSessionId: string })[]> {
  const client = clientOf(stack);
  const rows = [];
  for (const role of ['publishing', 'playing']) {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: TABLE,
        IndexName: 'live',
        KeyConditionExpression: '#live = :role',
        ExpressionAttributeNames: { '#live': 'live' },
        ExpressionAttributeValues: { ':role': { S: role } },
      }),
    );
    rows.push(...Items.map((item) => ({ ...toRow(item), mediaSessionId: String(item['mediaSessionId']?.S) })));
  }
  client.destroy();
  return rows;
}

const AT_ONCE = 25;

/** Writes live publishers named `many-00000` and so on. */
export async function writeLive(
  stack: LocalStack,
  count: number,
  onProgress: (written: number) => void,
): Promise<void> {
  const client = clientOf(stack);
  const now = Date.now();
  const items = Array.from({ length: count }, (_, n) => {
    const at = new Date(now - n * 100).toISOString();
    return {
      mediaSessionId: `many-${n}`,
      ...{ phase: 'live', status: 'PUBLISHING', statusAt: at, live: 'publishing', published: true },
      ...{ name: `many-${String(n).padStart(5, '0')}`, appKey: 'defaultApp', nodeId: `node@192.0.2.${n % 8}` },
      ...{ sessionId: `session-${n}`, firstSeenAt: at, startedAt: at, lastSeenAt: at, rank: `4#${at}#00000000` },
    };
  });
  for (let from = 0; from < count; from += AT_ONCE) {
    const batch = items.slice(from, from + AT_ONCE).map((row) => ({
      PutRequest: {
        Item: Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toAttributeValue(value)])),
      },
    }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: batch } }));
    if (from % 2500 === 0) onProgress(from);
  }
  client.destroy();
}
