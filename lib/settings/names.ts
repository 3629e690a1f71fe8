/** The names of the settings that a deploy gives its functions. Secrets come from elsewhere: lib/platform/secrets.ts. */

/** Settings of the jobs, and of the functions that hooks call. */
export const SETTINGS_OF_JOBS = [
  ...['KEEP_ALIVE_INTERVAL_SECONDS', 'LEASE_SECONDS', 'MAX_AGE_SECONDS', 'RETENTION_DAYS'],
  ...['STOP_STREAMS', 'MAX_DURATION_SECONDS', 'LIVE_SHARDS'],
] as const;

/** Settings of the board. Its tokens are verified like those of clients. */
export const SETTINGS_OF_BOARD = [
  ...['BOARD_ORIGINS', 'BANS'],
  ...['TOKEN_JWKS_URL', 'TOKEN_ISSUER', 'TOKEN_AUDIENCE', 'TOKEN_FIELD', 'TOKEN_FOR'],
] as const;

/** What the functions that hooks call have in addition to those of jobs. */
export const SETTINGS_OF_HOOKS = [
  ...['FAIL_METHODS', 'FAIL_OPEN', 'REST_CLIENT_CONFIG', 'ALLOWED_ORIGINS'],
  ...['TOKEN_JWKS_URL', 'TOKEN_ISSUER', 'TOKEN_AUDIENCE', 'TOKEN_FIELD', 'TOKEN_FOR', 'SIP_ACCOUNT'],
  ...['LOG_NUMBERS', 'BANS'],
] as const;
