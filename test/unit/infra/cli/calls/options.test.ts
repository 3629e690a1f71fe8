import { describe, expect, it } from 'vitest';
import { HELP, readOptions } from '../../../../../infra/cli/calls/options.ts';

describe('the options of npm run calls', () => {
  it.each([
    [['--nope'], /--nope/],
    [['--id', 'a', '--caller', 'b'], /--id and --caller do not go together/],
    [['--id', 'a', '--callee', 'b'], /--id and --callee do not go together/],
    [['--id', 'a', '--history', 'a'], /--id and --history do not go together/],
    [['--id', 'a', '--end', 'a'], /--id and --end do not go together/],
    [['--end', 'a', '--callee', 'b'], /--end and --callee do not go together/],
    [['--end', ''], /--end is empty/],
    [['--id', 'a', '--yes'], /--yes is for --end ID/],
    [['--history', ''], /--history is empty/],
    [['--id', 'a', '--since', '1h'], /--since is for --history ID/],
    [['--history', 'a', '--since', 'soon'], /--since soon: expected/],
    [['--id', ''], /--id is empty/],
    [['--caller', ''], /--caller is empty/],
    [['--callee', ''], /--callee is empty/],
    [['--limit', '0'], /--limit 0: expected a whole number/],
    [['--limit', '1.5'], /--limit 1.5/],
    [['--limit', 'Infinity'], /--limit Infinity/],
    [['--stage', 'a b'], /--stage a b: expected letters/],
  ])('%j are refused with the reason', (args, reason) => {
    expect(() => readOptions(args)).toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(reason) as string }),
    );
  });

  it('default to all current calls on this machine', () => {
    expect(readOptions([])).toEqual({
      ...{ what: { kind: 'list', caller: undefined, callee: undefined }, limit: Infinity },
      ...{ wide: false, json: false, stage: 'local', region: undefined },
    });
  });

  it('are all in the help, in lines that no terminal folds', () => {
    expect(readOptions(['--help', '--limit', '0'])).toBe('help');
    for (const name of [
      'id',
      'history',
      'since',
      'end',
      'yes',
      'caller',
      'callee',
      'wide',
      'json',
      'limit',
      'stage',
      'region',
      'help',
    ])
      expect(HELP).toContain(`  --${name} `);
    expect(HELP.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
