/** Sends hooks the way WCS does: path, headers, signature, connections kept alive, no retry. */
import { Agent, request } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import { sign } from '../../lib/wcs/signature.ts';

export interface Hook {
  readonly method: string;
  readonly body: string;
}

export type Fields = Readonly<Record<string, unknown>>;

/** What came back for one hook. */
export interface Answer {
  readonly method: string;
  /** The HTTP status, or the error code of a connection that failed. */
  readonly status: number | string;
  /** 200 and the echo: only then may a WCS, and a test, believe that the event is safe. */
  readonly acknowledged: boolean;
  readonly milliseconds: number;
  /** The body of a 200; undefined if it is no JSON object, and for any other status: to a WCS these are errors. */
  readonly fields: Fields | undefined;
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
  /** `taken`: the fields that the answer may change, as `restOverwrite` says. */
  send(hook: Hook, taken?: readonly string[]): Promise<Answer>;
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
    async send({ method, body }, taken = []) {
      const started = performance.now();
      const finished = (status: number | string, acknowledged: boolean, fields?: Fields): Answer => ({
        method,
        status,
        acknowledged,
        milliseconds: performance.now() - started,
        fields,
      });
      try {
        const { status, text } = await post(`${base}/${method}`, Buffer.from(body));
        const fields = status === 200 ? parseObject(text) : undefined;
        if (!fields) return finished(status, false);
        // `restClientConfig` may be added to a connect, whose other fields another serialiser may have written.
        const isEcho =
          text === body ||
          (method === 'connect' && isSame(body, fields, ['restClientConfig'])) ||
          (taken.length > 0 && isSame(body, fields, taken));
        return finished(status, isEcho, fields);
      } catch (error) {
        return finished((error as NodeJS.ErrnoException).code ?? 'ERROR', false);
      }
    },
    close: () => agent.destroy(),
  };
}

/** The fields of a JSON object; undefined if the text is none. */
export function parseObject(text: string): Fields | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export const asObject = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

/** A copy without some fields. */
export const without = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

const isSame = (sent: string, received: Fields, except: readonly string[]) =>
  isDeepStrictEqual(without(received, except), without(parseObject(sent) ?? {}, except));
