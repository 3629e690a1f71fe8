import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../../infra/cli/command-line.ts';
import { readOptions } from '../../../../../infra/cli/usage/options.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const rangeOf = (...args: string[]) => {
  const options = readOptions(args, NOW);
  if (options === 'help') throw new Error('help');
  return [options.range.from, options.range.to].map((time) => new Date(time).toISOString());
};

describe('the range of npm run usage', () => {
  it.each([
    [[], '2026-11-25T00:00:00.000Z', '2026-11-25T12:00:00.000Z'],
    [['--from', '2026-11-01'], '2026-11-01T00:00:00.000Z', '2026-11-25T12:00:00.000Z'],
    [['--from', '2026-11-01', '--to', '2026-11-02'], '2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z'],
    [
      ['--from', '2026-11-01T08:30+02:00', '--to', '2026-12-31'],
      '2026-11-01T06:30:00.000Z',
      '2026-11-25T12:00:00.000Z',
    ],
  ])('%j', (args, from, to) => expect(rangeOf(...args)).toEqual([from, to]));

  it.each([
    [['--from', 'yesterday'], /--from yesterday: expected a date such as/],
    [['--from', '2026-02-30'], /--from 2026-02-30: expected a date/],
    [['--from', '2026-13-01'], /--from 2026-13-01: expected a date/],
    [['--from', '2026-11-26'], /--from 2026-11-26: expected a time in the past/],
    [['--to', '2026-11-02'], /--to 2026-11-02 is not after --from 2026-11-25/],
    [['--from', '2026-11-25T12:00Z'], /--to now is not after --from 2026-11-25T12:00Z/],
    [['--from', '2026-11-02', '--to', '2026-11-02'], /--to 2026-11-02 is not after --from 2026-11-02/],
    [['--by', 'week'], /--by week: expected app, sub, name, node, day/],
    [['--sub', 'alice', '--by', 'day'], /--sub lists .* leave out --by/],
    [['--csv', '--json'], /cannot be combined/],
    [['--sub', ''], /--sub is empty/],
    [['--stage', 'a/b'], /--stage a\/b: expected letters/],
  ])('%j is a mistake, explained', (args, message) => {
    expect(() => readOptions(args, NOW)).toThrow(UsageError);
    expect(() => readOptions(args, NOW)).toThrow(message);
  });
});
