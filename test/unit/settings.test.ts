import { describe, expect, it } from 'vitest';
import { readHookSettings, readSettings, SettingsError } from '../../lib/settings.ts';
import { REQUIRED } from '../support/settings.ts';

const USABLE = { ...REQUIRED, HOOK_SECRET: 's3cret' };
function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readHookSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

const failing = (env: Record<string, string>) =>
  Object.entries(readHookSettings(env).restClientConfig)
    .filter(([, { restOnError }]) => restOnError === 'FAIL')
    .map(([method]) => method);

describe('settings', () => {
  it('are read from the environment', () => {
    const env = {
      ...USABLE,
      HOOK_SECRET_PREVIOUS: 'old',
      HOOK_USER: 'u',
      HOOK_PASSWORD: 'p',
      FAIL_METHODS: ' StreamStatusEvent, sendDTMF,',
    };
    expect(readHookSettings(env)).toEqual({
      credentials: { secrets: ['s3cret', 'old'], basic: { user: 'u', password: 'p' } },
      takesUnsigned: false,
      access: { policies: [], failsOpen: expect.any(Function) as unknown, tokens: undefined },
      restClientConfig: expect.any(Object) as unknown,
      streamsTable: 'streams',
      sessionsTable: 'sessions',
      parkingQueueUrl: 'https://sqs/parking',
      deadLetterQueueUrl: 'https://sqs/dead-letters',
      leaseSeconds: 120,
      maxAgeSeconds: 86_400,
      retentionSeconds: 2_592_000,
      stopsStreams: false,
      maxDurationSeconds: undefined,
    });
    expect(failing(env)).toEqual(['sendDtmf', 'StreamStatusEvent']);
  });

  it('take unsigned hooks only on the local stack, and only while it has no credentials', () => {
    expect(readHookSettings({ ...REQUIRED, IS_OFFLINE: 'true' }).takesUnsigned).toBe(true);
    expect(readHookSettings({ ...USABLE, IS_OFFLINE: 'true' }).takesUnsigned).toBe(false);
    expect(
      readHookSettings({ ...REQUIRED, IS_OFFLINE: 'true', HOOK_USER: 'u', HOOK_PASSWORD: 'p' }).takesUnsigned,
    ).toBe(false);
    expect(problemsOf({ ...REQUIRED, IS_OFFLINE: '1' })).toHaveLength(1);
  });

  it('without credentials are unusable when deployed', () => {
    expect(problemsOf({ ...REQUIRED })).toEqual([expect.stringContaining('HOOK_SECRET')]);
    expect(problemsOf({ ...REQUIRED, HOOK_SECRET: '' })).toHaveLength(1);
  });

  it('without credentials are usable for what no hook calls', () => {
    expect(readSettings(REQUIRED)).not.toHaveProperty('credentials');
    expect(() => readSettings({ ...REQUIRED, RETENTION_DAYS: '1' })).toThrow('RETENTION_DAYS');
  });

  it('report all that is wrong at once, and no value that may be a secret', () => {
    const env = {
      HOOK_SECRET_PREVIOUS: 'hidden-1',
      HOOK_PASSWORD: 'hidden-2',
      FAIL_METHODS: 'StreamStatusEvent,streamstatusevent,Nope',
    };
    const problems = problemsOf(env);
    expect(problems).toEqual([
      expect.stringContaining('STREAMS_TABLE'),
      expect.stringContaining('SESSIONS_TABLE'),
      expect.stringContaining('PARKING_QUEUE_URL'),
      expect.stringContaining('DEAD_LETTER_QUEUE_URL'),
      expect.stringContaining('HOOK_SECRET_PREVIOUS'),
      expect.stringContaining('HOOK_USER'),
      expect.stringContaining('"streamstatusevent"'),
      expect.stringContaining('"Nope"'),
    ]);
    expect(() => readHookSettings(env)).toThrow(problems.map((problem) => `- ${problem}`).join('\n'));
    expect(problems.join()).not.toContain('hidden');
  });

  it('name the missing half of Basic', () => {
    expect(problemsOf({ ...USABLE, HOOK_USER: 'u' })).toEqual([expect.stringContaining('HOOK_PASSWORD')]);
    expect(problemsOf({ ...USABLE, HOOK_PASSWORD: 'p' })).toEqual([expect.stringContaining('HOOK_USER')]);
    expect(problemsOf({ ...USABLE, HOOK_USER: 'a:b', HOOK_PASSWORD: 'p' })).toEqual([expect.stringContaining('colon')]);
  });

  it('are times that fit each other', () => {
    const times = {
      KEEP_ALIVE_INTERVAL_SECONDS: '15',
      LEASE_SECONDS: '60',
      MAX_AGE_SECONDS: '60',
      RETENTION_DAYS: '16',
    };
    expect(readHookSettings({ ...USABLE, ...times })).toMatchObject({
      leaseSeconds: 60,
      maxAgeSeconds: 60,
      retentionSeconds: 1_382_400,
    });
    expect(problemsOf({ ...USABLE, ...times, LEASE_SECONDS: '59' })).toEqual([
      expect.stringContaining('4 keep-alive intervals'),
    ]);
    expect(problemsOf({ ...USABLE, ...times, MAX_AGE_SECONDS: '59' })).toEqual([
      expect.stringContaining('MAX_AGE_SECONDS=59'),
    ]);
    expect(problemsOf({ ...USABLE, ...times, RETENTION_DAYS: '15' })).toEqual([
      expect.stringContaining('RETENTION_DAYS=15'),
    ]);
    expect(problemsOf({ ...USABLE, MAX_AGE_SECONDS: String(40 * 86_400), RETENTION_DAYS: '54' })).toEqual([
      expect.stringContaining('RETENTION_DAYS=54 is less than 55'),
    ]);
    for (const wrong of ['0', '-1', '1.5', 'x', '1e99', 'Infinity']) {
      expect(problemsOf({ ...USABLE, RETENTION_DAYS: wrong })).toContainEqual(
        expect.stringContaining(`RETENTION_DAYS="${wrong}"`),
      );
    }
  });

  it('stop streams only where it is said so', () => {
    expect(readHookSettings({ ...USABLE, STOP_STREAMS: 'true', MAX_DURATION_SECONDS: '3600' })).toMatchObject({
      stopsStreams: true,
      maxDurationSeconds: 3600,
    });
    expect(failing({ ...USABLE, STOP_STREAMS: 'true' })).toEqual(['StreamKeepAliveEvent']);
    expect(problemsOf({ ...USABLE, MAX_DURATION_SECONDS: '3600' })).toEqual([
      expect.stringContaining('STOP_STREAMS=true'),
    ]);
    expect(problemsOf({ ...USABLE, STOP_STREAMS: 'yes' })).toEqual([expect.stringContaining('STOP_STREAMS="yes"')]);
    expect(failing({ ...USABLE, STOP_STREAMS: 'false' })).toEqual([]);
  });
});
