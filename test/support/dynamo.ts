import {
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  paginateScan,
  UpdateItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { load } from 'js-yaml';
import { readFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { createTables, type Resources } from '../../infra/local/tables.ts';
import type { Row } from '../../lib/state/row.ts';
import { createDynamoClient } from '../../lib/store/dynamo-client.ts';
import { toRow, type Item } from '../../lib/store/items.ts';

export interface DynamoRequest {
  /** `UpdateItem`, `GetItem` … */
  readonly operation: string;
  readonly body: Record<string, unknown>;
}

/** What happens to a request on its way: lost before it arrives, or its answer is lost after it took effect. */
export type Fault = 'lose request' | 'lose answer' | undefined;

/**
 * A DynamoDB API with the table of infra/cloudformation/tables.yml behind a proxy that sees, counts and, on demand, spoils each request.
 * It is dynalite in this process, with `givesItem` as AWS where a condition fails; TEST_DYNAMODB_ENDPOINT names another implementation (moto).
 * TEST_DYNAMODB_TABLES=<streams>,<sessions>,<calls> are tables that are there already, deployed for example: they are emptied first.
 */
export async function startDynamo({ givesItem = false } = {}) {
  const other = process.env['TEST_DYNAMODB_ENDPOINT'];
  const inner = other ? undefined : dynalite({ createTableMs: 0 });
  if (inner) await new Promise<void>((resolve) => inner.listen(0, '127.0.0.1', resolve));
  const upstream = new URL(other ?? `http://127.0.0.1:${(inner?.address() as AddressInfo).port}`);

  const itemOf = async ({ body: { TableName, Key } }: DynamoRequest) =>
    Key
      ? (
          await direct.send(
            new GetItemCommand({ TableName: String(TableName), Key: Key as Item, ConsistentRead: true }),
          )
        ).Item
      : undefined;
  const requests: DynamoRequest[] = [];
  const sockets = new Set<Socket>();
  const control: { fault: (request: DynamoRequest) => Fault | Promise<Fault>; delay: number } = {
    fault: () => undefined,
    delay: 0,
  };

  async function ask(payload: Buffer, headers: IncomingHttpHeaders): Promise<[IncomingMessage, Buffer]> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      httpRequest(upstream, { method: 'POST', headers }, resolve).on('error', reject).end(payload);
    });
    return [answer, await bodyOf(answer)];
  }
  let last: Promise<unknown> = Promise.resolve();
  /** moto checks a condition and writes in threads that do not exclude each other: it gets one request at a time. */
  function passOn(payload: Buffer, headers: IncomingHttpHeaders): Promise<[IncomingMessage, Buffer]> {
    if (!other) return ask(payload, headers);
    const next = last.then(() => ask(payload, headers));
    last = next.catch(() => {});
    return next;
  }

  const proxy = createServer((incoming, outgoing) => {
    void (async () => {
      const payload = await bodyOf(incoming);
      const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? '';
      const request = { operation, body: JSON.parse(payload.toString()) as Record<string, unknown> };
      requests.push(request);
      const fault = await control.fault(request);
      if (fault === 'lose request') return incoming.socket.destroy();
      if (control.delay > 0) await new Promise((resolve) => setTimeout(resolve, control.delay));
      const [answer, body] = await passOn(payload, incoming.headers);
      const isRefused = body.includes('ConditionalCheckFailedException');
      const answerBody = givesItem && isRefused ? withItem(body, request, await itemOf(request)) : body;
      if (fault === 'lose answer') return incoming.socket.destroy();
      const { 'x-amz-crc32': _, 'content-length': __, ...headers } = answer.headers;
      return outgoing.writeHead(answer.statusCode ?? 500, headers).end(answerBody);
    })().catch(() => incoming.socket.destroy());
  });
  proxy.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  // moto takes its time, and so does a machine that runs many tests: what is too long is not tested here.
  const patient = { connectionTimeout: 20_000, requestTimeout: 20_000 };
  const client = createDynamoClient({ endpoint, region: 'eu-central-1', credentials }, patient);
  const direct = new DynamoDBClient({ endpoint: upstream.href, region: 'eu-central-1', credentials });
  const unique = `${process.pid}-${Date.now()}`;
  const given = process.env['TEST_DYNAMODB_TABLES']?.split(',');
  const [table = '', sessionsTable = '', callsTable = ''] = given ?? [
    `streams-${unique}`,
    `sessions-${unique}`,
    `calls-${unique}`,
  ];
  if (given) for (const name of given) await empty(name, upstream, direct);
  else await createTables(resourcesNamed(table, sessionsTable, callsTable), direct);

  const key = (id: string) => ({ mediaSessionId: { S: id } });
  const itemIn = async (TableName: string, Key: Item) =>
    (await direct.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
  return {
    endpoint,
    /** Goes through the proxy. */
    client,
    table,
    sessionsTable,
    callsTable,
    requests,
    control,
    /** For what a test does itself: neither counted nor spoilt. */
    direct,
    item: (id: string) => itemIn(table, key(id)),
    callItem: (id: string) => itemIn(callsTable, { callId: { S: id } }),
    /** What the row holds, without its key and its count of writes. */
    row: async (id: string): Promise<Row> => rowOf(await itemIn(table, key(id))),
    sessionRow: async (id: string): Promise<Row> => rowOf(await itemIn(sessionsTable, { sessionId: { S: id } })),
    callRow: async (id: string): Promise<Row> => rowOf(await itemIn(callsTable, { callId: { S: id } })),
    /** Writes single attributes of a row, as an operator does in the console. */
    async set(id: string, attributes: Record<string, AttributeValue | undefined>) {
      const entries = Object.entries(attributes).map(([name, value], n) => ({
        name,
        value,
        alias: `#${n}`,
        given: `:${n}`,
      }));
      const sets = entries.filter(({ value }) => value).map(({ alias, given }) => `${alias} = ${given}`);
      const removes = entries.filter(({ value }) => !value).map(({ alias }) => alias);
      await direct.send(
        new UpdateItemCommand({
          TableName: table,
          Key: key(id),
          UpdateExpression: [
            ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
            ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
          ].join(' '),
          ExpressionAttributeNames: Object.fromEntries(entries.map(({ alias, name }) => [alias, name])),
          ...(sets.length > 0
            ? {
                ExpressionAttributeValues: Object.fromEntries(
                  entries.flatMap(({ given, value }) => (value ? [[given, value]] : [])),
                ),
              }
            : {}),
        }),
      );
    },
    async close() {
      control.fault = () => undefined;
      if (other && !given) {
        for (const TableName of [table, sessionsTable, callsTable])
          await direct.send(new DeleteTableCommand({ TableName }));
      }
      client.destroy();
      direct.destroy();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
      if (inner) await new Promise((resolve) => inner.close(resolve));
    },
  };
}

