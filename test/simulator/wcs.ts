/** Sends hooks the way WCS does: path, headers, signature, connections kept alive, no retry. */
import { isDeepStrictEqual } from 'node:util';
import { policyOf } from '../../infra/cli/doctor/answers.ts';
import { createGateway } from '../../infra/cli/doctor/gateway.ts';
import { PROTECTED_FIELDS } from '../../lib/wcs/rest-client-config.ts';
import { byBasic, bySignature, type Authorize, type Credentials } from '../../infra/cli/doctor/probes.ts';

export interface Hook {
  readonly method: string;
  readonly body: string;
}

export type Fields = Readonly<Record<string, unknown>>;

/** What came back for one hook. */
export interface Answer {
  readonly method: string;
  /** The HTTP status, or why none came. */
  readonly status: number | string;
  /** 200 and the echo: only then may a WCS, and a test, believe that the event is safe. */
  readonly acknowledged: boolean;
  readonly milliseconds: number;
  /** The body of a 200; undefined if it is not a JSON object, and for any other status: to a WCS these are errors. */
  readonly fields: Fields | undefined;
  /** The policy that denied it. */
  readonly policy?: string | undefined;
}

/** Without credentials: unsigned. With both kinds: signed. */
export interface WcsOptions extends Credentials {
  /** The app's URL, as in `add app … <url>`. */
  readonly url: string;
  /** `rest_request_timeout`, in milliseconds. */
  readonly timeout: number;
  readonly connections: number;
}

export interface Wcs {
  /** `taken`: the fields that the answer may change, as `restOverwrite` says. */
  send(hook: Hook, taken?: readonly string[]): Promise<Answer>;
  close(): void;
}

export function authorizeBy({ secret, user, password }: Credentials): Authorize {
  if (secret !== undefined) return bySignature(secret);
  return user === undefined ? () => ({}) : byBasic(user, password ?? '');
}

export function createWcs({ url, timeout, connections, ...credentials }: WcsOptions): Wcs {
  const gateway = createGateway(url.replace(/(?<!\/)\/+$/, ''), timeout, { userAgent: 'Java/1.8.0_111', connections });
  const authorize = authorizeBy(credentials);
  return {
    async send({ method, body }, taken = []) {
      const started = performance.now();
      const sent = Buffer.from(body);
      const answer = await gateway.post(method, sent, authorize(sent));
      const milliseconds = performance.now() - started;
      const failed = { method, acknowledged: false, milliseconds, fields: undefined };
      if (answer.status === undefined) return { ...failed, status: answer.code };
      const { status } = answer;
      const fields = status === 200 ? parseObject(answer.body.toString()) : undefined;
      if (!fields) return { ...failed, status, policy: policyOf(answer) };
      const acknowledged =
        sent.equals(answer.body) ||
        (method === 'connect' && isConnected(parseObject(body) ?? {}, fields)) ||
        (taken.length > 0 && isSame(body, fields, taken));
      return { method, status, acknowledged, milliseconds, fields };
    },
    close: () => gateway.close(),
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

/** To a connect `restClientConfig` and an account may be added, and all but the identity may change; nothing may be missing. */
const isConnected = (sent: Fields, received: Fields) =>
  Object.keys(sent).every(
    (name) => Object.hasOwn(received, name) && (!PROTECTED_FIELDS.includes(name) || received[name] === sent[name]),
  );

const isSame = (sent: string, received: Fields, except: readonly string[]) =>
  isDeepStrictEqual(without(received, except), without(parseObject(sent) ?? {}, except));
