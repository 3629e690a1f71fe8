import { describe, expect, it } from 'vitest';
import { allow } from '../../../lib/access/decision.ts';
import { readHookSettings, readSettings, SettingsError } from '../../../lib/settings/settings.ts';
import { ACTIONS } from '../../../lib/wcs/methods.ts';
import { REQUIRED } from '../../support/settings.ts';

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
      access: {
        policies: [],
        sip: { of: 'nobody' },
        failsOpen: expect.any(Function) as unknown,
        bansFailOpen: expect.any(Function) as unknown,
        tokens: undefined,
      },
      restClientConfig: expect.any(Object) as unknown,
      logNumbers: 'short',
      streamsTable: 'streams',
      sessionsTable: 'sessions',
      callsTable: 'calls',
      bansTable: 'bans',
      parkingQueueUrl: 'https://sqs/parking',
      deadLetterQueueUrl: 'https://sqs/dead-letters',
      liveShards: 1,
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
      expect.stringContaining('CALLS_TABLE'),
      expect.stringContaining('PARKING_QUEUE_URL'),
      expect.stringContaining('DEAD_LETTER_QUEUE_URL'),
      expect.stringContaining('HOOK_SECRET_PREVIOUS'),
      expect.stringContaining('HOOK_USER'),
      expect.stringContaining('BANS_TABLE'),
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

  it('spread the index over no more keys than are read', () => {
    expect(readHookSettings({ ...USABLE, LIVE_SHARDS: '4' })).toMatchObject({ liveShards: 4 });
    expect(problemsOf({ ...USABLE, LIVE_SHARDS: '5' })).toEqual(['LIVE_SHARDS=5 is more than 4']);
    expect(problemsOf({ ...USABLE, LIVE_SHARDS: '0' })).toEqual([expect.stringContaining('LIVE_SHARDS="0"')]);
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
    expect(failing({ ...USABLE, STOP_STREAMS: 'true', BANS: 'false' })).toEqual(['StreamKeepAliveEvent']);
    expect(problemsOf({ ...USABLE, MAX_DURATION_SECONDS: '3600' })).toEqual([
      expect.stringContaining('STOP_STREAMS=true'),
    ]);
    expect(problemsOf({ ...USABLE, STOP_STREAMS: 'yes' })).toEqual([expect.stringContaining('STOP_STREAMS="yes"')]);
    expect(failing({ ...USABLE, STOP_STREAMS: 'false' })).toEqual([]);
  });

  it('have bans bind where a stream can be stopped, and put FAIL on nothing elsewhere', () => {
    const BANNED_FROM = ['publishStream', 'playStream', 'playHLS', 'playRTSP', 'call', 'transfer'];
    expect(failing({ ...USABLE, STOP_STREAMS: 'true' })).toEqual([...BANNED_FROM, 'StreamKeepAliveEvent']);
    expect(failing(USABLE)).toEqual([]);
    expect(failing({ ...USABLE, ALLOWED_ORIGINS: 'https://a.com' })).toEqual([]);
  });

  it('need no table of bans where they are off', () => {
    const { BANS_TABLE: _, ...without } = USABLE;
    expect(readHookSettings({ ...without, BANS: 'false' }).bansTable).toBeUndefined();
    expect(problemsOf(without)).toEqual([expect.stringContaining('BANS_TABLE')]);
    expect(problemsOf({ ...USABLE, BANS: 'no' })).toEqual(['BANS="no": expected true or false']);
  });

  it('let everybody pass while nobody could read the bans, but where FAIL_OPEN says otherwise', () => {
    const open = (env: Record<string, string>) =>
      ACTIONS.filter((action) => readHookSettings({ ...USABLE, ...env }).access.bansFailOpen(action));
    expect(open({})).toEqual(ACTIONS);
    expect(open({ FAIL_OPEN: 'play,call' })).toEqual(['play', 'call']);
    expect(open({ FAIL_OPEN: 'none' })).toEqual([]);
  });
});

