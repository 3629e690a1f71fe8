/** Requests to the read API, with the token in a header: it is in no URL, so in no log. */
import type { Ban, CallItem, ClosedItem, Page, Row, StreamItem } from './answers.ts';

/** What went wrong, as the page distinguishes it. */
export type ProblemKind = 'token' | 'forbidden' | 'missing' | 'failed' | 'unreachable';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly kind: ProblemKind;

  constructor(kind: ProblemKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

const KINDS: Readonly<Record<number, ProblemKind>> = { 401: 'token', 403: 'forbidden', 404: 'missing' };
const TIMEOUT = 15_000;
/** The API's largest page. */
const PAGE_SIZE = 500;
/** 20,000 rows: more than anybody reads, and what a phone can hold. */
const MOST_PAGES = 40;

export type Parameters = Readonly<Record<string, string | number | undefined>>;
export type Api = ReturnType<typeof createApi>;

/** @param token is sent as a bearer token where there is one */
export function createApi(token: string | undefined) {
  async function request<Answer>(
    method: string,
    path: string,
    parameters: Parameters = {},
    body?: object,
  ): Promise<Answer> {
    const url = new URL(`board/${path}`, location.href);
    url.hash = '';
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const response = await fetch(url, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(TIMEOUT),
    }).catch((error: unknown) => {
      throw new ApiError('unreachable', error instanceof Error ? error.message : String(error));
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer as Answer;
    throw new ApiError(KINDS[response.status] ?? 'failed', detailOf(answer) ?? `the answer was ${response.status}`);
  }

  const get = <Answer>(path: string, parameters?: Parameters) => request<Answer>('GET', path, parameters);

  /** Follows the pages of a list. */
  async function all<Item>(
    path: string,
    parameters: Parameters,
    onPage: (soFar: Listed<Item>) => void = () => {},
  ): Promise<Listed<Item>> {
    const items: Item[] = [];
    let after: string | undefined;
    for (let count = 1; ; count++) {
      const page = await get<Page<Item>>(path, { ...parameters, limit: PAGE_SIZE, after });
      items.push(...page.items);
      after = page.next;
      const listed = { at: page.at, totals: page.totals ?? {}, items, isWhole: after === undefined };
      if (after === undefined || count === MOST_PAGES) return listed;
      onPage(listed);
    }
  }

  return {
    streams: (onPage: (soFar: Listed<StreamItem>) => void) => all<StreamItem>('live', { kind: 'streams' }, onPage),
    calls: () => all<CallItem>('live', { kind: 'calls' }),
    closed: (kind: 'streams' | 'calls') => all<ClosedItem>('closed', { kind, minutes: 15 }),
    row: (kind: RowKind, id: string) => {
      const [path, parameters] = pathOf(kind, id);
      return get<Readonly<Record<string, Row>>>(path, parameters).then((answer) => answer[kind]);
    },
    stop(id: string, reason: string) {
      const [path, parameters] = pathOf('stream', id, '/stop');
      return request('POST', path, parameters, reason ? { reason } : {});
    },
    bans: () => get<{ readonly items: readonly Ban[] }>('bans'),
    ban: (key: string, duration: string | undefined, reason: string) =>
      request('POST', 'bans', {}, { key, ...(duration ? { for: duration } : {}), ...(reason ? { reason } : {}) }),
    lift: (key: string) => request('DELETE', 'bans', { key }),
  };
}

type RowKind = 'stream' | 'call' | 'session';

/** Ids are made by clients: one with a slash, a dot or a question mark is no part of a path, and comes as a parameter. */
const pathOf = (kind: RowKind, id: string, action = ''): [string, Parameters] =>
  /^[\w-]+$/.test(id) ? [`${kind}s/${id}${action}`, {}] : [`${kind}s/-${action}`, { id }];

export interface Listed<Item> {
  readonly at: string;
  readonly totals: NonNullable<Page<Item>['totals']>;
  readonly items: readonly Item[];
  /** False if there are more than the page takes. */
  readonly isWhole: boolean;
}

/** @returns the words of a problem (RFC 9457) */
function detailOf(answer: unknown): string | undefined {
  const { detail, title } = (answer ?? {}) as { detail?: unknown; title?: unknown };
  return [detail, title].find((text): text is string => typeof text === 'string' && text !== '');
}

export const problemOf = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError('failed', error instanceof Error ? error.message : String(error));
