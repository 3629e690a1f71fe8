import { expect, it } from 'vitest';
import { scoreOf, summaryLine, survivorLines, type TestedMutant } from '../../../programs/mutation/score.ts';

const mutant = (status: string, start = [1, 1], end = [1, 2], replacement = 'y'): TestedMutant => ({
  fileName: 'lib/rule.ts',
  location: {
    start: { line: start[0] ?? 0, column: start[1] ?? 0 },
    end: { line: end[0] ?? 0, column: end[1] ?? 0 },
  },
  replacement,
  status,
});
const mutants = ['Killed', 'Timeout', 'Killed', 'Survived', 'NoCoverage', 'Ignored', 'Ignored'].map((one) =>
  mutant(one),
);

it('the score counts the mutants that ran, and what no test runs is not noticed', () => {
  expect(scoreOf(mutants)).toBe(60);
  expect(scoreOf([mutant('Survived')])).toBe(0);
  expect(scoreOf([mutant('Ignored')])).toBe(100);
  expect(summaryLine('lib/rule.ts', mutants)).toMatch(
    /^lib\/rule\.ts +60\.0 % {2}3 detected, 1 survived, 1 run by no test, 2 left out$/,
  );
});

it('a mutant that no test notices is shown with its place, what was there and what came instead', () => {
  const text = 'const a =\n  b < c &&\n  d;\n';
  const survivors = [
    mutant('Survived', [2, 3], [2, 8], 'b <= c'),
    mutant('NoCoverage', [2, 3], [3, 4], 'true'),
    mutant('Killed', [1, 1], [1, 6]),
  ];
  expect(survivorLines(survivors, () => text)).toEqual([
    '  lib/rule.ts:2:3  b < c → b <= c',
    '  lib/rule.ts:2:3  b < c && d → true  (run by no test)',
  ]);
});
