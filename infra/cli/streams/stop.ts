/** Stops one stream by its row, and explains what happens then. */
import {
  ConditionalCheckFailedException,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { toRow } from '../../../lib/store/items.ts';
import { described } from '../rows.ts';
import { ageOf } from './age.ts';
import type { Stream, Streams } from './read.ts';

/** Whether keep-alives can stop streams there, or why that is unknown. */
export type Stopping = 'on' | 'off' | { readonly unknown: string };

/** @returns the row as it is then; undefined where there is no such stream */
export const stopStream = (streams: Streams, id: string, reason: string | undefined): Promise<Stream | undefined> =>
  say(streams, id, {
    UpdateExpression: 'SET #stop = :stop, #revision = if_not_exists(#revision, :none) + :one REMOVE #by',
    // Who stopped it on the board no longer applies.
    ExpressionAttributeNames: { '#stop': 'stop', '#by': 'stopBy', '#revision': 'revision' },
    ExpressionAttributeValues: { ':stop': reason ? { S: reason } : { BOOL: true }, ...COUNTED },
    ReturnValues: 'ALL_NEW',
  });

/** @returns the row as it was; undefined where there is no such stream */
export const takeStopBack = (streams: Streams, id: string): Promise<Stream | undefined> =>
  say(streams, id, {
    UpdateExpression: 'SET #revision = if_not_exists(#revision, :none) + :one REMOVE #stop, #by, #stopSentAt',
    ExpressionAttributeNames: {
      '#stop': 'stop',
      '#by': 'stopBy',
      '#stopSentAt': 'stopSentAt',
      '#revision': 'revision',
    },
    ExpressionAttributeValues: COUNTED,
    ReturnValues: 'ALL_OLD',
  });

/** A keep-alive that is being checked against the previous row has to read it again. */
const COUNTED = { ':none': { N: '0' }, ':one': { N: '1' } };

async function say(
  { dynamo, streamsTable }: Streams,
  id: string,
  update: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
): Promise<Stream | undefined> {
  try {
    const { Attributes = {} } = await dynamo.send(
      new UpdateItemCommand({
        TableName: streamsTable,
        Key: { mediaSessionId: { S: id } },
        // Otherwise a misspelt id would create a row.
        ConditionExpression: 'attribute_exists(mediaSessionId)',
        ...update,
      }),
    );
    return toRow(Attributes);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/** Explains in a sentence or two what a stop will do. */
export function whatStopDoes(id: string, stream: Stream, stopping: Stopping, now: number): string {
  const what = described('stream', id, stream);
  if (stream.phase === 'ended') return `${what} has ended already, at ${stream.endedAt}: there is nothing to stop.`;
  if (stopping === 'off') {
    return (
      `${what} will NOT be stopped: stopping is off there. STOP_STREAMS=true switches it on, for clients that connect ` +
      `from then on. "stop" stays in the row for them; --undo removes it.`
    );
  }
  if (stream.stopSentAt !== undefined) {
    return (
      `${what}: its keep-alives have been answered 403 since ${stream.stopSentAt}, and WCS should end it. If it ` +
      `continues, its client connected before stopping was on.`
    );
  }
  const unseen =
    stopping === 'on'
      ? ''
      : ` This works if stopping is on there (STOP_STREAMS=true, or a policy that can limit streams), which cannot be ` +
        `seen from here: ${stopping.unknown}.`;
  return what + whenStopped(stream, now) + unseen;
}

function whenStopped({ phase, lost, denied, keepAlive, lastSeenAt }: Stream, now: number): string {
  const heard = `it was last heard of ${ageOf(now - Date.parse(String(lastSeenAt)))} ago`;
  if (phase === 'lost') {
    return ` is lost (${lost}): nothing happens unless it sends a keep-alive again, which is then answered 403. If it is gone, --end ends its row.`;
  }
  if (phase === 'denied') return ` was denied (${denied}). If WCS continues with it, its first keep-alive stops it.`;
  if (phase !== 'live') return ' has not started yet: its first keep-alive stops it.';
  if (keepAlive) return ` is stopped with its next keep-alive; ${heard}.`;
  return ` is stopped with its first keep-alive, but has sent none yet: are they on in WCS? Without them nothing stops it; ${heard}.`;
}

/** Explains in a sentence or two what taking a stop back did. `before`: the row as it was. */
export function whatUndoDid(id: string, before: Stream): string {
  const what = described('stream', id, before);
  const { stop, stopAt, stopSentAt, phase } = before;
  const stopAtStays =
    stopAt === undefined
      ? ''
      : ` "stopAt" stays (${stopAt}): it is the operator's or a token's, and stops it from then on.`;
  if (stop === undefined && stopSentAt === undefined)
    return `${what} has no "stop": there is nothing to undo.${stopAtStays}`;
  if (phase === 'ended')
    return `Too late: ${what} has ended, at ${before.endedAt}. "stop" is no longer in its row.${stopAtStays}`;
  if (stopSentAt !== undefined) {
    return (
      `Too late: a keep-alive of ${what} was answered 403 at ${stopSentAt}, and WCS should end it. "stop" is no longer in its row: ` +
      `if it continues, its keep-alives are answered 200 again.${stopAtStays}`
    );
  }
  return `${what} will no longer be stopped: no keep-alive was answered 403.${stopAtStays}`;
}
