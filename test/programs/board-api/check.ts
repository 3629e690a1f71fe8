/** What the checks are given, and how they ask the board. */
import type { Check as CheckOf } from '../../support/checks.ts';
import type { LocalStack } from '../../support/local-stack.ts';

export interface Setting {
  readonly stack: LocalStack;
  /** With all rights; undefined where nobody needs one. */
  readonly token: string | undefined;
  /** Makes tokens of the board that have all rights, but for what is said otherwise. */
  readonly ofBoard: (claims: Record<string, unknown>) => Promise<string>;
  /** Of the many. */
  readonly requests: number;
  readonly say: (text: string) => void;
}
export type Check = CheckOf<Setting>;

export interface Given {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Question {
  readonly method?: 'GET' | 'POST' | 'DELETE' | 'OPTIONS';
  readonly body?: object;
  readonly headers?: Record<string, string>;
  /** Instead of the token with all rights; an empty one: none. */
  readonly token?: string;
}

export async function ask(
  { stack, token: all }: Pick<Setting, 'stack' | 'token'>,
  path: string,
  { method = 'GET', body, headers = {}, token = all }: Question = {},
): Promise<Given> {
  const answer = await fetch(`http://127.0.0.1:${stack.ports.PORT}/board/${path}`, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

export const jsonOf = ({ text }: Given) => JSON.parse(text) as Record<string, unknown>;

export const inPath = encodeURIComponent;
