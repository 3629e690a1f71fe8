/** As much of CloudWatch Logs as `--history` asks for, over HTTP, and a DynamoDB that has the rows it is given. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { insights } from './insights.ts';
import type { WrittenLine } from './written-lines.ts';

export interface StartedQuery {
  readonly logGroupNames: readonly string[];
  readonly startTime: number;
  readonly endTime: number;
  readonly queryString: string;
}

interface Behaviour {
  lines: readonly WrittenLine[];
  /** Of every key. */
  item: object | undefined;
  /** What a query is in, one after the other; the last stays. */
  statuses: string[];
  bytesScanned: number;
  /** What StartQuery answers instead. */
  error: string | undefined;
}

export async function startLogsInsights() {
  const started: StartedQuery[] = [];
  const stopped: string[] = [];
  const behaviour: Behaviour = {
    ...{ lines: [], item: undefined, statuses: ['Complete'], bytesScanned: 0, error: undefined },
  };
  let polls = 0;

  const operations: Record<string, (input: StartedQuery & { readonly queryId: string }) => object> = {
    GetItem: () => (behaviour.item ? { Item: behaviour.item } : {}),
    StartQuery(input) {
      if (behaviour.error !== undefined) throw new Error(behaviour.error);
      polls = 0;
      started.push(input);
      return { queryId: `query-${started.length}` };
    },
    GetQueryResults({ queryId }) {
      const query = started[Number(queryId.replace('query-', '')) - 1];
      const { statuses, lines, bytesScanned } = behaviour;
      const status = statuses[Math.min(polls++, statuses.length - 1)] ?? 'Unknown';
      const statistics = { recordsMatched: 1, recordsScanned: 12_345, bytesScanned };
      if (status !== 'Complete' || !query) return { status, results: [], statistics };
      return { status, results: insights(query.queryString, lines).map((row) => resultOf(row, query)), statistics };
    },
    StopQuery({ queryId }) {
      stopped.push(queryId);
      return { success: true };
    },
  };

  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const target = String(request.headers['x-amz-target']);
      const operation = operations[target.split('.')[1] ?? ''];
      const answer = (status: number, json: object) =>
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(json));
      try {
        if (!operation) throw new Error(`UnknownOperationException ${target}`);
        answer(200, operation(JSON.parse(body) as StartedQuery & { queryId: string }));
      } catch (error) {
        const [__type, ...message] = (error as Error).message.split(' ');
        answer(400, { __type, message: message.join(' ') });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ behaviour, started, stopped },
    environment: { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Insights gives the fields of `fields`, all as texts, and a pointer to the line. */
function resultOf(
  row: Readonly<Record<string, string | number | boolean | undefined>>,
  { queryString }: StartedQuery,
): object[] {
  const [, names = ''] = /^fields (.*)$/m.exec(queryString) ?? [];
  const valueOf = (name: string) =>
    name === '@timestamp' ? String(row['time']).replace('T', ' ').replace('Z', '') : row[name];
  return [...names.split(', '), '@ptr'].flatMap((field) => {
    const value = field === '@ptr' ? 'CmEKJgoi' : valueOf(field);
    return value === undefined ? [] : [{ field, value: String(value) }];
  });
}
