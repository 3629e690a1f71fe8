/** What is in the tables: the rows of the simulator's clients, and what somebody with other aims writes. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { SHOWN } from '../../../lib/board/shown.ts';
import { KINDS, type KindName } from '../../../lib/state/row.ts';
import type { LocalStack } from '../../support/local-stack.ts';
import { runScript } from '../../support/run-script.ts';

/** Sends the hooks of clients that stay, of ones that end, and of phones. @param token of each client */
export async function fillTables(stack: LocalStack, token: string | undefined): Promise<void> {
  const env = { ...process.env, DYNAMODB_PORT: String(stack.ports.DYNAMODB_PORT) };
  const common = ['--url', stack.url, ...(token === undefined ? [] : ['--token', token])];
  for (const scenario of ['crash', 'lifecycle']) {
    const { code, stderr } = await runScript('simulate', [...common, '--scenario', scenario, '--streams', '3'], env);
    if (code !== 0) throw new Error(`simulate --scenario ${scenario}: ${stderr}`);
  }
  for (const [callId, status] of [
    ['rings', 'RING'],
    ['talks', 'ESTABLISHED'],
    ['over', 'FINISH'],
  ]) {
    const call = { callId, status, caller: '1001', callee: '4930901820', nodeId: 'n', sessionId: 's', appKey: 'a' };
    await send(stack, 'CallStatusEvent', call);
  }
}

export async function send(stack: LocalStack, method: string, body: object): Promise<void> {
  const { status } = await stack.post(method, JSON.stringify(body));
  if (status !== 200) throw new Error(`${method} was answered ${status}`);
}

/** A live stream, a live call and a session of these ids, as hooks make them. */
export async function sendRows(stack: LocalStack, id: string): Promise<void> {
  const common = { nodeId: 'n', appKey: 'a', sessionId: id };
  const stream = { ...common, mediaSessionId: id, name: 'room', published: true, status: 'PUBLISHING' };
  await send(stack, 'StreamStatusEvent', stream);
  await send(stack, 'CallStatusEvent', { ...common, callId: id, caller: '1', callee: '2', status: 'ESTABLISHED' });
  await send(stack, 'ConnectionStatusEvent', { ...common, status: 'ESTABLISHED' });
}

const TABLES: Record<KindName, string> = { stream: 'streams', call: 'calls', session: 'sessions' };

/** Writes attributes into the rows of these ids, past the backend. */
export async function writeInto(stack: LocalStack, id: string, attributesOf: (kind: KindName) => object) {
  const client = new DynamoDBClient({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${stack.ports.DYNAMODB_PORT}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const documents = DynamoDBDocumentClient.from(client);
  for (const kind of Object.keys(TABLES) as KindName[]) {
    const attributes = Object.entries(attributesOf(kind));
    await documents.send(
      new UpdateCommand({
        TableName: `wcs-hooks-local-${TABLES[kind]}`,
        Key: { [KINDS[kind].key]: id },
        UpdateExpression: `SET ${attributes.map((_, n) => `#f${n} = :v${n}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(attributes.map(([name], n) => [`#f${n}`, name])),
        ExpressionAttributeValues: Object.fromEntries(attributes.map(([, value], n) => [`:v${n}`, value])),
      }),
    );
  }
  client.destroy();
}

export const pathOf = (kind: KindName) => TABLES[kind];

/** What a row of the kind shows that WCS or a client has put there as text. */
export const shownTexts = (kind: KindName): readonly string[] =>
  SHOWN[kind].filter((field) =>
    ['info', 'name', 'denied', 'origin', 'userAgent', 'caller', 'callee', 'visibleName', 'recordName', 'sub'].includes(
      field,
    ),
  );
