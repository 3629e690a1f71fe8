/** Sends hooks the way WCS does: path, headers, signature, connections kept alive, no retry. */
import { Agent, request } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import { sign } from '../../lib/wcs/signature.ts';

export interface Hook {
  readonly method: string;
  readonly body: string;
}

/** What came back for one hook. */
export interface Answer {
  readonly method: string;
  /** The HTTP status, or the error code of a connection that failed. */
  readonly status: number | string;
  /** 200 and the echo: only then may a WCS, and a test, believe that the event is safe. */
  readonly acknowledged: boolean;
  readonly milliseconds: number;
}

export interface WcsOptions {
  /** The app's URL, as in `add app … <url>`. */
  readonly url: string;
  /** `rest_hook_secret_key`; absent: unsigned. */
  readonly secret?: string | undefined;
  /** HTTP Basic; absent: none. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** `rest_request_timeout`, in milliseconds. */
  readonly timeout: number;
  readonly connections: number;
}

export interface Wcs {
  send(hook: Hook): Promise<Answer>;
  close(): void;
}

export function createWcs({ url, secret, user, password, timeout, connections }: WcsOptions): Wcs {
  const isSecure = url.startsWith('https:');
  const agentOptions = { keepAlive: true, maxSockets: connections };
  const agent = isSecure ? new SecureAgent(agentOptions) : new Agent(agentOptions);
  const base = url.replace(/\/$/, '');

  function authorization(body: Buffer): Record<string, string> {
    if (secret !== undefined) return { Authorization: sign(body, secret) };
    if (user === undefined) return {};
    return { Authorization: `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` };
  }

  const post = (path: string, body: Buffer) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const headers = {
        Accept: 'application/json',
        'Content-Type': 'application/json;charset=UTF-8',
        'User-Agent': 'Java/1.8.0_111',
        'Content-Length': body.length,
        ...authorization(body),
      };
      const options = { method: 'POST', agent, headers, timeout };
      const sent = (isSecure ? secureRequest : request)(path, options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      });
      sent.on('timeout', () => sent.destroy(Object.assign(new Error('no answer in time'), { code: 'TIMEOUT' })));
      sent.on('error', reject);
      sent.end(body);
    });

  return {
    async send({ method, body }) {
      const started = performance.now();
      const finished = (status: number | string, acknowledged: boolean): Answer => ({
        method,
        status,
        acknowledged,
        milliseconds: performance.now() - started,
      });
      try {
        const { status, text } = await post(`${base}/${method}`, Buffer.from(body));
        return finished(status, status === 200 && (method === 'connect' ? isConnectAnswer(body, text) : text === body));
      } catch (error) {
        return finished((error as NodeJS.ErrnoException).code ?? 'ERROR', false);
      }
    },
    close: () => agent.destroy(),
  };
}

/** `connect` must come back with every field that was sent; `restClientConfig` may be added. */
function isConnectAnswer(sent: string, received: string): boolean {
  try {
    const { restClientConfig: _, ...fields } = JSON.parse(received) as Record<string, unknown>;
    return isDeepStrictEqual(fields, JSON.parse(sent));
  } catch {
    return false;
  }
}
