import { describe, expect, it } from 'vitest';
import { checkSettings, SETTING_NAMES } from '../../../../infra/build/check-settings.ts';
import { misspelt } from '../../../../infra/build/misspelt.ts';
import { SettingsError } from '../../../../lib/settings/settings.ts';
import { REQUIRED } from '../../../support/settings.ts';

const meantBy = (name: string) => misspelt({ [name]: 'x' }, SETTING_NAMES)[name];

/** What shells, npm, CI, containers, clouds and tools set, among it names that look a little like ours. */
const ORDINARY = `
  PATH HOME SHELL USER LOGNAME LANG LC_ALL TERM PWD OLDPWD SHLVL HOSTNAME HOST HOSTS PORTS PORTAL POST SORT EDITOR DISPLAY TZ TMPDIR
  PS1 COLORTERM FORCE_COLOR NO_COLOR CI DEBUG LOG_LEVEL LOG_FILE LOG_DIR LOG_FORMAT LOG_NAME LOG_NUMBER_OF_FILES NODE_ENV NODE_OPTIONS
  NODE_EXTRA_CA_CERTS npm_config_cache npm_config_port npm_config_host npm_lifecycle_event npm_lifecycle_script npm_package_name
  npm_package_json npm_execpath npm_node_execpath npm_command npm_config_user_agent npm_config_data_dir INIT_CWD NVM_DIR PYENV_ROOT JAVA_HOME
  GOPATH CARGO_HOME XDG_DATA_DIRS XDG_DATA_HOME XDG_CONFIG_DIRS XDG_RUNTIME_DIR XDG_SESSION_ID SSH_AUTH_SOCK SSH_CONNECTION GPG_TTY
  DATABASE_URL DATA_HOME DATA_FILE DATA_PATH DATADOG_API_KEY PGDATA MYSQL_DATADIR BASE_DIR DOCKER_HOST KUBECONFIG
  KUBERNETES_PORT KUBERNETES_SERVICE_HOST KUBERNETES_PORT_443_TCP QUEUE_SERVICE_HOST QUEUE_SERVICE_PORT QUEUE_HOST QUEUE_URL QUEUE_NAME
  QUEUE_PORT_9324_TCP CONSOLE_HOST CONSOLE_URL CONSOLE_SERVICE_PORT DYNAMODB_HOST DYNAMODB_ENDPOINT DYNAMODB_TABLE DYNAMODB_URL
  DYNAMODB_DELAY_MS REDIS_PORT DB_PORT HTTP_PORT SERVER_PORT DEBUG_PORT AWS_REGION AWS_DEFAULT_REGION AWS_PROFILE AWS_ACCESS_KEY_ID
  AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CA_BUNDLE AWS_EXECUTION_ENV AWS_LAMBDA_FUNCTION_NAME AWS_ENDPOINT_URL_DYNAMODB STAGE
  IS_OFFLINE SLS_LOG_LEVEL SLS_SCHEMA_CACHE_BASE_DIR SERVERLESS_ACCESS_KEY GITHUB_TOKEN GITHUB_ACTIONS GITHUB_SHA RUNNER_OS CI_JOB_TOKEN
  GITLAB_USER_EMAIL TOKEN TOKENS SECRET TOKEN_FILE TOKEN_URL TOKEN_TYPE TOKEN_NAME ACCESS_TOKEN NPM_TOKEN JWT_SECRET SECRET_TOKEN
  WEBHOOK_SECRET GITHUB_WEBHOOK_SECRET SLACK_HOOK_URL HOOK_URL HOOK_NAME GIT_HOOK_USER BOOK_USER COOK_SECRET MAIL_OPEN MAIL_USER EMAIL
  ALERT_EMAIL ADMIN_EMAIL ALARM_URL ALLOWED_HOSTS CORS_ALLOWED_ORIGINS CORS_ORIGIN DJANGO_ALLOWED_HOSTS ALLOW_ORIGIN MAX_AGE MAX_DURATION
  SESSION_MAX_AGE_SECONDS CACHE_MAX_AGE_SECONDS TIMEOUT_SECONDS LEASE_DURATION RETENTION RETENTION_HOURS KEEP_ALIVE KEEPALIVE_TIMEOUT
  FAIL_FAST FAIL_ON_ERROR FAIL_UNDER STOP_SIGNAL STOP_TIMEOUT LIVE_RELOAD LIVE_SERVER REST_API_URL REST_CLIENT_ID CONCURRENCY
  WEB_CONCURRENCY VITEST_WORKER_ID TEST_DYNAMODB_ENDPOINT EVENTS_URL DATA_DIR PORT _ __CF_USER_TEXT_ENCODING
`
  .trim()
  .split(/\s+/);

