import { describe, expect, it } from 'vitest';
import { cellsOf, linesOf } from '../../../../../infra/cli/usage/print.ts';
import { usageOf } from '../../../../../infra/cli/usage/sum.ts';

const usage = (key: string | undefined) =>
  cellsOf({ ...usageOf([{ id: 'a', use: 'published', from: 0, to: 90_000 }]), key }, 'name');

describe('usage is printed', () => {
  it('as a table with a total, aligned', () => {
    expect(linesOf([usage('会議'), usage(undefined)], usage('total'), 'table')).toEqual([
      'name   streams  peakStreams  publishedMinutes  playedMinutes  calls  peakCalls  talkedMinutes',
      '会議   1        1            1.5               0              0      0          0',
      '-      1        1            1.5               0              0      0          0',
      'total  1        1            1.5               0              0      0          0',
    ]);
  });

  it('as CSV that no spreadsheet takes for a formula', () => {
    const [, ...rows] = linesOf([usage('=cmd|x'), usage('a,"b"'), usage(undefined)], undefined, 'csv');
    expect(rows).toEqual([`'=cmd|x,1,1,1.5,0,0,0,0`, `"a,""b""",1,1,1.5,0,0,0,0`, ',1,1,1.5,0,0,0,0']);
  });

  it('as nothing where there is nothing', () => {
    for (const format of ['table', 'csv', 'json'] as const) expect(linesOf([], undefined, format)).toEqual([]);
    expect(linesOf([], usage('total'), 'csv')).toHaveLength(1);
  });

  it('as JSON, a line for each group, without the total', () => {
    expect(linesOf([usage('a')], usage('total'), 'json').map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ name: 'a', streams: 1, publishedMinutes: 1.5 }),
    ]);
  });

  it("without what would move a terminal's cursor", () => {
    expect(linesOf([usage('\u001b[2J')], undefined, 'table')[1]).toMatch(/^\ufffd\[2J/);
  });
});
