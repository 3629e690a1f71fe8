/** Answers the requests of the board: its page's files, and the API behind them. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { startDeadline } from '../platform/deadline.ts';
import type { Effects } from '../platform/effects.ts';
import { describe } from '../platform/log.ts';
import type { VerifyToken } from '../platform/token-verifier.ts';
import type { BoardSettings } from '../settings/board-settings.ts';
import type { BanTable } from '../store/ban-table.ts';
import type { BoardStore } from '../store/board-store.ts';
import { authorize, corsHeaders, Forbidden, isThere } from './access.ts';
import type { Operation } from './operation.ts';
import { createOperations, idOf } from './operations.ts';
import { asProblem, notFound, Problem } from './problem.ts';
import { readRequest, type BoardRequest } from './request.ts';

/** What Lambda calls with API Gateway's event. Failures of ours are answers, too. */
export type BoardFunction = (
  event: APIGatewayProxyEventV2,
  context: Pick<Context, 'awsRequestId'>,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** A file of the page, by its path behind `/board/`; the page itself is ''. */
export interface PageFile {
  readonly type: string;
  readonly body: string;
  readonly contentSecurityPolicy?: string;
}
export type PageFiles = Readonly<Record<string, PageFile>>;

export interface BoardDeps extends Effects {
  readonly settings: BoardSettings;
  readonly store: BoardStore;
  /** Undefined where bans are off. */
  readonly bans: BanTable | undefined;
  /** Undefined where nobody needs a token. */
  readonly verify: VerifyToken | undefined;
  readonly files: PageFiles;
}

/** For all store work of a request: somebody is waiting, and API Gateway gives up after 30 s. */
const DEADLINE_MS = 6000;

const SECURITY = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
const PREFLIGHT = {
  'access-control-allow-methods': 'GET, POST, DELETE',
  'access-control-allow-headers': 'Authorization, Content-Type',
  'access-control-max-age': '600',
};

interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

export const problemAnswer = (problem: Problem): Answer => ({
  statusCode: problem.status,
  headers: { 'content-type': 'application/problem+json', ...problem.headers },
  body: JSON.stringify(problem.details),
});

export function createBoardHandler({ settings, store, bans, verify, files, now, log }: BoardDeps): BoardFunction {
  const operations = createOperations({ store, bans, now }).map(withPattern);

  /** The operation that the method and the path name, and the id in the path. */
  function find({ method, path }: BoardRequest): { readonly operation: Operation; readonly id: string } {
    if (Object.hasOwn(files, path)) throw notAllowed(['GET']);
    const matches = operations.flatMap(({ operation, pattern }) => {
      const [match, id = ''] = pattern.exec(path) ?? [];
      return match === undefined ? [] : [{ operation, id }];
    });
    if (matches.length === 0) throw notFound();
    const found = matches.find(({ operation }) => operation.method === method);
    if (found) return found;
    throw notAllowed(matches.map(({ operation }) => operation.method));
  }

  async function answer(request: BoardRequest, notes: Notes): Promise<Answer> {
    if (!isThere(settings, request)) throw notFound();
    const { method, path } = request;
    if (method === 'OPTIONS') return { statusCode: 204, headers: PREFLIGHT };
    if (method === 'GET' && Object.hasOwn(files, path)) {
      notes.path = `/board${path && `/${path}`}`;
      return pageAnswer(files[path] as PageFile);
    }
    const { operation, id } = find(request);
    notes.path = operation.path;
    const { sub } = await authorize(verify, operation.right, request.headers, now());
    notes.sub = sub;
    const deadline = startDeadline(DEADLINE_MS);
    try {
      const { query, body, headers } = request;
      const note = (changed: string) => void (notes.id = changed);
      const asked = { query, body, headers, sub, signal: deadline.signal, note };
      const named = operation.path.includes('{id}') ? idOf(id, query) : '';
      const shown = await withoutStoreErrors(operation.run({ ...asked, id: named }));
      return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(shown) };
    } finally {
      deadline.end();
    }
  }

  return async (event, { awsRequestId: requestId }) => {
    const startedAt = now();
    const notes: Notes = { method: '', path: 'unknown' };
    let cors = {};
    let given: Answer;
    try {
      const request = readRequest(event);
      notes.method = METHODS.find((known) => known === request.method) ?? 'another method';
      cors = corsHeaders(settings.boardOrigins, request.headers);
      given = await answer(request, notes);
    } catch (error) {
      const problem = asProblem(error);
      if (problem instanceof Forbidden) notes.sub = problem.sub;
      notes.problem = problem;
      given = problemAnswer(problem);
    }
    logRequest(given.statusCode, notes, now() - startedAt, requestId);
    return { ...given, headers: { ...SECURITY, ...cors, ...given.headers } };
  };

  function logRequest(
    status: number,
    { method, path, id, sub, problem }: Notes,
    milliseconds: number,
    requestId: string,
  ) {
    const cause = problem?.status === 401 || problem?.status === 403 ? problem : problem?.cause;
    log({
      level: status >= 500 ? 'ERROR' : status === 401 || status === 403 ? 'WARN' : 'INFO',
      message: 'board',
      fields: {
        method: `${method} ${path}`,
        id,
        sub,
        status,
        milliseconds,
        requestId,
        cause: cause === undefined ? undefined : describe(cause),
      },
      metrics: { boardRequests: 1, ...(status >= 500 ? { boardFailed: 1 } : {}) },
    });
  }
}

function notAllowed(methods: readonly string[]): Problem {
  const allow = [...new Set(methods)].join(', ');
  return new Problem(405, `expected ${allow}`, { headers: { allow } });
}

/** What the log says about a request: never its token or its parameters. */
interface Notes {
  method: string;
  path: string;
  id?: string;
  sub?: string | undefined;
  problem?: Problem;
}
const METHODS = ['GET', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PUT', 'PATCH'] as const;

function withPattern(operation: Operation) {
  const [, path = ''] = /^\/board\/(.*)$/.exec(operation.path) ?? [];
  return { operation, pattern: new RegExp(`^${path.replace('{id}', '(.+)')}$`, 's') };
}

const pageAnswer = ({ type, body, contentSecurityPolicy }: PageFile): Answer => ({
  statusCode: 200,
  headers: {
    'content-type': type,
    ...(contentSecurityPolicy === undefined ? {} : { 'content-security-policy': contentSecurityPolicy }),
  },
  body,
});

/** DynamoDB's own message is for the log. */
async function withoutStoreErrors<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem(503, 'the tables are not available right now: try again', {
      cause,
      headers: { 'retry-after': '2' },
    });
  }
}
