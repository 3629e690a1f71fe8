import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../../../infra/cli/secrets/options.ts';

const whatOf = (...args: string[]) => {
  const options = readOptions(args);
  return options === 'help' ? options : options.what;
};

describe('the options of npm run secrets', () => {
  it('say what is to be done', () => {
    expect(whatOf('--stage', 'x')).toEqual({ kind: 'rotation', token: false, rotate: false, finish: false });
    expect(whatOf('--stage', 'x', '--sip', 'line')).toEqual({ kind: 'set account', name: 'line' });
    expect(whatOf('--stage', 'local', '--sip', 'line', '--remove')).toEqual({ kind: 'remove account', name: 'line' });
    expect(whatOf('--stage', 'local', '--list')).toEqual({ kind: 'list accounts' });
    expect(whatOf('--help')).toBe('help');
  });

  it.each([
    [['--sip', 'line'], '--stage NAME is missing'],
    [['--stage', 'x', '--sip', 'a/b'], '--sip a/b: expected 1 to 64 letters'],
    [['--stage', 'x', '--sip', ''], 'expected 1 to 64 letters'],
    [['--stage', 'x', '--sip', 'client'], 'lets pages bring their own accounts'],
    [['--stage', 'x', '--sip', 'a', '--rotate'], 'not for SIP accounts'],
    [['--stage', 'x', '--list', '--token'], 'not for SIP accounts'],
    [['--stage', 'x', '--remove'], '--remove needs --sip ACCOUNT'],
    [['--stage', 'x', '--sip', 'a', '--list'], 'neither --sip nor --remove'],
    [['--stage', 'x', '--remove', '--list'], 'neither --sip nor --remove'],
    [['--stage', 'local', '--rotate'], 'runs here'],
  ])('are not %j', (args, problem) => expect(() => readOptions(args)).toThrow(problem));
});
