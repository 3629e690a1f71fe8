/** An operator's word about one stream, written into its row. */
import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { toRow } from '../../lib/store/items.ts';
import type { Stage } from '../stage-access.ts';
import type { Stream } from './read.ts';

/** @returns the row as it is then; undefined where there is no such stream */
export async function stopStream(
  { dynamo, streamsTable }: Pick<Stage, 'dynamo' | 'streamsTable'>,
  id: string,
  reason: string | undefined,
): Promise<Stream | undefined> {
  try {
    const { Attributes = {} } = await dynamo.send(
      new UpdateItemCommand({
        TableName: streamsTable,
        Key: { mediaSessionId: { S: id } },
        UpdateExpression: 'SET #stop = :stop',
        // Without it a misspelt id would make a row.
        ConditionExpression: 'attribute_exists(mediaSessionId)',
        ExpressionAttributeNames: { '#stop': 'stop' },
        ExpressionAttributeValues: { ':stop': reason ? { S: reason } : { BOOL: true } },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return toRow(Attributes);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/** What comes of it, in a sentence. */
export function whatStopDoes(id: string, { phase, name, endedAt, keepAlive }: Stream): string {
  const stream = `${id} (${name ?? 'without a name'}, ${phase})`;
  if (phase === 'ended') return `${stream} has ended already, at ${endedAt}.`;
  if (keepAlive) return `${stream} is stopped with its next keep-alive, where STOP_STREAMS=true.`;
  return `${stream} is stopped with its first keep-alive, where STOP_STREAMS=true: it has sent none yet. Are they on in WCS?`;
}
