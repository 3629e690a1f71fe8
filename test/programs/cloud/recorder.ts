/**
 * Between the functions and the stand-in for AWS: it writes down who asks for what, refuses what a role does not allow as
 * AWS would (to moto's IAM a policy that names its resource allows nothing), and spoils answers on demand.
 */
import { createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Right } from './rights.ts';

const ACCOUNT = 'eu-central-1:123456789012';

/** lose dynamodb: it takes nothing. omit items: a failed condition comes without the row, as if that was just removed. */
export type Trouble = 'lose dynamodb' | 'omit items' | undefined;

export async function startRecorder(upstream: string) {
  const asked: Right[] = [];
  const refused: Right[] = [];
  const control: { allowed: readonly Right[]; trouble: Trouble } = { allowed: [], trouble: undefined };

  const mayDo = (right: Right) =>
    control.allowed.some(({ action, resource }) => action === right.action && resource === right.resource);

  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const payload = await bodyOf(incoming);
      const rights = rightsFor(String(incoming.headers['x-amz-target']), JSON.parse(payload.toString()) as Body);
      asked.push(...rights);
      const refuse = (type: string, message: string) =>
        outgoing
          .writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
          .end(JSON.stringify({ __type: type, message }));
      const forbidden = rights.filter((right) => !mayDo(right));
      refused.push(...forbidden);
      if (forbidden.length > 0) return refuse('AccessDeniedException', `not allowed: ${JSON.stringify(forbidden)}`);
      if (control.trouble === 'lose dynamodb' && rights.some(({ action }) => action.startsWith('dynamodb:'))) {
        return refuse('com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', 'lost');
      }
      const [answer, body] = await ask(upstream, incoming.url ?? '/', payload, incoming.headers);
      const isRefused = control.trouble === 'omit items' && body.includes('ConditionalCheckFailedException');
      const { 'x-amz-crc32': _, 'content-length': __, 'transfer-encoding': ___, ...headers } = answer.headers;
      return outgoing.writeHead(answer.statusCode ?? 500, headers).end(isRefused ? withoutItem(body) : body);
    })().catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    refused,
    control,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type Recorder = Awaited<ReturnType<typeof startRecorder>>;

interface Body {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly RequestItems?: Record<string, unknown>;
  readonly QueueUrl?: string;
  readonly Names?: string[];
}

/** A request's action and what it is on, as a policy names them. */
function rightsFor(target: string, { TableName, IndexName, RequestItems, QueueUrl, Names }: Body): Right[] {
  const [api = '', operation = ''] = target.split('.');
  const service = api.startsWith('DynamoDB') ? 'dynamodb' : api.replace('Amazon', '').toLowerCase();
  const tables = [...(TableName ? [TableName] : []), ...Object.keys(RequestItems ?? {})];
  const resources = [
    ...tables.map((table) => `table/${table}${IndexName ? `/index/${IndexName}` : ''}`),
    ...(QueueUrl ? [new URL(QueueUrl).pathname.split('/').at(-1) ?? ''] : []),
    ...(Names ?? []).map((name) => `parameter${name}`),
  ];
  return resources.map((resource) => ({
    action: `${service}:${operation}`,
    resource: `arn:aws:${service}:${ACCOUNT}:${resource}`,
  }));
}

async function ask(
  upstream: string,
  path: string,
  payload: Buffer,
  headers: IncomingHttpHeaders,
): Promise<[IncomingMessage, Buffer]> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    httpRequest(new URL(path, upstream), { method: 'POST', headers }, resolve).on('error', reject).end(payload);
  });
  return [answer, await bodyOf(answer)];
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
