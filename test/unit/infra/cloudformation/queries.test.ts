import { beforeAll, describe, expect, it } from 'vitest';
import { queries } from '../../../../infra/cloudformation/queries.ts';
import { ofType, shellWith } from '../../../support/cloudformation.ts';
import { insights } from '../../../support/insights.ts';
import { hookLines, jobLines, type WrittenLine } from '../../../support/written-lines.ts';

interface Definition {
  readonly Name: string;
  readonly LogGroupNames: readonly { readonly Ref: string }[];
  readonly QueryString: string;
}
const ALL = ofType<Definition>(await queries(shellWith({})), 'AWS::Logs::QueryDefinition');
const named = (title: string) =>
  Object.values(ALL).find(({ Name }) => Name === `wcs-hooks/test/${title}`) ?? expect.fail(title);
const groupsOf = (title: string) => named(title).LogGroupNames.map(({ Ref }) => Ref);

const HOOKS = ['ConnectLogGroup', 'InvocationLogGroup', 'EventLogGroup', 'IncomingLogGroup'];
const EVERYTHING = [...HOOKS, 'SweepLogGroup', 'ReplayLogGroup', 'ChangesLogGroup', 'BoardLogGroup'];

describe('the saved queries, over what the code writes', () => {
  let lines: WrittenLine[] = [];
  beforeAll(async () => {
    lines = [...(await hookLines()), ...(await jobLines())];
  });
  const run = (title: string, over = lines) => insights(named(title).QueryString, over);
  const limitOf = (title: string) => /\| limit (\d+)$/.exec(named(title).QueryString)?.[1];

  it('are six', () => {
    expect(Object.keys(ALL)).toEqual([
      ...['WhatHappenedToStreamXQuery', 'WhatHappenedToCallXQuery', 'WhyDoCallsFailQuery'],
      ...['WhoWasRejectedOrDeniedQuery', 'WhatFailsQuery', 'SlowestHooksQuery'],
    ]);
  });

  it('ask for fields that lines have', () => {
    const written = new Set([...lines.flatMap((line) => Object.keys(line)), 'errorMessage']);
    const asked: string[] = [];
    for (const { QueryString } of Object.values(ALL)) insights(QueryString, lines, (field) => asked.push(field));
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter((field) => !written.has(field))).toEqual([]);
  });

  it('show what happened to a stream, from its first hook to its last, in all functions', () => {
    const title = 'what happened to stream X';
    const found = run(title, lines.toReversed());
    const healthy = ({ method, outcome }: WrittenLine) =>
      method === 'StreamKeepAliveEvent' && ['fresh', 'applied'].includes(String(outcome));
    expect(found).toHaveLength(lines.filter((line) => line['id'] === 'X' && !healthy(line)).length);
    expect(found.length).toBeGreaterThan(2);
    expect(found.map((row) => row['@timestamp'])).toEqual(found.map((row) => row['@timestamp']).toSorted());
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(['X']));
    expect(groupsOf(title)).toEqual(EVERYTHING);
    expect(limitOf(title)).toBe('1000');
  });

  it('show what happened to a call, from its first hook to its last, in all functions', () => {
    const title = 'what happened to call X';
    const found = insights(named(title).QueryString.replace('"X"', '"C"'), lines);
    expect(found.map(({ method }) => method)).toEqual(['call', 'CallStatusEvent', 'TransferStatusEvent']);
    expect(found[1]).toMatchObject({ wcsStatus: 'FAILED', sipStatus: 404, info: 'Not Found', callee: '1002' });
    expect(groupsOf(title)).toEqual(EVERYTHING);
    expect(limitOf(title)).toBe('1000');
  });

  it('show why calls fail: what SIP said and who denied it, the most frequent first', () => {
    const title = 'why do calls fail';
    const failed = lines.filter(({ id, wcsStatus }) => id === 'C' && wcsStatus === 'FAILED');
    const found = run(title, [...lines, ...failed.slice(0, 1)]);
    expect(
      found.map(({ method, sipStatus, why, hooks, lastCallee }) => [method, sipStatus, why, hooks, lastCallee]),
    ).toEqual([
      ['CallStatusEvent', 404, 'Not Found', 2, '1002'],
      ['call', undefined, 'token: no token', 1, '1002'],
      ['TransferStatusEvent', undefined, undefined, 1, '1002'],
    ]);
    expect(groupsOf(title)).toEqual(HOOKS);
    expect(limitOf(title)).toBe('100');
  });

  it('show who was rejected or denied, and why, the last one first', () => {
    const title = 'who was rejected or denied';
    const found = run(title);
    expect(found.map(({ outcome }) => outcome)).toEqual(
      lines
        .filter(
          ({ message, status, outcome }) =>
            message === 'hook' && (Number(status) >= 400 || outcome === 'denial ignored'),
        )
        .map(({ outcome }) => outcome)
        .filter((outcome) => outcome !== 'failed')
        .toReversed(),
    );
    expect(new Set(found.map(({ outcome }) => outcome))).toEqual(
      new Set(['rejected', 'denied', 'undecided', 'denial ignored']),
    );
    for (const { outcome, reason, cause } of found)
      if (outcome !== 'denial ignored') expect(reason ?? cause).toBeTruthy();
    expect(groupsOf(title)).toEqual(HOOKS);
    expect(limitOf(title)).toBe('1000');
  });

  it("show what fails: our errors and warnings, Lambda's own lines, and nothing healthy", () => {
    const title = 'what fails';
    // As Lambda writes them in its JSON format.
    const platform = [
      { type: 'platform.report', record: { status: 'timeout', errorType: 'Sandbox.Timedout' } },
      { type: 'platform.initReport', record: { status: 'error', errorType: 'Runtime.Unknown' } },
    ];
    const lambda = platform.map((line) => ({ ...line, level: 'INFO' }) as unknown as WrittenLine);
    const shown = platform.map(({ type, record }) => `${type} ${record.status} ${record.errorType}`);
    const found = run(title, [...lines, lines[5] ?? expect.fail(), ...lambda]);
    const bad = lines.filter(({ level }) => level !== 'INFO');
    expect(bad.length).toBeGreaterThan(8);
    expect(found.reduce((sum, { n }) => sum + Number(n), 0)).toBe(bad.length + 1 + lambda.length);
    expect(found.map(({ n }) => Number(n))).toEqual(found.map(({ n }) => Number(n)).toSorted((a, b) => b - a));
    const what = found.map((row) => row['what']);
    for (const message of [...bad.map(({ message }) => message), ...shown]) expect(what).toContain(message);
    expect(found.find(({ leftOut }) => leftOut)).toMatchObject({ what: 'hook', outcome: 'applied', leftOut: 'caller' });
    expect(groupsOf(title)).toEqual(EVERYTHING);
    expect(limitOf(title)).toBe('100');
  });

  it('show the slowest hooks, the slowest first', () => {
    const title = 'slowest hooks';
    const hooks = lines.filter(({ message }) => message === 'hook');
    const timed = lines.map((line, n) => ({ ...line, milliseconds: (n * 7) % 11 }));
    const found = run(title, timed).map(({ milliseconds }) => Number(milliseconds));
    expect(found).toHaveLength(hooks.length);
    expect(found).toEqual(found.toSorted((a, b) => b - a));
    expect(groupsOf(title)).toEqual(HOOKS);
    expect(limitOf(title)).toBe('100');
  });
});
