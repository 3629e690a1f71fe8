/** Searches the logs of a stage's functions with CloudWatch Logs Insights and the saved query. */
import type { CloudWatchLogsClient, ResultField } from '@aws-sdk/client-cloudwatch-logs';
import { setTimeout as sleep } from 'node:timers/promises';
import { HOOK_FUNCTIONS } from '../../cloudformation/functions.ts';
import { HISTORY_LIMIT, historyQuery } from '../../cloudformation/queries.ts';
import { Failure } from '../command-line.ts';
import { sizeOf, type History, type HistoryLine, type Search, type Tell } from './history.ts';

/** The functions whose lines have ids. Each further log group would cost. */
export const logGroups = (stage: string) =>
  [...HOOK_FUNCTIONS, 'replay'].map((name) => `/aws/lambda/wcs-hooks-${stage}-${name}`);

const POLL_MS = 500;
const NUMBERS: readonly string[] = ['status', 'milliseconds'];

/** @throws Failure if Insights fails, or when `signal` is aborted, which also stops the query: it costs money */
export async function searchInsights(
  logs: Pick<CloudWatchLogsClient, 'send'>,
  stage: string,
  { of, id, from, to }: Search,
  tell: Tell,
  signal: AbortSignal,
): Promise<History> {
  const { GetQueryResultsCommand, StartQueryCommand, StopQueryCommand } =
    await import('@aws-sdk/client-cloudwatch-logs');
  const { queryId } = await logs.send(
    new StartQueryCommand({
      logGroupNames: logGroups(stage),
      queryString: historyQuery(of, id),
      // In seconds, both inclusive.
      startTime: Math.floor(from / 1000),
      endTime: Math.ceil(to / 1000),
    }),
  );
  for (;;) {
    if (signal.aborted) {
      await logs.send(new StopQueryCommand({ queryId }));
      throw new Failure('The search was stopped.');
    }
    const { status, results = [], statistics } = await logs.send(new GetQueryResultsCommand({ queryId }));
    const { recordsScanned = 0, bytesScanned = 0 } = statistics ?? {};
    if (status === 'Complete') {
      return { lines: results.map(lineOf), isCut: results.length >= HISTORY_LIMIT, searchedBytes: bytesScanned };
    }
    if (status !== 'Scheduled' && status !== 'Running') {
      throw new Failure(
        `CloudWatch Logs Insights did not finish (${status}). Try again, or search a shorter time with --since.`,
      );
    }
    tell(`${recordsScanned.toLocaleString('en-US')} lines, ${sizeOf(bytesScanned)} searched`);
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
}

/** Insights returns strings, and times such as `2026-11-25 10:25:19.123`, in UTC. */
function lineOf(result: readonly ResultField[]): HistoryLine {
  const fields = new Map(result.map(({ field = '', value = '' }) => [field, value]));
  const time = `${fields.get('@timestamp')?.replace(' ', 'T')}Z`;
  const others = [...fields].filter(([field, value]) => !field.startsWith('@') && value !== '');
  return {
    time,
    ...Object.fromEntries(others.map(([field, value]) => [field, NUMBERS.includes(field) ? Number(value) : value])),
  };
}
