import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../../../infra/cli/doctor/options.ts';

const URL = ['--url', 'https://host/rest/my_api'];

describe('the options of npm run doctor', () => {
  it.each([
    [[], /--url URL is missing/],
    [['--stage', 'prod'], /--url URL is missing/],
    [['--url', 'host/rest'], /--url host\/rest: expected http/],
    [['--url', 'ftp://host'], /expected http/],
    [['--url', 'https://u:p@host/rest'], /expected no user/],
    [['--url', 'https://host/rest?x'], /expected no user/],
    [['--url', 'https://host/rest#x'], /expected no user/],
    [['--url', 'https://host/rest/my_api/connect'], /ends with a method, connect/],
    [['--url', 'https://host/rest/my_api/ErrorEvent/'], /ends with a method, ErrorEvent/],
    [['--url', 'https://host/rest/my_api/'], /would ask https:\/\/host\/rest\/my_api\/\/connect\. Leave the slash out/],
    [['--url', 'https://host//'], /ends with a slash/],
    [[...URL, '--nope'], /--nope/],
    [[...URL, '--stage', '../x'], /--stage ..\/x: expected letters/],
    [[...URL, '--user', 'u'], /--user needs --password/],
    [[...URL, '--password', 'p'], /--password needs --user/],
    [[...URL, '--probes', '0'], /--probes 0: expected a whole number/],
    [[...URL, '--timeout', '1e10'], /--timeout 1e10/],
  ])('%j are refused with the reason', (args, reason) => {
    const refusal = { name: 'UsageError', message: expect.stringMatching(reason) as string };
    expect(() => readOptions(args, {})).toThrow(expect.objectContaining(refusal));
  });

  it('take credentials from the environment, and options before it', () => {
    const environment = { HOOK_SECRET: 's', HOOK_USER: 'u', HOOK_PASSWORD: 'p' };
    expect(readOptions([...URL, '--secret', 'other'], environment)).toMatchObject({
      credentials: { secret: 'other', user: 'u', password: 'p' },
    });
    expect(readOptions(URL, { HOOK_SECRET: '', HOOK_USER: '' })).toMatchObject({ credentials: { secret: undefined } });
  });

  it('are all passed on', () => {
    const given = ['--region', 'eu-west-1', '--token', 't', '--origin', 'https://page', '--probes', '7', '--json'];
    expect(readOptions([...URL, ...given], { HOOK_SECRET: 's', HOOK_SECRET_PREVIOUS: 'old' })).toEqual({
      ...{ url: URL[1], stage: undefined, region: 'eu-west-1', token: 't', origin: 'https://page' },
      ...{ probes: 7, timeout: 10_000, json: true },
      credentials: { secret: 's', previousSecret: 'old', user: undefined, password: undefined },
    });
    expect(readOptions([...URL, '--timeout', '5'], {})).toMatchObject({ probes: 50, timeout: 5, json: false });
  });

  it('know where npm start listens, and take the URL as it is given', () => {
    expect(readOptions(['--stage', 'local'], {})).toMatchObject({ url: 'http://127.0.0.1:3000/rest/my_api' });
    expect(readOptions(URL, {})).toMatchObject({ url: URL[1], stage: undefined });
    expect(readOptions(['--url', 'https://host'], {})).toMatchObject({ url: 'https://host' });
  });
});
