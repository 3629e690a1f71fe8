import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mkdtempSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createQueueServer } from '../../infra/local/queue-server.ts';
import { queuePath } from '../../infra/local/queue-definitions.ts';
import { sightingOf } from '../../lib/state/sighting-of.ts';
import { readMessage } from '../../lib/store/read-parked-message.ts';
import { createDeadLetters, createParking } from '../../lib/store/queues.ts';

const QUEUES = [
  { name: 'parking', visibilityTimeout: 120, redrive: { deadLetterQueue: 'dead-letters', maxReceiveCount: 2 } },
  { name: 'dead-letters', visibilityTimeout: 30 },
];

describe('the queue', () => {
  let file = '';
  let now = 1_000_000;
  let server: Server;
  let client: SQSClient;
  let url: (name: string) => string;

  async function open() {
    server = createQueueServer(file, QUEUES, { now: () => now });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    url = (name) => `${endpoint}${queuePath(name)}`;
    Object.assign(process.env, {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
      AWS_ENDPOINT_URL_SQS: endpoint,
    });
    client = new SQSClient({});
  }
  async function close() {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  beforeEach(async () => {
    file = join(mkdtempSync(join(tmpdir(), 'wcs-hooks-queue-')), 'queue.sqlite');
    await open();
  });
  afterEach(close);

  const receive = async (name: string) =>
    (
      await client.send(
        new ReceiveMessageCommand({ QueueUrl: url(name), MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
      )
    ).Messages ?? [];

  it('takes a parked sighting with any character, and gives it back', async () => {
    const sighting =
      sightingOf(
        'StreamStatusEvent',
        { mediaSessionId: 'm\u{1f600}', status: '\u0000\u{1d306}\ud800', name: 'ä' },
        5,
      ) ?? expect.fail();
    await createParking({ parkingQueueUrl: url('parking') }).park(sighting, 'r');
    const [message] = await receive('parking');
    expect(readMessage(message?.Body ?? '')).toEqual({ v: 3, sighting, requestId: 'r' });
  });

  it('hides what was received, and gives it again after its visibility timeout unless it was deleted', async () => {
    const QueueUrl = url('parking');
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
    const [first] = await receive('parking');
    expect(await receive('parking')).toEqual([]);
    now += 119_999;
    expect(await receive('parking')).toEqual([]);
    now += 1;
    expect(await receive('parking')).toMatchObject([{ Body: 'a', MessageId: first?.MessageId }]);
    await client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 }),
    );
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
    now += 1e9;
    expect(await receive('parking')).toEqual([]);
  });

  it('keeps its messages over a restart, and counts them', async () => {
    for (const MessageBody of ['a', 'b', 'c'])
      await client.send(new SendMessageCommand({ QueueUrl: url('parking'), MessageBody }));
    await client.send(new ReceiveMessageCommand({ QueueUrl: url('parking') }));
    await close();
    await open();
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url('parking'), AttributeNames: ['All'] }),
    );
    expect(Attributes).toEqual({ ApproximateNumberOfMessages: '2', ApproximateNumberOfMessagesNotVisible: '1' });
  });

  it('moves a message to the dead letters that was received too often', async () => {
    await client.send(new SendMessageCommand({ QueueUrl: url('parking'), MessageBody: 'a' }));
    for (let receipt = 0; receipt < 2; receipt++) {
      expect(await receive('parking')).toHaveLength(1);
      now += 120_000;
    }
    expect(await receive('parking')).toEqual([]);
    expect(await receive('dead-letters')).toMatchObject([{ Body: 'a' }]);
  });

  it('takes dead letters with their reason', async () => {
    await createDeadLetters({ deadLetterQueueUrl: url('dead-letters') })('body', 'because\u0000 \u{1f600}');
    expect(await receive('dead-letters')).toMatchObject([
      { Body: 'body', MessageAttributes: { reason: { DataType: 'String', StringValue: 'because\ufffd \u{1f600}' } } },
    ]);
  });

  it('outlives a sender that gives up in the middle of a message', async () => {
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await client.send(new SendMessageCommand({ QueueUrl: url('parking'), MessageBody: 'a' }));
    expect(await receive('parking')).toHaveLength(1);
  });

  it('rejects actions that it does not know', async () => {
    await expect(client.send(new SendMessageCommand({ QueueUrl: url('nope'), MessageBody: 'a' }))).rejects.toThrow(
      'does not exist',
    );
    await expect(client.send(new SendMessageCommand({ QueueUrl: url('parking'), MessageBody: '' }))).rejects.toThrow();
  });
});
