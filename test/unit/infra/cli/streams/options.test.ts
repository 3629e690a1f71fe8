import { describe, expect, it } from 'vitest';
import { HELP } from '../../../../../infra/cli/streams/help.ts';
import { readOptions } from '../../../../../infra/cli/streams/options.ts';

describe('the options of npm run streams', () => {
  it.each([
    [['--nope'], /--nope/],
    [['one'], /one/],
    [['--id', 'a', '--name', 'b'], /--id and --name do not go together/],
    [['--stop', 'a', '--node', 'b'], /--stop and --node do not go together/],
    [['--reason', 'why'], /--reason is for --stop ID/],
    [['--stop', 'a', '--undo', '--reason', 'why'], /--reason is for --stop ID/],
    [['--undo'], /--undo is for --stop ID/],
    [['--yes', '--stop', 'a'], /--yes is for --end ID/],
    [['--stop', 'a', '--end', 'a'], /--stop and --end do not go together/],
    [['--viewers', '--lost'], /--viewers and --lost do not go together/],
    [['--id', 'a', '--sub', 'b'], /--id and --sub do not go together/],
    [['--watch', '--end', 'a'], /--watch is for what is shown/],
    [['--watch', '--json'], /--watch is for people/],
    [['--watch', '--lost'], /--watch is for --lost with --name NAME/],
    [['--end', ''], /--end is empty/],
    [['--limit', '0'], /--limit 0: expected a whole number/],
    [['--limit', '1.5'], /--limit 1.5/],
    [['--limit', 'Infinity'], /--limit Infinity/],
    [['--limit', 'x'], /--limit x/],
    [['--stage', 'a b'], /--stage a b: expected letters/],
    [['--name', ''], /--name is empty/],
    [['--name', '?key'], /--name has nothing but a key/],
    [['--stop', ''], /--stop is empty/],
  ])('%j are refused with the reason', (args, reason) => {
    expect(() => readOptions(args)).toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(reason) as string }),
    );
  });

  it('default to what is live on this machine, all of it', () => {
    expect(readOptions([])).toEqual({
      what: { kind: 'list', name: undefined, node: undefined, sub: undefined, lost: false },
      watch: false,
      limit: Infinity,
      wide: false,
      json: false,
      stage: 'local',
      region: undefined,
    });
  });

  it('are explained in lines that no terminal folds', () => {
    expect(HELP.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
