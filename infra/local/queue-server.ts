/**
 * The part of SQS that parking, replay and the commands need: its JSON protocol, with messages in SQLite. No public stand-in is
 * durable, bound to the loopback address and able to report failures of single messages.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { queuePath, type QueueDefinition } from './queue-definitions.ts';

interface StoredMessage {
  id: string;
  body: string;
  attributes: string;
  receipts: number;
}

const MAX_MESSAGE_BYTES = 1024 * 1024;

class SqsError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * `file` stores the messages; `:memory:` keeps them in memory. `settings`: the functions' environment, which it reports as Lambda
 * would, because nothing else on this machine can report it.
 */
export function createQueueServer(
  file: string,
  queues: readonly QueueDefinition[],
  { now = Date.now, settings = {} }: { now?: () => number; settings?: Record<string, string> } = {},
): Server {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS messages (
      id TEXT PRIMARY KEY, queue TEXT NOT NULL, body TEXT NOT NULL, attributes TEXT NOT NULL,
      visibleAt INTEGER NOT NULL, receipts INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX IF NOT EXISTS visible ON messages (queue, visibleAt);`);
  const insert = database.prepare(
    'INSERT INTO messages (id, queue, body, attributes, visibleAt) VALUES (?, ?, ?, ?, ?)',
  );
  const visible = database.prepare(
    'SELECT * FROM messages WHERE queue = ? AND visibleAt <= ? ORDER BY visibleAt LIMIT ?',
  );
  const receive = database.prepare('UPDATE messages SET visibleAt = ?, receipts = receipts + 1 WHERE id = ?');
  const redrive = database.prepare('UPDATE messages SET queue = ?, visibleAt = ?, receipts = 0 WHERE id = ?');
  const hide = database.prepare('UPDATE messages SET visibleAt = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM messages WHERE id = ?');
  const count = database.prepare('SELECT count(*) AS n FROM messages WHERE queue = ? AND (visibleAt <= ?) = ?');

  function queueOf({ QueueUrl = '' }: { QueueUrl?: string }): QueueDefinition {
    const queue = queues.find(({ name }) => new URL(QueueUrl, 'http://localhost').pathname === queuePath(name));
    if (!queue) throw new SqsError('AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist.');
    return queue;
  }

  interface Input {
    QueueUrl?: string;
    MessageBody?: string;
    MessageAttributes?: object;
    MaxNumberOfMessages?: number;
    ReceiptHandle?: string;
    VisibilityTimeout?: number;
  }

  const actions: Record<string, (input: Input) => object> = {
    SendMessage(input) {
      const { MessageBody = '', MessageAttributes = {} } = input;
      if (MessageBody === '')
        throw new SqsError('MissingParameter', 'The request must contain the parameter MessageBody.');
      if (Buffer.byteLength(MessageBody) > MAX_MESSAGE_BYTES) throw new SqsError('InvalidParameterValue', 'too long');
      const id = randomUUID();
      insert.run(id, queueOf(input).name, MessageBody, JSON.stringify(MessageAttributes), now());
      return { MessageId: id, MD5OfMessageBody: md5(MessageBody) };
    },

    ReceiveMessage(input) {
      const { name, visibilityTimeout, redrive: policy } = queueOf(input);
      const at = now();
      const found = visible.all(name, at, input.MaxNumberOfMessages ?? 1) as unknown as StoredMessage[];
      return {
        Messages: found.flatMap(({ id, body, attributes, receipts }) => {
          if (policy && receipts >= policy.maxReceiveCount) {
            redrive.run(policy.deadLetterQueue, at, id);
            return [];
          }
          receive.run(at + (input.VisibilityTimeout ?? visibilityTimeout) * 1000, id);
          return [
            {
              MessageId: id,
              ReceiptHandle: id,
              Body: body,
              MD5OfBody: md5(body),
              MessageAttributes: JSON.parse(attributes) as object,
              Attributes: { ApproximateReceiveCount: String(receipts + 1) },
            },
          ];
        }),
      };
    },

    DeleteMessage({ ReceiptHandle = '' }) {
      remove.run(ReceiptHandle);
      return {};
    },

    ChangeMessageVisibility({ ReceiptHandle = '', VisibilityTimeout = 0 }) {
      hide.run(now() + VisibilityTimeout * 1000, ReceiptHandle);
      return {};
    },

    GetQueueAttributes(input) {
      const { name } = queueOf(input);
      const counted = (isVisible: 0 | 1) => String((count.get(name, now(), isVisible) as { n: number }).n);
      return {
        Attributes: { ApproximateNumberOfMessages: counted(1), ApproximateNumberOfMessagesNotVisible: counted(0) },
      };
    },
  };

  const server = createServer((request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
    if (request.method === 'GET' && /\/functions\/[^/]+\/configuration$/.test(request.url ?? '')) {
      return answer(200, { Environment: { Variables: settings } });
    }
    bodyOf(request)
      .then((text) => {
        const name = String(request.headers['x-amz-target']).replace(/^AmazonSQS\./, '');
        const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
        if (!action) throw new SqsError('InvalidAction', `This local queue does not know ${name}.`);
        answer(200, action(JSON.parse(text) as Input));
      })
      .catch((error: unknown) => {
        // Also a request whose sender gave up in the middle of it.
        const { code, message } = error instanceof SqsError ? error : { code: 'InternalError', message: String(error) };
        answer(error instanceof SqsError ? 400 : 500, { __type: `com.amazonaws.sqs#${code}`, message });
      });
  });
  server.on('close', () => database.close());
  return server;
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

async function bodyOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
