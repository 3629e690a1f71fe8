import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { searchLocalLog } from '../../../infra/cli/history/local-log.ts';
import { openStage } from '../../../infra/cli/stage-access.ts';
import { readOptions } from '../../../infra/cli/streams/options.ts';
import { createShow } from '../../../infra/cli/streams/show.ts';
import { queries } from '../../../infra/cloudformation/queries.ts';
import { startLogsInsights } from '../../support/logs-insights.ts';
import { runScript } from '../../support/run-script.ts';
import { hookLines, jobLines, type WrittenLine } from '../../support/written-lines.ts';

type Line = Readonly<Record<string, unknown>>;

/** What the code wrote of the streams X and S, with healthy keep-alives and lines of others between them. */
let lines: WrittenLine[];
let logs: Awaited<ReturnType<typeof startLogsInsights>>;
beforeAll(async () => {
  const [hooks, jobs] = [await hookLines(), await jobLines()];
  const keepAlive = { ...hooks[0], level: 'INFO', message: 'hook', id: 'X', method: 'StreamKeepAliveEvent' };
  lines = [
    ...hooks,
    ...['fresh', 'applied', 'stopped'].map((outcome) => ({ ...keepAlive, outcome, time: '2023-12-01T00:00:00.000Z' })),
    ...jobs,
  ];
  logs = await startLogsInsights();
});
afterAll(() => logs.close());
beforeEach(() => {
  Object.assign(logs.behaviour, { lines, item: undefined, statuses: ['Complete'], bytesScanned: 0, error: undefined });
  logs.started.length = 0;
});

const ofStage = (script: string, ...options: string[]) =>
  runScript(script, [...options, '--stage', 'dev'], { ...process.env, ...logs.environment });

/** The same in this process. */
async function history(...args: string[]) {
  const options = readOptions(['--history', ...args]);
  if (options === 'help') return expect.fail('--help');
  const [lines, warnings]: [string[], string[]] = [[], []];
  const before = { ...process.env };
  Object.assign(process.env, logs.environment);
  const missing = await createShow(openStage('dev'), options)(Infinity, {
    write: (line) => lines.push(line),
    columns: undefined,
    now: Date.now,
    warn: (text) => warnings.push(text),
    progress: () => {},
  }).finally(() => (process.env = before));
  return { stdout: lines.join('\n'), missing, warnings };
}
const parsed = (stdout: string) =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
const FIELDS = ['time', 'method', 'wcsStatus', 'outcome', 'status', 'node', 'milliseconds'];
const pick = (line: Line) => Object.fromEntries(FIELDS.flatMap((name) => (name in line ? [[name, line[name]]] : [])));
const linesOf = (id: string) =>
  lines.filter(
    (line) =>
      line['id'] === id &&
      !(line['method'] === 'StreamKeepAliveEvent' && ['fresh', 'applied'].includes(String(line.outcome))),
  );

