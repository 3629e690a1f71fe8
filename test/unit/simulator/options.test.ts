import { describe, expect, it } from 'vitest';
import { HELP, readOptions } from '../../simulator/options.ts';
import { checkAgreed, planOf } from '../../simulator/plan.ts';

function optionsOf(args: string[], environment: Record<string, string> = {}) {
  const options = readOptions(args, environment);
  if (options === 'help') throw new Error('these options ask for help');
  return options;
}
const refusal = (reason: string | RegExp): Error =>
  expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(reason) as string }) as Error;

describe('the options of npm run simulate', () => {
  it.each([
    [['--streams', '0'], /^--streams 0: expected a whole number, 1 to 10000$/],
    [['--streams', '-1'], /^--streams -1: expected a whole number, 1 to 10000$/],
    [['--streams', '-.5'], /^--streams -.5: expected a whole number, 1 to 10000$/],
    [['--streams=-1'], /^--streams -1: expected/],
    [['--streams', '1.5'], /^--streams 1.5: expected/],
    [['--streams', 'NaN'], /^--streams NaN: expected/],
    [['--streams', ''], /^--streams : expected/],
    [['--streams', '1e3'], /^--streams 1e3: expected/],
    [['--streams', '0x10'], /^--streams 0x10: expected/],
    [['--streams', '10001'], /^--streams 10001: expected/],
    [['--players', '-1'], /, 0 to 10000$/],
    [['--players', '10001'], /, 0 to 10000$/],
    [['--keep-alives', '10001'], /, 0 to 10000$/],
    [['--keep-alive-interval', '3600001'], /, 0 to 3600000$/],
    [['--concurrency', '0'], /, 1 to 1000$/],
    [['--concurrency', '1001'], /, 1 to 1000$/],
    [['--timeout', '0'], /, 1 to 600000$/],
    [['--timeout', '600001'], /, 1 to 600000$/],
    [['--within', '90001'], /, 0 to 90000$/],
    [['--lease', '0'], /, 1 to 86400$/],
    [['--seed', '4294967296'], /, 0 to 4294967295$/],
    [['--streams', '10000', '--players', '10'], /^--streams 10000 with --players 10 and .* 200000 at most$/],
    [['--scenario', 'x'], /^--scenario x: expected one of lifecycle, /],
    [['--scenario', 'bad-signature'], /needs --secret or --user/],
    [['--url', 'ftp://x'], /^--url ftp:\/\/x: expected http/],
    [['--url', 'http://127.0.0.1/rest/my_api/connect'], /ends with a method/],
    [['--dynamodb', 'x'], /^--dynamodb x: expected http/],
    [['--token', ''], /^--token is empty$/],
    [['--token', 't', '--without-token'], /^--token and --without-token: expected one of them$/],
    [['--callee', ''], /^--callee is empty$/],
    [['--secret', ''], /^--secret is empty$/],
    [['--user', 'u'], /^--user needs --password/],
    [['--password', 'p'], /^--password needs --user/],
    [['--secret', 's', '--user', 'u', '--password', 'p'], /expected one of them/],
    [['--verify', '--url', 'https://x'], /^--verify: the rows of https:\/\/x are not on this machine/],
    [['--nope'], /--nope/],
  ])('%j are refused with the reason', (args, reason) => {
    expect(() => readOptions(args, {})).toThrow(refusal(reason));
  });

  it('take the largest and the smallest', () => {
    expect(optionsOf(['--streams', '1', '--players', '0', '--keep-alives', '0', '--within', '0'])).toMatchObject({
      ...{ streams: 1, players: 0, keepAlives: 0, within: 0 },
    });
    expect(optionsOf(['--streams', '10000', '--players', '1', '--seed', '4294967295'])).toMatchObject({
      ...{ streams: 10_000, seed: 4_294_967_295 },
    });
  });

  it('take a token from the environment, and the option before it', () => {
    expect(optionsOf([]).token).toBeUndefined();
    expect(optionsOf([], { CLIENT_TOKEN: '' }).token).toBeUndefined();
    expect(optionsOf([], { CLIENT_TOKEN: 'here' }).token).toBe('here');
    expect(optionsOf(['--token', 'given'], { CLIENT_TOKEN: 'here' }).token).toBe('given');
    expect(optionsOf(['--without-token'], { CLIENT_TOKEN: 'here' }).token).toBeNull();
  });

  it('look for rows in the table of what the scenario is about', () => {
    const tableOf = (...args: string[]) => optionsOf(args).table;
    expect(tableOf()).toBe('wcs-hooks-local-streams');
    expect(tableOf('--scenario', 'busy')).toBe('wcs-hooks-local-calls');
    expect(tableOf('--scenario', 'registration')).toBe('wcs-hooks-local-sessions');
    expect(tableOf('--scenario', 'busy', '--table', 'other')).toBe('other');
  });

  it('do not count the players and keep-alives of phones, which have none', () => {
    const phones = ['--scenario', 'busy', '--streams', '10000'];
    expect(optionsOf([...phones, '--players', '10000']).streams).toBe(10_000);
  });

  it('show one kind of credentials: what is given before what the environment has, there the signature', () => {
    const environment = { HOOK_SECRET: 's', HOOK_USER: 'u', HOOK_PASSWORD: 'p' };
    expect(optionsOf([], environment).credentials).toEqual({ secret: 's' });
    expect(optionsOf(['--secret', 'other'], environment).credentials).toEqual({ secret: 'other' });
    const basic = { user: 'other', password: 'p' };
    expect(optionsOf(['--user', 'other'], environment).credentials).toEqual(basic);
    expect(optionsOf([], { HOOK_USER: 'u', HOOK_PASSWORD: 'p' }).credentials).toEqual({ user: 'u', password: 'p' });
  });

  it('wait for a lease of the backend where a node crashes', () => {
    expect(optionsOf([])).toMatchObject({ lease: 120, within: 30 });
    expect(optionsOf(['--scenario', 'crash'])).toMatchObject({ lease: 120, within: 200 });
    expect(optionsOf(['--scenario', 'lost-hangup'])).toMatchObject({ lease: 120, within: 200 });
    expect(optionsOf(['--scenario', 'crash'], { LEASE_SECONDS: '8' })).toMatchObject({ lease: 8, within: 88 });
    expect(optionsOf(['--scenario', 'crash', '--lease', '9'], { LEASE_SECONDS: '8' })).toMatchObject({ within: 89 });
    expect(() => readOptions([], { LEASE_SECONDS: 'x' })).toThrow(refusal(/^LEASE_SECONDS x: expected/));
  });

  it('are all in the help, which fits a terminal', () => {
    expect(readOptions(['--help', '--streams', '0'], {})).toBe('help');
    const given = [...HELP.matchAll(/--([a-z-]+)/g)].map(([, name]) => name);
    for (const name of [
      ...['url', 'yes', 'scenario', 'streams', 'players', 'keep-alives', 'keep-alive-interval', 'concurrency'],
      ...[
        'captures',
        'forget-config',
        'token',
        'without-token',
        'origin',
        'callee',
        'without-account',
        'verify',
        'dynamodb',
        'table',
        'within',
        'lease',
      ],
      ...['secret', 'user', 'password', 'timeout', 'seed', 'help'],
    ])
      expect(given).toContain(name);
    expect(HELP.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('what leaves this machine', () => {
  const agreed = (...args: string[]) => {
    const options = optionsOf(args);
    return () => checkAgreed(options, planOf(options));
  };

  it('is told, and needs --yes', () => {
    const away = ['--url', 'https://host/rest/my_api', '--streams', '2'];
    expect(agreed(...away)).toThrow(
      refusal(/^60 hooks would be sent to https:\/\/host\/rest\/my_api, .* 6 streams, .*\n.*--yes/),
    );
    expect(agreed(...away, '--yes')).not.toThrow();
    expect(agreed(...away, '--scenario', 'busy')).toThrow(refusal(/ of 2 calls, and of their sessions\.\n/));
    expect(agreed(...away, '--scenario', 'registration')).toThrow(refusal(/ of 2 sessions\.\n/));
    for (const url of ['http://192.168.1.2:3000/x', 'http://localhost.example.com', 'http://127.0.0.1.example.com']) {
      expect(agreed('--url', url)).toThrow(refusal('--yes'));
    }
    const elsewhere = ['--verify', '--dynamodb', 'https://dynamodb.eu-central-1.amazonaws.com', '--streams', '2'];
    expect(agreed(...elsewhere)).toThrow(
      refusal(/^6 rows would be read, .* from wcs-hooks-local-streams at https:\/\/dynamodb\..*\n.*--yes/),
    );
    expect(agreed(...elsewhere, '--yes')).not.toThrow();
    // Nothing is read without --verify.
    expect(agreed(...elsewhere.slice(1))).not.toThrow();
  });

  it.each(['http://127.0.0.1:1/x', 'http://localhost:1/x', 'http://[::1]:1/x', 'http://127.1.2.3/x'])(
    'is nothing with %s',
    (url) => {
      expect(agreed('--url', url)).not.toThrow();
    },
  );
});
