/** `npm run streams`: an operator's word about one stream, written into its row. */
import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { fail, optionsOf, seeHelp, wordsOf } from './command-line.ts';
import { STAGE, useLocalAws } from './local/settings.ts';

const HELP = `npm run streams -- --stop ID [options]

Stops a stream: sets "stop" in its row. Its next keep-alive is answered 403, and WCS ends it; that needs STOP_STREAMS=true
here and keep-alives in WCS. The row's status stays WCS's until its end event comes; "stopSentAt" says since when.

  --stop ID      the stream's mediaSessionId
  --reason TEXT  why, kept in the row
  --stage NAME   of which stage (${STAGE}: the stack that npm start runs here)
  --region NAME  in which AWS region (environment: AWS_REGION; eu-central-1)
  --help         this text`;

const readOptions = () =>
  optionsOf('streams', {
    stop: { type: 'string' },
    reason: { type: 'string' },
    stage: { type: 'string', default: STAGE },
    region: { type: 'string' },
    help: { type: 'boolean', default: false },
  });

async function stop(id: string, reason: string | undefined, TableName: string): Promise<void> {
  const { Attributes = {} } = await new DynamoDBClient({}).send(
    new UpdateItemCommand({
      TableName,
      Key: { mediaSessionId: { S: id } },
      UpdateExpression: 'SET #stop = :stop',
      // Without it a misspelt id would make a row.
      ConditionExpression: 'attribute_exists(mediaSessionId)',
      ExpressionAttributeNames: { '#stop': 'stop' },
      ExpressionAttributeValues: { ':stop': reason ? { S: reason } : { BOOL: true } },
      ReturnValues: 'ALL_NEW',
    }),
  );
  const phase = Attributes['phase']?.S;
  const stream = `${id} (${Attributes['name']?.S ?? 'without a name'}, ${phase})`;
  if (phase === 'ended') console.log(`${stream} has ended already, at ${Attributes['endedAt']?.S}.`);
  else if (Attributes['keepAlive']?.BOOL) console.log(`${stream} is stopped with its next keep-alive.`);
  else console.log(`${stream} is stopped with its first keep-alive: it has sent none yet. Are they on in WCS?`);
}

const { stop: id, reason, stage, region, help } = readOptions();
if (help) {
  console.log(HELP);
} else if (!id) {
  fail('--stop ID is missing: which stream?\n' + seeHelp('streams'));
} else {
  if (stage === STAGE) useLocalAws();
  else process.env['AWS_REGION'] = region ?? process.env['AWS_REGION'] ?? 'eu-central-1';
  const table = `wcs-hooks-${stage}-streams`;
  await stop(id, reason, table).catch((error: Error) =>
    fail(
      error instanceof ConditionalCheckFailedException
        ? `There is no stream ${id} in ${table}.`
        : `${table} cannot be written: ${wordsOf(error)}`,
      1,
    ),
  );
}