describe('--history on a stage', () => {
  it('shows every hook in order, by the saved query, since the row was first seen', async () => {
    logs.behaviour.item = { firstSeenAt: { S: '2023-11-14T22:13:20.000Z' } };
    Object.assign(logs.behaviour, { statuses: ['Scheduled', 'Running', 'Complete'], bytesScanned: 3.2 * 2 ** 30 });
    const { code, stdout, stderr } = await ofStage('streams', '--history', 'X');
    expect([code, stderr]).toEqual([
      0,
      'Searching the logs of wcs-hooks-dev since 2023-11-14T22:12:20.000Z, at about $0.0063 per GB. Ctrl-C stops it.\n',
    ]);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(rows[0]).toEqual(['time', 'method', 'status', 'outcome', 'ms', 'node', 'reason']);
    expect(rows.slice(1, -1).map(([time, method, status, outcome]) => [time, method, status, outcome])).toEqual(
      linesOf('X').map(({ time, method, wcsStatus, outcome }) => [time, method, wcsStatus, outcome]),
    );
    expect(rows.at(-1)?.join('  ')).toBe(
      `${linesOf('X').length} lines about X since 2023-11-14T22:12:20.000Z, without healthy keep-alives. 3.2 GB of logs were searched, which costs about $0.02.`,
    );
    const [{ queryString, logGroupNames, startTime } = expect.fail()] = logs.started;
    const { Resources } = await queries({ resolveVariable: () => Promise.resolve('') });
    const { QueryString } = Resources['WhatHappenedToStreamXQuery']?.Properties ?? {};
    expect(queryString).toBe(QueryString);
    expect(startTime).toBe(Date.parse('2023-11-14T22:12:20Z') / 1000);
    expect(logGroupNames).toEqual(
      ['connect', 'invocation', 'event', 'incoming', 'replay'].map((name) => `/aws/lambda/wcs-hooks-dev-${name}`),
    );
  });

  it('gives programs each line with its fields, numbers as numbers', async () => {
    const { stdout } = await history('D', '--json', '--since', '2023-11-14');
    const shown = parsed(stdout);
    expect(shown.map(pick)).toEqual(linesOf('D').map(pick));
    expect(shown).toContainEqual(
      expect.objectContaining({ outcome: 'denied', status: 403, reason: 'token: no token' }),
    );
    expect(logs.started[0]?.startTime).toBe(Date.parse('2023-11-14') / 1000);
  });

  it('shows a session, and looks a day back where there is no row', async () => {
    const id = '/10.0.0.1:3/10.0.0.2:4';
    const { code, stdout } = await ofStage('sessions', '--history', id);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\S+Z +connect +\S+ +denied +\d+ +n +403 origin: /m);
    const { startTime = 0, endTime = 0 } = logs.started[0] ?? {};
    expect(Math.round((endTime - startTime) / 60)).toBe(24 * 60);
  });

  it('shows a call with what SIP said, by the saved query of calls', async () => {
    logs.behaviour.lines = [
      ...lines,
      { ...lines[0], level: 'INFO', message: 'hook', id: 'C', wcsStatus: 'FAILED', sipStatus: 486, info: 'Busy here' },
    ];
    const { stdout } = await ofStage('calls', '--history', 'C');
    expect(stdout).toMatch(/^\S+Z +call +PENDING +denied +\d+ +n +403 token: /m);
    expect(stdout).toMatch(/ FAILED .* Busy here SIP 486$/m);
    const { Resources } = await queries({ resolveVariable: () => Promise.resolve('') });
    const { QueryString } = Resources['WhatHappenedToCallXQuery']?.Properties ?? {};
    expect(logs.started[0]?.queryString.replace('"C"', '"X"')).toBe(QueryString);
  });

  it('asks for an id as rows and log have it, whatever is in it', async () => {
    const id = `a"b\\c\n${'x'.repeat(300)}`;
    logs.behaviour.lines = [
      { ...lines[0], level: 'INFO', message: 'hook', id: `a"b\\c\ufffd${'x'.repeat(300)}`.slice(0, 256) },
    ];
    expect(parsed((await history(id, '--json')).stdout)).toHaveLength(1);
    const rtsp = '0a1b2c3d-0000-4000-8000-000000000000-rtsp://u:s3cret@10.0.0.1/x-RTSP';
    const { missing } = await history(rtsp);
    expect(logs.started[1]?.queryString).not.toContain('s3cret');
    expect(missing).toMatch(
      /^No hook of 0a1b2c3d\S+rtsp:\/\/10\.0\.0\.1\/x-RTSP was found in the logs .* --since searches further back\.$/,
    );
  });

  it('says where there are more than Insights shows, and from when on', async () => {
    const one = {
      ...lines[0],
      level: 'INFO',
      message: 'hook',
      id: 'X',
      outcome: 'applied',
      method: 'StreamStatusEvent',
    };
    logs.behaviour.lines = Array.from({ length: 1200 }, (_, n) => ({
      ...one,
      time: new Date(1_700_000_000_000 + n).toISOString(),
    }));
    const { stdout, warnings } = await history('X', '--json');
    expect(parsed(stdout)).toHaveLength(1000);
    expect(warnings).toContain(
      'These are the first 1000 lines. There may be more: search on with --since 2023-11-14T22:13:20.999Z',
    );
  });

  it('says what is wrong, and what to do', async () => {
    logs.behaviour.error = 'AccessDeniedException not authorized to perform: logs:StartQuery';
    await expect(history('X')).rejects.toThrow(
      /logs of wcs-hooks-dev cannot be searched: .*logs:StartQuery\.\nAdd what AWS names/,
    );
    Object.assign(logs.behaviour, { error: undefined, statuses: ['Failed'] });
    await expect(history('X')).rejects.toThrow('did not finish (Failed). Try again');
    for (const [args, words] of [
      [['--history', ''], '--history is empty'],
      [['--since', '1h'], '--since is for --history ID'],
      [['--history', 'X', '--id', 'X'], '--id and --history do not go together'],
      [['--history', 'X', '--watch'], '--watch is for what is shown'],
    ] as const)
      expect(() => readOptions([...args])).toThrow(words);
    const neither = await ofStage('sessions', '--since', '1h');
    expect(neither).toMatchObject({ code: 2, stderr: expect.stringContaining('either --id ID or') as string });
  });

  it('ends the query that it started, when it is ended by Ctrl-C', async () => {
    logs.behaviour.statuses = ['Running'];
    const command = ['infra/cli/streams/main.ts', '--history', 'X', '--stage', 'dev'];
    const child = spawn(process.execPath, command, { env: { ...process.env, ...logs.environment }, stdio: 'ignore' });
    await expect.poll(() => logs.started.length, { timeout: 20_000 }).toBe(1);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(logs.stopped).toEqual(['query-1']);
  });
});

describe('--history on this machine', () => {
  it('finds in the log files what the saved query finds on a stage', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'wcs-hooks-history-'));
    mkdirSync(join(dataDir, 'log'));
    const days = Map.groupBy(lines, ({ time }) => String(time).slice(0, 10));
    for (const [day, ofDay] of days)
      writeFileSync(
        join(dataDir, 'log', `${day}.jsonl`),
        `{"time":"${day}T00:00:00.000Z","id":"X","half a li\n${ofDay.map((line) => `${JSON.stringify(line)}\n`).join('')}`,
      );
    writeFileSync(join(dataDir, 'log', 'notes.txt'), JSON.stringify(lines[0]));
    expect(days.size).toBeGreaterThan(1);
    const folder = join(dataDir, 'log');
    const local = (id: string, from = 0) =>
      searchLocalLog(folder, { of: 'stream', id, from, to: Date.now() }, () => {});
    for (const id of ['X', 'S', 'D']) {
      expect((await local(id)).lines).toEqual(parsed((await history(id, '--json')).stdout));
      expect((await local(id)).lines).toHaveLength(linesOf(id).length);
    }
    const [first, ...others] = linesOf('X').map(({ time }) => time);
    expect((await local('X', Date.parse(String(others[0])))).lines.map(({ time }) => time)).toEqual(others);
    expect(others).not.toContain(first);
    expect(
      (await searchLocalLog(join(dataDir, 'nowhere'), { of: 'stream', id: 'X', from: 0, to: 1 }, () => {})).lines,
    ).toEqual([]);
  });
});
