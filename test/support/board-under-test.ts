import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createBoardHandler, type PageFiles } from '../../lib/board/handler.ts';
import { createOperations } from '../../lib/board/operations.ts';
import type { Line } from '../../lib/platform/log.ts';
import { createTokenVerifier } from '../../lib/platform/token-verifier.ts';
import { readBoardSettings } from '../../lib/settings/board-settings.ts';
import type { KindName, Row } from '../../lib/state/row.ts';
import { isOver, type Ban } from '../../lib/state/bans.ts';
import type { BanTable } from '../../lib/store/ban-table.ts';
import type { BoardStore } from '../../lib/store/board-store.ts';
import { problemOfAnswer } from './open-api.ts';
import { REQUIRED } from './settings.ts';
import { NOW, signToken, WITH_SECRET } from './tokens.ts';

export interface Question {
  readonly query?: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly sourceIp?: string;
}

/** The event as API Gateway makes it: the path that a route caught is decoded. */
export function boardEvent(method: string, path: string, { query = '', token, body, headers, sourceIp }: Question) {
  const [, caught] = /^\/board\/(.+)$/.exec(path) ?? [];
  return {
    version: '2.0',
    rawPath: decodeURIComponent(path),
    rawQueryString: query,
    headers: {
      host: 'api.example.com',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    requestContext: { http: { method, sourceIp: sourceIp ?? '203.0.113.7' }, timeEpoch: NOW * 1000 },
    ...(caught === undefined ? {} : { pathParameters: { path: decodeURIComponent(caught) } }),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEventV2;
}

/** Rows in memory. */
export function createMemoryBoardStore(now: () => number) {
  const rows: Record<KindName, Map<string, Row>> = { stream: new Map(), session: new Map(), call: new Map() };
  const control = { isDown: false, reads: 0 };
  const orFail = <T>(value: T): Promise<T> => {
    control.reads++;
    return control.isDown ? Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:443')) : Promise.resolve(value);
  };
  const store: BoardStore = {
    live: (kind) =>
      orFail({
        rows: [...rows[kind]].filter(([, row]) => row.live !== undefined).map(([id, row]) => ({ ...row, id })),
        isComplete: true,
      }),
    closed: (kind, from) =>
      orFail({
        rows: [...rows[kind]]
          .filter(([, row]) => row.closedAt !== undefined && String(row.closedAt) >= new Date(from).toISOString())
          .map(([id, row]) => ({ ...row, id })),
        isComplete: true,
      }),
    row: (kind, id) => orFail(rows[kind].get(id)),
    stop(id, { reason, by }) {
      const row = rows.stream.get(id);
      if (row) rows.stream.set(id, { ...row, stop: reason ?? true, ...(by === undefined ? {} : { stopBy: by }) });
      return orFail(row !== undefined);
    },
  };
  const table = new Map<string, Ban>();
  const bans: BanTable = {
    read: () => orFail([...table.values()].filter((ban) => !isOver(ban, now()))),
    put: (ban) => orFail(void table.set(ban.key, ban)),
    remove(key) {
      const ban = table.get(key);
      table.delete(key);
      return orFail(ban && !isOver(ban, now()) ? ban : undefined);
    },
  };
  return { store, rows, bans, table, control };
}

/** The function `board` with other side effects. Every answer of the API is held to docs/board.openapi.json. */
export function boardUnderTest(env: Record<string, string> = WITH_SECRET, files: PageFiles = {}) {
  const settings = readBoardSettings({ ...REQUIRED, ...env });
  const lines: Line[] = [];
  const clock = { now: NOW * 1000 };
  const now = () => clock.now;
  const memory = createMemoryBoardStore(now);
  const verify = settings.tokens && createTokenVerifier(settings.tokens, now);
  const handle = createBoardHandler({
    settings,
    store: memory.store,
    bans: settings.bansTable === undefined ? undefined : memory.bans,
    verify,
    files,
    now,
    log: (line) => lines.push(line),
  });
  const operations = createOperations({ ...memory, now });
  const operationOf = (method: string, path: string) =>
    operations
      .filter((operation) => operation.method === method)
      .find(({ path: template }) => new RegExp(`^${template.replace('{id}', '.+')}$`).test(path));

  async function ask(method: string, path: string, question: Question = {}) {
    const {
      statusCode = 0,
      headers = {},
      body,
    } = await handle(boardEvent(method, path, question), {
      awsRequestId: 'request-1',
    });
    const operation = operationOf(method, path);
    if (operation) {
      const problem = problemOfAnswer(`${method} ${operation.path}`, statusCode, String(headers['content-type']), body);
      if (problem !== undefined) throw new Error(problem);
    }
    const isJson = String(headers['content-type']).endsWith('json');
    const json = isJson ? (JSON.parse(body ?? '') as Record<string, unknown>) : undefined;
    return { status: statusCode, headers, body, json };
  }
  return { ask, ...memory, lines, clock };
}

/** One that may do all of the given on the board. */
export const boardToken = (...board: string[]) => signToken({ claims: { board } });
