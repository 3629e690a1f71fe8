import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mkdtempSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureChanges, type EventOf } from '../../infra/local/change-capture.ts';
import type { CapturedEvent } from '../../infra/local/event-store.ts';
import { openDynalite } from '../../infra/local/open-dynalite.ts';
import { createTables } from '../../infra/local/tables.ts';
import type { Item } from '../../lib/store/items.ts';

interface Images {
  readonly table: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/** Every write as an event that is its images. */
let nextId = 0;
const everything: EventOf = (table, before, after) => ({
  id: String(nextId++),
  subject: String((after ?? before)?.['id']?.S),
  at: 0,
  event: { id: '', 'detail-type': '', time: '', detail: { table, before, after } },
});

const TABLE = {
  TableName: 'rows',
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: ['id', 'live'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'live',
      KeySchema: [{ AttributeName: 'live', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
};

let path: string;
let client: DynamoDBClient;
let database: ReturnType<typeof openDynalite>;
let kept: CapturedEvent[];
let complaints: string[];
let keep: (events: readonly CapturedEvent[]) => void;

async function open(eventOf: EventOf = everything) {
  database = openDynalite({ path });
  await database.store.db.open();
  // A process that has ended keeps nothing any more.
  const keepOfThis = keep;
  await captureChanges(
    database.store.db,
    eventOf,
    (events) => keepOfThis(events),
    (text) => complaints.push(text),
  );
  await new Promise<void>((resolve) => database.server.listen(0, '127.0.0.1', resolve));
  client = new DynamoDBClient({
    region: 'x',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    endpoint: `http://127.0.0.1:${(database.server.address() as AddressInfo).port}`,
    maxAttempts: 1,
  });
}
async function close() {
  client.destroy();
  database.server.closeAllConnections();
  await new Promise((resolve) => database.server.close(resolve));
}

beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), 'wcs-hooks-capture-'));
  [kept, complaints] = [[], []];
  keep = (events) => kept.push(...events);
  await open();
  await createTables({ Rows: { Type: 'AWS::DynamoDB::Table', Properties: TABLE } }, client);
});
afterEach(close);

const item = (id: string, n: number): Item => ({ id: { S: id }, n: { N: String(n) }, live: { S: 'x' } });
const put = (id: string, n: number) => client.send(new PutItemCommand({ TableName: 'rows', Item: item(id, n) }));
const increase = (id: string) =>
  client.send(
    new UpdateItemCommand({
      TableName: 'rows',
      Key: { id: { S: id } },
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    }),
  );
const images = () => kept.map(({ event }) => event.detail as Images);
const settled = (count: number) => expect.poll(() => kept.length, { timeout: 5000 }).toBe(count);
const same = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

describe('what the local DynamoDB captures', () => {
  it('is each write of a row, by whichever operation, with the row before and after', async () => {
    await put('a', 1);
    await increase('a');
    await put('a', 7);
    await client.send(new BatchWriteItemCommand({ RequestItems: { rows: [{ PutRequest: { Item: item('b', 1) } }] } }));
    await client.send(new DeleteItemCommand({ TableName: 'rows', Key: { id: { S: 'a' } } }));
    await settled(5);
    expect(same(images())).toEqual([
      { table: 'rows', after: item('a', 1) },
      { table: 'rows', before: item('a', 1), after: item('a', 2) },
      { table: 'rows', before: item('a', 2), after: item('a', 7) },
      { table: 'rows', after: item('b', 1) },
      { table: 'rows', before: item('a', 7) },
    ]);
  });

  it('is not captured for a failed condition, an index entry or a removed table', async () => {
    await put('a', 1);
    const refused = new PutItemCommand({
      TableName: 'rows',
      Item: item('a', 2),
      ConditionExpression: 'attribute_not_exists(id)',
    });
    await expect(client.send(refused)).rejects.toThrow('conditional');
    await client.send(new DeleteTableCommand({ TableName: 'rows' }));
    await settled(1);
  });

  it('is in the order of the writes of each row, however many come at once', async () => {
    await Promise.all(Array.from({ length: 100 }, (_, n) => increase(`row-${n % 4}`)));
    await settled(100);
    for (const id of ['row-0', 'row-1', 'row-2', 'row-3']) {
      const ofRow = images().filter(({ after }) => after?.['id']?.S === id);
      expect(ofRow.map(({ after }) => after?.['n']?.N)).toEqual(Array.from({ length: 25 }, (_, n) => String(n + 1)));
      expect(ofRow.map(({ before }) => before?.['n']?.N)).toEqual([
        undefined,
        ...Array.from({ length: 24 }, (_, n) => String(n + 1)),
      ]);
    }
  });

  it('is written with its row, in one batch', async () => {
    const { db } = database.store;
    const batch = db.batch.bind(db);
    const batches: string[][] = [];
    db.batch = (writes) => {
      batches.push(writes.map(({ type, key }) => `${type} ${key.replace(/~.*/, '')}`));
      return batch(writes);
    };
    await increase('a');
    await client.send(new DeleteItemCommand({ TableName: 'rows', Key: { id: { S: 'a' } } }));
    await settled(2);
    expect(batches.filter((keys) => !keys.includes('del event'))).toEqual([
      ['put item-rows', 'put event'],
      ['del item-rows', 'put event'],
    ]);
  });

  it('waits where it is not kept, in its order, and the rows are written all the same', async () => {
    let isDown = true;
    const offered: number[] = [];
    await close();
    keep = (events) => {
      offered.push(events.length);
      if (isDown) throw new Error('disk full');
      kept.push(...events);
    };
    await open();
    await put('a', 1);
    await increase('a');
    await expect.poll(() => offered.length).toBeGreaterThan(0);
    isDown = false;
    await increase('a');
    await settled(3);
    expect(images().map(({ after }) => after?.['n']?.N)).toEqual(['1', '2', '3']);
    expect(complaints).toEqual(['Events cannot be stored, and are retried: disk full']);
  });

  it('and did not hand over comes first after a restart', async () => {
    await close();
    keep = () => {
      throw new Error('down');
    };
    await open();
    for (const _ of [1, 2]) await increase('a');
    // The next process captures more before it can hand over what it found, and ends, too.
    await close();
    await open();
    for (const _ of [3, 4]) await increase('a');
    await close();
    keep = (events) => kept.push(...events);
    await open();
    await settled(4);
    expect(images().map(({ after }) => after?.['n']?.N)).toEqual(['1', '2', '3', '4']);
    // What was handed over is not left behind.
    await close();
    kept = [];
    await open();
    await increase('b');
    await settled(1);
    expect(images()[0]?.after?.['id']?.S).toBe('b');
  });

  it('is nothing where no event can be made of a write, which is done all the same', async () => {
    await close();
    await open(() => {
      throw new Error('no phase');
    });
    await put('a', 1);
    expect(complaints).toEqual(['A write to rows has no event: no phase']);
    await close();
    await open();
    await increase('a');
    await settled(1);
    expect(images()[0]?.before).toMatchObject({ n: { N: '1' } });
  });
});
