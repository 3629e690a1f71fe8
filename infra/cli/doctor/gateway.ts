/** Sends probes as WCS sends hooks: with its headers, without compression, redirects or retries, over connections that are kept alive. */
import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly milliseconds: number;
  /** By this machine's clock, in milliseconds since the epoch. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** No response: the connection failed, or the time was over. */
export interface NoReply {
  readonly status: undefined;
  readonly code: string;
}

export interface Gateway {
  readonly url: string;
  post(method: string, body: Buffer, headers?: Record<string, string>): Promise<Reply | NoReply>;
  close(): void;
}

export const TIMEOUT = 'no answer in time';

export interface Sender {
  readonly userAgent?: string;
  /** The most connections that are open. */
  readonly connections?: number;
}

/** `timeout` in milliseconds, as WCS's rest_request_timeout. */
export function createGateway(
  url: string,
  timeout: number,
  { userAgent = 'wcs-hooks doctor', connections = Infinity }: Sender = {},
): Gateway {
  const isSecure = url.startsWith('https:');
  const agent = new (isSecure ? SecureAgent : Agent)({ keepAlive: true, maxSockets: connections });
  const send = isSecure ? secureRequest : request;

  const ask = (method: string, body: Buffer, headers: Record<string, string>) =>
    new Promise<Reply>((resolve, reject) => {
      const sentAt = Date.now();
      const started = performance.now();
      const sent = send(
        `${url}/${method}`,
        {
          method: 'POST',
          agent,
          // Reads the whole response: a server that sends it slowly delays a hook as long as one that is silent.
          signal: AbortSignal.timeout(timeout),
          headers: {
            Accept: 'application/json',
            'Content-Type': 'application/json;charset=UTF-8',
            'User-Agent': userAgent,
            'Content-Length': body.length,
            ...headers,
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              body: Buffer.concat(chunks),
              milliseconds: performance.now() - started,
              sentAt,
              answeredAt: Date.now(),
            }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });

  return {
    url,
    post: (method, body, headers = {}) =>
      ask(method, body, headers).catch((error: NodeJS.ErrnoException) => ({ status: undefined, code: codeOf(error) })),
    close: () => agent.destroy(),
  };
}

/** Never the message: some errors quote what was received. */
const codeOf = ({ name, code }: NodeJS.ErrnoException) =>
  name === 'AbortError' || name === 'TimeoutError' ? TIMEOUT : (code ?? name);