describe('access settings', () => {
  const TOKENS = {
    TOKEN_SECRET: 'x'.repeat(32),
    TOKEN_ISSUER: 'https://login.example.com',
    TOKEN_AUDIENCE: 'wcs',
  };
  const names = (env: Record<string, string>) =>
    readHookSettings({ ...USABLE, ...env }).access.policies.map(({ name }) => name);
  const failsOpen = (env: Record<string, string>) =>
    ACTIONS.filter((action) => readHookSettings({ ...USABLE, ...env }).access.failsOpen(action));

  it('switch each policy on by itself, and none by default', () => {
    expect(names({})).toEqual([]);
    expect(names({ ALLOWED_ORIGINS: '*.example.com' })).toEqual(['origin']);
    expect(names({ ...TOKENS, ALLOWED_ORIGINS: 'https://example.com' })).toEqual(['origin', 'token']);
    expect(names({ ...TOKENS, TOKEN_SECRET: '', TOKEN_JWKS_URL: 'https://login.example.com/jwks' })).toEqual(['token']);
    // Put before the deploy that switches tokens on.
    const { TOKEN_SECRET } = TOKENS;
    expect(names({ SECRETS_PATH: '/wcs-hooks/prod', TOKEN_SECRET, TOKEN_SECRET_PREVIOUS: TOKEN_SECRET })).toEqual([]);
    expect(names({ SECRETS_PATH: '/wcs-hooks/prod', ...TOKENS })).toEqual(['token']);
  });

  it.each([
    'https://example.com,capacitor://localhost',
    'ionic://localhost:8100',
    'app://com.example.app',
    'tauri://localhost',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'http://[::1]:8080',
    'capacitor://[::1]',
    'https://xn--bcher-kva.example',
  ])('take an exact origin of any scheme: %s', (ALLOWED_ORIGINS) => {
    expect(names({ ALLOWED_ORIGINS })).toEqual(['origin']);
  });

  it.each([
    [
      { TOKEN_SECRET: 'x'.repeat(32) },
      ['TOKEN_SECRET set without TOKEN_ISSUER', 'TOKEN_SECRET set without TOKEN_AUDIENCE'],
    ],
    [
      { TOKEN_ISSUER: 'i', TOKEN_FOR: 'publish' },
      ['TOKEN_ISSUER, TOKEN_FOR set without TOKEN_SECRET (HS256) or TOKEN_JWKS_URL', 'without TOKEN_AUDIENCE'],
    ],
    [{ TOKEN_FIELD: 'jwt' }, ['without TOKEN_SECRET', 'without TOKEN_ISSUER', 'without TOKEN_AUDIENCE']],
    [{ ...TOKENS, TOKEN_JWKS_URL: 'https://x' }, ['both set']],
    [{ ...TOKENS, TOKEN_SECRET: 'hidden' }, ['TOKEN_SECRET is shorter than 32 bytes']],
    [{ ...TOKENS, TOKEN_SECRET_PREVIOUS: 'hidden' }, ['TOKEN_SECRET_PREVIOUS is shorter than 32 bytes']],
    [{ ...TOKENS, TOKEN_SECRET: '', TOKEN_JWKS_URL: 'http://login.example.com' }, ['is not an https:// address']],
    [{ ...TOKENS, TOKEN_SECRET: '', TOKEN_JWKS_URL: 'nowhere' }, ['is not an https:// address']],
    [
      { ...TOKENS, TOKEN_FOR: 'publish,plays' },
      ['TOKEN_FOR names "plays": expected some of connect, publish, play, call'],
    ],
    [{ FAIL_OPEN: 'play,all' }, ['FAIL_OPEN names "all"']],
    [{ FAIL_OPEN: 'none,play' }, ['names none and others']],
    [{ LOG_NUMBERS: 'none' }, ['LOG_NUMBERS="none": expected short or full']],
    [{ ALLOWED_ORIGINS: 'example.com' }, ['ALLOWED_ORIGINS names "example.com": expected an origin']],
    [{ ALLOWED_ORIGINS: 'https://example.com/' }, ['expected an origin']],
    [{ ALLOWED_ORIGINS: 'https://Example.com' }, ['expected an origin']],
    [{ ALLOWED_ORIGINS: '*' }, ['expected an origin']],
    [{ ALLOWED_ORIGINS: 'capacitor://*' }, ['expected an origin']],
    [{ ALLOWED_ORIGINS: '*.localhost://x' }, ['expected *.example.com']],
    [{ ALLOWED_ORIGINS: 'capacitor://localhost/' }, ['expected an origin']],
    [{ ALLOWED_ORIGINS: 'capacitor://user@localhost' }, ['expected an origin']],
    [{ ALLOWED_ORIGINS: 'capacitor://localhost:0' }, ['expected an origin']],
    [{ ALLOWED_ORIGINS: 'capacitor://localhost:99999' }, ['expected an origin']],
    [{ ALLOWED_ORIGINS: 'Capacitor://localhost' }, ['expected an origin']],
    [{ ALLOWED_ORIGINS: 'capacitor://Localhost' }, ['expected an origin']],
    [{ ALLOWED_ORIGINS: 'capacitor:localhost' }, ['expected an origin']],
    [{ ALLOWED_ORIGINS: 'capacitor://' }, ['expected an origin']],
    [{ ALLOWED_ORIGINS: 'file:///index.html' }, ['expected an origin']],
    [{ ALLOWED_ORIGINS: 'data:text/html,x' }, ['"data:text/html": expected an origin', '"x": expected an origin']],
    [{ ALLOWED_ORIGINS: 'null' }, ['expected an origin']],
    [{ ALLOWED_ORIGINS: 'https://example.com:443' }, ['expected an origin']],
    [{ ALLOWED_ORIGINS: '*.com' }, ['expected *.example.com']],
    [{ ALLOWED_ORIGINS: '*.*.example.com' }, ['expected *.example.com']],
    [{ ALLOWED_ORIGINS: 'https://*.example.com' }, ['expected an origin']],
    [{ ...TOKENS, STOP_STREAMS: 'false' }, ['STOP_STREAMS=false with the policy token']],
    [{ ALLOWED_ORIGINS: ' , ' }, ['ALLOWED_ORIGINS names nothing']],
    [{ FAIL_OPEN: ',' }, ['FAIL_OPEN names nothing']],
    [{ ...TOKENS, TOKEN_FOR: ',' }, ['TOKEN_FOR names nothing']],
    [{ ...TOKENS, TOKEN_SECRET: '', TOKEN_JWKS_URL: 'https://hidden@x/jwks' }, ['without a user']],
  ])('%j are refused, with the half that is missing or the form that is expected', (env, problems) => {
    const found = problemsOf({ ...USABLE, ...env });
    expect(found).toEqual(problems.map((problem) => expect.stringContaining(problem) as string));
    expect(found.join()).not.toContain('hidden');
  });

  it('put FAIL on keep-alives where a policy can limit a stream, and only there', () => {
    const keepAlives = (env: Record<string, string>) => failing({ ...USABLE, ...env }).includes('StreamKeepAliveEvent');
    expect(keepAlives(TOKENS)).toBe(true);
    expect(keepAlives({ ...TOKENS, TOKEN_FOR: 'play' })).toBe(true);
    expect(keepAlives({ ...TOKENS, TOKEN_FOR: 'connect,call' })).toBe(false);
    expect(keepAlives({ ALLOWED_ORIGINS: 'https://example.com' })).toBe(false);
    expect(problemsOf({ ...USABLE, ...TOKENS, TOKEN_FOR: 'call', STOP_STREAMS: 'false' })).toEqual([]);
    expect(problemsOf({ ...USABLE, ...TOKENS, MAX_DURATION_SECONDS: '60' })).toEqual([]);
  });

  it('fail open for playing alone, unless it is said otherwise', () => {
    expect(failsOpen({})).toEqual(['play']);
    expect(failsOpen({ FAIL_OPEN: 'connect, call' })).toEqual(['connect', 'call']);
    expect(failsOpen({ FAIL_OPEN: 'none' })).toEqual([]);
  });

  it('of your own policy name what WCS or a denial cannot do', () => {
    const own = (decides: Record<string, string[]>) => {
      try {
        readHookSettings(USABLE, { decides, decide: () => allow() });
        return [];
      } catch (error) {
        return (error as SettingsError).problems;
      }
    };
    expect(own({ publishStream: ['name'] })).toEqual([]);
    expect(own({ publishStreams: [] })).toEqual([
      expect.stringContaining('"publishStreams", which is not a REST method'),
    ]);
    expect(own({ StreamStatusEvent: [] })).toEqual([
      expect.stringContaining('StreamStatusEvent, which a denial would not stop'),
    ]);
    expect(own({ sendDTMF: [] })).toEqual([expect.stringContaining('"sendDTMF", which is not a REST method')]);
    expect(own({ call: ['appKey'] })).toEqual([expect.stringContaining('call and overwrites appKey')]);
    expect(own({ connect: ['login', 'sipVisibleName', 'custom'] })).toEqual([]);
    expect(own({ connect: ['nodeId', 'sessionId', 'appKey'] })).toHaveLength(3);
    expect(own({ connect: ['restClientConfig'] })).toEqual([expect.stringContaining('set REST_CLIENT_CONFIG')]);
  });
});