export type TestDynamo = Omit<Awaited<ReturnType<typeof startDynamo>>, 'endpoint'>;

/** The settings that name its tables. */
export const tablesOf = ({
  table,
  sessionsTable,
  callsTable,
}: Pick<TestDynamo, 'table' | 'sessionsTable' | 'callsTable'>) => ({
  STREAMS_TABLE: table,
  SESSIONS_TABLE: sessionsTable,
  CALLS_TABLE: callsTable,
});

/** A row without its key and its count of writes: of a stream and a call `sessionId` is no key. */
export function rowOf(item: Item | undefined): Row {
  const { mediaSessionId, callId, revision: _, ...row } = toRow(item ?? {}) as Row & Partial<Record<string, string>>;
  const { sessionId: __, ...session } = row;
  return mediaSessionId === undefined && callId === undefined ? session : row;
}

/** dynalite gives no item with a failed condition; AWS does where the request asks for it. */
function withItem(answer: Buffer, { body }: DynamoRequest, Item: Record<string, AttributeValue> | undefined): Buffer {
  if (body['ReturnValuesOnConditionCheckFailure'] !== 'ALL_OLD' || !Item) return answer;
  return Buffer.from(JSON.stringify({ ...(JSON.parse(answer.toString()) as object), Item }));
}

/** Only on this machine: a variable that was forgotten in a shell must not cost anybody's rows. */
async function empty(TableName: string, { hostname }: URL, client: DynamoDBClient): Promise<void> {
  if (hostname !== '127.0.0.1') throw new Error(`TEST_DYNAMODB_TABLES are emptied: not those of ${hostname}`);
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const keys = Table?.KeySchema?.map(({ AttributeName = '' }) => AttributeName) ?? [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
    for (const item of Items) {
      const Key = Object.fromEntries(Object.entries(item).filter(([name]) => keys.includes(name)));
      await client.send(new DeleteItemCommand({ TableName, Key }));
    }
  }
}

/** The resources of infra/cloudformation/tables.yml with the names filled in. */
export function resourcesNamed(streams: string, sessions: string, calls: string): Resources {
  const text = readFileSync(join(import.meta.dirname, '../../infra/cloudformation/tables.yml'), 'utf8');
  // The variables of its other attributes do not matter here.
  const named = text
    .replaceAll('${self:custom.streamsTable}', streams)
    .replaceAll('${self:custom.sessionsTable}', sessions)
    .replaceAll('${self:custom.callsTable}', calls);
  return (load(named) as { Resources: Resources }).Resources;
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