describe('a variable', () => {
  it.each([
    ['ALLOWED_ORIGIN', 'ALLOWED_ORIGINS'],
    ['STOP_STREAM', 'STOP_STREAMS'],
    ['HOOK_SECRTE', 'HOOK_SECRET'],
    ['ALOWED_ORIGIN', 'ALLOWED_ORIGINS'],
    ['ALLOWEDORIGINS', 'ALLOWED_ORIGINS'],
    ['ALLOWED-ORIGINS', 'ALLOWED_ORIGINS'],
    ['allowed_origins', 'ALLOWED_ORIGINS'],
    ['Allowed.Origin', 'ALLOWED_ORIGINS'],
    ['HOOK__SECRET', 'HOOK_SECRET'],
    ['HOOK_SECRETS', 'HOOK_SECRET'],
    ['HOOK_SECRET_PREVIUOS', 'HOOK_SECRET_PREVIOUS'],
    ['HOOK_PASSWROD', 'HOOK_PASSWORD'],
    ['HOOKUSER', 'HOOK_USER'],
    ['TOKEN_SECERT', 'TOKEN_SECRET'],
    ['TOKENS_SECRET', 'TOKEN_SECRET'],
    ['TOKEN_JWKS_URI', 'TOKEN_JWKS_URL'],
    ['TOKEN_JWK_URL', 'TOKEN_JWKS_URL'],
    ['TOKEN_AUDIANCE', 'TOKEN_AUDIENCE'],
    ['TOKEN_ISUER', 'TOKEN_ISSUER'],
    ['TOKEN_FIELDS', 'TOKEN_FIELD'],
    ['KEEPALIVE_INTERVAL_SECONDS', 'KEEP_ALIVE_INTERVAL_SECONDS'],
    ['MAX_DURATION_SECOND', 'MAX_DURATION_SECONDS'],
    ['MAX_AGE_SECOND', 'MAX_AGE_SECONDS'],
    ['REST_CLIENT_CONFIGS', 'REST_CLIENT_CONFIG'],
    ['FAIL_METHOD', 'FAIL_METHODS'],
    ['LOG_NUMBER', 'LOG_NUMBERS'],
    ['ALARM_EMIAL', 'ALARM_EMAIL'],
    ['NO_HOOK_MINUTES', 'NO_HOOKS_MINUTES'],
    ['DATADIR', 'DATA_DIR'],
    ['DYNAMO_DB_PORT', 'DYNAMODB_PORT'],
  ])('%s is nearly %s', (name, meant) => {
    expect(meantBy(name)).toBe(meant);
  });

  it('that is a setting, or that others set, is nearly none', () => {
    expect(SETTING_NAMES.filter(meantBy)).toEqual([]);
    expect(ORDINARY.filter(meantBy)).toEqual([]);
    expect(Object.keys(misspelt(Object.fromEntries(ORDINARY.map((name) => [name, 'x'])), SETTING_NAMES))).toEqual([]);
  });

  it('that is empty is not set', () => {
    expect(misspelt({ ALLOWED_ORIGIN: '', STOP_STREAM: undefined }, SETTING_NAMES)).toEqual({});
  });

  it('of any length costs a start nothing', () => {
    const name = `ALLOWED_${'O'.repeat(50_000)}_${'_-.'.repeat(10_000)}`;
    expect(meantBy(name)).toBeUndefined();
  });
});

describe('a start', () => {
  const problemsOf = (env: Record<string, string>, shell: Record<string, string>) => {
    try {
      checkSettings({ ...REQUIRED, IS_OFFLINE: 'true', ...env }, shell);
      return [];
    } catch (error) {
      if (error instanceof SettingsError) return error.problems;
      throw error;
    }
  };

  it('is reported with the right name and all other problems, and without its value', () => {
    const problems = problemsOf({ LEASE_SECONDS: '5' }, { ALLOWED_ORIGIN: 'hidden', HOOK_SECRTE: 'hidden' });
    expect(problems).toEqual([
      'ALLOWED_ORIGIN is not a setting, and would have no effect: is ALLOWED_ORIGINS meant? Rename it, or unset it',
      'HOOK_SECRTE is not a setting, and would have no effect: is HOOK_SECRET meant? Rename it, or unset it',
      expect.stringContaining('LEASE_SECONDS=5'),
    ]);
  });

  it('is not reported for variables of other programs', () => {
    expect(problemsOf({}, Object.fromEntries(ORDINARY.map((name) => [name, 'x'])))).toEqual([]);
  });
});