describe('REST_CLIENT_CONFIG', () => {
  const TOKENS = { TOKEN_SECRET: 'x'.repeat(32), TOKEN_ISSUER: 'i', TOKEN_AUDIENCE: 'a' };
  const read = (config: unknown, env: Record<string, string> = {}) =>
    readHookSettings({ ...USABLE, ...env, REST_CLIENT_CONFIG: JSON.stringify(config) }).restClientConfig;
  const problems = (config: unknown, env: Record<string, string> = {}) =>
    problemsOf({ ...USABLE, ...env, REST_CLIENT_CONFIG: typeof config === 'string' ? config : JSON.stringify(config) });

  it('overrides ours, entry by entry', () => {
    const config = read({
      publishStream: { clientExclude: 'custom,rtmpUrl' },
      StreamStatusEvent: { restExclude: 'sdp,custom', restOnError: 'FAIL' },
      ErrorStatusEvent: { restPolicy: 'DISABLE' },
      sendMessage: { restPolicy: 'OVERWRITE', restOverwrite: 'body' },
    });
    expect(config.publishStream).toMatchObject({
      clientExclude: 'custom,rtmpUrl',
      restExclude: 'sdp',
      restOnError: 'LOG',
    });
    expect(config.StreamStatusEvent).toMatchObject({ restExclude: 'sdp,custom', restOnError: 'FAIL' });
    expect(config.ErrorStatusEvent).toEqual({
      clientExclude: '',
      restExclude: '',
      restOnError: 'LOG',
      restPolicy: 'DISABLE',
      restOverwrite: '',
    });
    expect(config.playStream).toMatchObject({ restExclude: 'sdp', clientExclude: '' });
  });

  it.each([
    ['{', {}, 'it is not a JSON object'],
    ['[]', {}, 'it is not a JSON object'],
    [{ publishstream: {} }, {}, '"publishstream" is no REST method'],
    [{ connect: {} }, {}, 'connect: WCS has called it before it knows of this'],
    [{ publishStream: 'FAIL' }, {}, 'publishStream is not a JSON object'],
    [{ publishStream: { onError: 'FAIL' } }, {}, 'publishStream: "onError" is none of clientExclude'],
    [{ publishStream: { restOnError: 'fail' } }, {}, 'restOnError is "fail": expected LOG or FAIL'],
    [{ publishStream: { restExclude: ['sdp'] } }, {}, 'restExclude is not a string'],
    [{ publishStream: { restExclude: 'sdp, mediaSessionId' } }, {}, 'mediaSessionId is needed here (restExclude)'],
    [{ call: { restOverwrite: 'callee' } }, {}, 'restOverwrite has no effect without restPolicy OVERWRITE'],
    [{ call: { restPolicy: 'OVERWRITE', restOverwrite: 'appKey' } }, {}, 'WCS takes appKey from no answer'],
    [{ publishStream: { restOnError: 'LOG' } }, TOKENS, 'a denial would not bind with restOnError LOG'],
    [{ playStream: { restPolicy: 'DISABLE' } }, TOKENS, 'nothing could be denied with restPolicy DISABLE'],
    [{ publishStream: { restPolicy: 'NOTIFY', restOverwrite: '' } }, TOKENS, 'a policy overwrites name'],
    [{ publishStream: { restOverwrite: 'custom' } }, TOKENS, 'a policy overwrites name'],
    [{ playHLS: { restExclude: 'token' } }, TOKENS, 'token is needed here (restExclude)'],
    [{ playStream: { restExclude: 'nodeId' } }, TOKENS, 'nodeId is needed here (restExclude)'],
    [{ playStream: { restExclude: 'appKey' } }, TOKENS, 'appKey is needed here (restExclude)'],
    [{ StreamKeepAliveEvent: { restOnError: 'LOG' } }, { STOP_STREAMS: 'true' }, 'a denial would not bind'],
    [{ StreamStatusEvent: { restOnError: 'LOG' } }, { FAIL_METHODS: 'StreamStatusEvent' }, 'a denial would not bind'],
  ] as [unknown, Record<string, string>, string][])(
    '%j with %j contradicts itself or the rest',
    (config, env, problem) => {
      expect(problems(config, env)).toEqual([expect.stringContaining(problem)]);
    },
  );

  it('leaves your own policy the whole body but its sdp', () => {
    const withOwn = (restExclude: string) => () =>
      readHookSettings(
        { ...USABLE, REST_CLIENT_CONFIG: JSON.stringify({ publishStream: { restExclude } }) },
        { decides: { publishStream: [] }, decide: () => allow() },
      );
    expect(withOwn('sdp')).not.toThrow();
    expect(withOwn('sdp,record')).toThrow('record is needed here (restExclude)');
  });

  it('reports all that is wrong with it', () => {
    expect(problems({ nope: {}, playStream: { restOnError: 'LOG', restPolicy: 'DISABLE' } }, TOKENS)).toHaveLength(3);
  });
});
