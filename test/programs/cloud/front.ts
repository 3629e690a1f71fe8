/**
 * Between everybody and MiniStack: it writes down which function asks AWS for what, and spoils that on demand. What a role
 * does not allow MiniStack itself refuses.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/transport';
import { SignatureV4 } from '@smithy/signature-v4';
import { createHash } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNT, CREDENTIALS } from '../../../infra/local/ministack.ts';
import type { Right } from './rights.ts';

/** What a function asks AWS for. */
export interface Asked {
  /** As in `wcs-hooks-dev-event`. */
  readonly by: string;
  readonly service: string;
  readonly operation: string;
  readonly body: Body;
}
/** lose: the connection breaks. hang: no answer. omit item: a failed condition comes without the row, as if that was just removed. A number: so many milliseconds late. */
export type Spoil = 'lose' | 'hang' | 'omit item' | number | undefined;

interface Body {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly Key?: Record<string, AttributeValue>;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ConditionExpression?: string;
  readonly ReturnValues?: string;
  readonly RequestItems?: Record<string, unknown>;
  readonly QueueUrl?: string;
  readonly Names?: string[];
  readonly MessageBody?: string;
  readonly Entries?: readonly { readonly EventBusName?: string }[];
}
interface DeployedFunction {
  readonly FunctionName: string;
  readonly FunctionArn: string;
  readonly Role: string;
}

/** As MiniStack makes it, of the function and its role. */
const accessKeyOf = ({ FunctionArn, Role }: DeployedFunction) =>
  `ASIA${createHash('sha256').update(`${FunctionArn}:${Role}`).digest('hex').slice(0, 16).toUpperCase()}`;

export async function startFront() {
  let upstream = '';
  const functions = new Map<string, string>();
  /** Of each function all rights that it needed, by what they say. */
  const needed = new Map<string, Map<string, Right>>();
  const denied: string[] = [];
  /** By how the names of the functions begin. */
  const spoils = new Map<string, (asked: Asked) => Spoil | Promise<Spoil>>();
  const spoilOf = (asked: Asked) => [...spoils].find(([prefix]) => asked.by.startsWith(prefix))?.[1](asked);

  async function answerFunction(key: string, incoming: IncomingMessage): Promise<[number, object, Buffer | string]> {
    const by = functions.get(key) ?? `an unknown function (${key})`;
    const payload = await bodyOf(incoming);
    const [api = '', operation = ''] = String(incoming.headers['x-amz-target']).split('.');
    const service = api.startsWith('DynamoDB') ? 'dynamodb' : api.replace(/^(Amazon|AWS)/, '').toLowerCase();
    const body = JSON.parse(payload.toString()) as Body;
    const rights = needed.get(by) ?? new Map<string, Right>();
    for (const right of rightsFor(service, operation, body)) rights.set(JSON.stringify(right), right);
    needed.set(by, rights);
    const spoil = await spoilOf({ by, service, operation, body });
    if (spoil === 'lose') throw new Error('lost');
    if (spoil === 'hang') await new Promise(() => {});
    if (typeof spoil === 'number') await sleep(spoil);
    const headers = service === 'ssm' ? await signedAsOwner(incoming, payload) : incoming.headers;
    const answer = await send(upstream, incoming, headers, payload);
    const text = await bodyOf(answer);
    if (text.includes('AccessDenied')) denied.push(`${by}: ${text.toString()}`);
    const omits = spoil === 'omit item' && text.includes('ConditionalCheckFailedException');
    const { 'x-amz-crc32': _, 'content-length': __, 'transfer-encoding': ___, ...rest } = answer.headers;
    return [answer.statusCode ?? 500, rest, omits ? withoutItem(text) : text];
  }

  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const key = /Credential=(ASIA\w+)/.exec(incoming.headers.authorization ?? '')?.[1];
      if (key !== undefined) {
        const [status, headers, body] = await answerFunction(key, incoming);
        outgoing.writeHead(status, { ...headers }).end(body);
        return;
      }
      const answer = await send(upstream, incoming, incoming.headers);
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    })().catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    endpoint: `http://127.0.0.1:${port}`,
    needed,
    denied,
    spoils,
    open: (url: string) => void (upstream = url),
    learn: (deployed: readonly DeployedFunction[]) => {
      for (const one of deployed) functions.set(accessKeyOf(one), one.FunctionName);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type Front = Awaited<ReturnType<typeof startFront>>;

/** A request's action and what it is on, as a policy names them. */
function rightsFor(service: string, operation: string, body: Body): Right[] {
  const { TableName, IndexName, RequestItems, QueueUrl, Names, Entries } = body;
  const updated = operation === 'UpdateItem' ? { updates: updatedBy(body) } : {};
  const tables = [...(TableName ? [TableName] : []), ...Object.keys(RequestItems ?? {})];
  const resources = [
    ...tables.map((table) => `table/${table}${IndexName ? `/index/${IndexName}` : ''}`),
    ...(QueueUrl ? [new URL(QueueUrl).pathname.split('/').at(-1) ?? ''] : []),
    ...(Names ?? []).map((name) => `parameter${name}`),
    ...(Entries ?? []).map(({ EventBusName }) => `event-bus/${EventBusName}`),
  ];
  const where = `arn:aws:${service}:${CREDENTIALS.AWS_REGION}:${ACCOUNT}`;
  return resources.map((resource) => ({
    action: `${service}:${operation}`,
    resource: `${where}:${resource}`,
    ...updated,
  }));
}

/** What AWS calls `dynamodb:Attributes` and `dynamodb:ReturnValues`; MiniStack knows the attributes of a projection alone. */
function updatedBy({ Key, ExpressionAttributeNames, ConditionExpression = '', ReturnValues = 'NONE' }: Body) {
  const inCondition = [...ConditionExpression.matchAll(/attribute_(?:not_)?exists\((\w+)\)/g)].map(
    ([, name = '']) => name,
  );
  const attributes = [...Object.keys(Key ?? {}), ...Object.values(ExpressionAttributeNames ?? {}), ...inCondition];
  return { attributes: [...new Set(attributes)].sort(), returns: ReturnValues };
}

/** MiniStack asks a role for a right to all parameters: whether it may read these is compared in the end. */
async function signedAsOwner({ headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage['headers']> {
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = CREDENTIALS;
  const credentials = { accessKeyId, secretAccessKey };
  const signer = new SignatureV4({ service: 'ssm', region, credentials, sha256: Sha256 });
  const kept = ['host', 'content-type', 'x-amz-target'].map((name) => [name, String(headers[name])] as const);
  const unsigned = new HttpRequest({ method: 'POST', path: '/', headers: Object.fromEntries(kept), body });
  const { headers: signed } = (await signer.sign(unsigned)) as HttpRequest;
  return { ...signed, 'content-length': String(body.length) };
}

async function send(
  upstream: string,
  incoming: IncomingMessage,
  headers: IncomingMessage['headers'],
  payload?: Buffer,
): Promise<IncomingMessage> {
  const { method, url = '/' } = incoming;
  return new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = httpRequest(new URL(url, upstream), { method, headers }, resolve).on('error', reject);
    if (payload) outgoing.end(payload);
    else incoming.on('error', reject).pipe(outgoing);
  });
}

function withoutItem(body: Buffer): string {
  const { Item: _, ...rest } = JSON.parse(body.toString()) as Record<string, unknown>;
  return JSON.stringify(rest);
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
