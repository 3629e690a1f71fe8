import { describe, expect, it } from 'vitest';
import { readSettings, SettingsError } from '../../lib/settings.ts';

const USABLE = { STREAMS_TABLE: 'streams', HOOK_SECRET: 's3cret' };
function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('settings', () => {
  it('are read from the environment', () => {
    const env = {
      ...USABLE,
      HOOK_SECRET_PREVIOUS: 'old',
      HOOK_USER: 'u',
      HOOK_PASSWORD: 'p',
      FAIL_METHODS: ' StreamStatusEvent, sendDTMF,',
    };
    expect(readSettings(env)).toEqual({
      credentials: { secrets: ['s3cret', 'old'], basic: { user: 'u', password: 'p' } },
      takesUnsigned: false,
      failMethods: ['StreamStatusEvent', 'sendDtmf'],
      streamsTable: 'streams',
      retentionSeconds: 2_592_000,
    });
  });

  it('take unsigned hooks only on the local stack, and only while it has no credentials', () => {
    expect(readSettings({ STREAMS_TABLE: 't', IS_OFFLINE: 'true' }).takesUnsigned).toBe(true);
    expect(readSettings({ ...USABLE, IS_OFFLINE: 'true' }).takesUnsigned).toBe(false);
    expect(
      readSettings({ STREAMS_TABLE: 't', IS_OFFLINE: 'true', HOOK_USER: 'u', HOOK_PASSWORD: 'p' }).takesUnsigned,
    ).toBe(false);
    expect(problemsOf({ STREAMS_TABLE: 't', IS_OFFLINE: '1' })).toHaveLength(1);
  });

  it('without credentials are unusable when deployed', () => {
    expect(problemsOf({ STREAMS_TABLE: 't' })).toEqual([expect.stringContaining('HOOK_SECRET')]);
    expect(problemsOf({ STREAMS_TABLE: 't', HOOK_SECRET: '' })).toHaveLength(1);
  });

  it('report all that is wrong at once, and no value that may be a secret', () => {
    const env = {
      HOOK_SECRET_PREVIOUS: 'hidden-1',
      HOOK_PASSWORD: 'hidden-2',
      FAIL_METHODS: 'StreamStatusEvent,streamstatusevent,Nope',
    };
    const problems = problemsOf(env);
    expect(problems).toEqual([
      expect.stringContaining('HOOK_SECRET_PREVIOUS'),
      expect.stringContaining('HOOK_USER'),
      expect.stringContaining('STREAMS_TABLE'),
      expect.stringContaining('"streamstatusevent"'),
      expect.stringContaining('"Nope"'),
    ]);
    expect(() => readSettings(env)).toThrow(problems.map((problem) => `- ${problem}`).join('\n'));
    expect(problems.join()).not.toContain('hidden');
  });

  it('name the missing half of Basic', () => {
    expect(problemsOf({ ...USABLE, HOOK_USER: 'u' })).toEqual([expect.stringContaining('HOOK_PASSWORD')]);
    expect(problemsOf({ ...USABLE, HOOK_PASSWORD: 'p' })).toEqual([expect.stringContaining('HOOK_USER')]);
    expect(problemsOf({ ...USABLE, HOOK_USER: 'a:b', HOOK_PASSWORD: 'p' })).toEqual([expect.stringContaining('colon')]);
  });
});
