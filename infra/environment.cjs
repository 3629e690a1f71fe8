// What the functions are told. Secrets are no part of it: a template can be read by many, and so can a function's settings.
const OF_ALL = [
  ...['KEEP_ALIVE_INTERVAL_SECONDS', 'LEASE_SECONDS', 'MAX_AGE_SECONDS', 'RETENTION_DAYS'],
  ...['STOP_STREAMS', 'MAX_DURATION_SECONDS', 'LIVE_SHARDS'],
];
const OF_HOOKS = [
  ...['FAIL_METHODS', 'FAIL_OPEN', 'REST_CLIENT_CONFIG', 'ALLOWED_ORIGINS'],
  ...['TOKEN_JWKS_URL', 'TOKEN_ISSUER', 'TOKEN_AUDIENCE', 'TOKEN_FIELD', 'TOKEN_FOR'],
  'LOG_NUMBERS',
];
const OF_STACK = ['ALARM_EMAIL', 'NO_HOOKS_MINUTES', 'RESERVED_CONCURRENCY'];

const fromDeploy = (names) => Object.fromEntries(names.map((name) => [name, `\${env:${name}, ''}`]));

module.exports = {
  /** All that the environment of a deploy decides. */
  SETTINGS: [...OF_ALL, ...OF_HOOKS, ...OF_STACK],
  /** Of every function. */
  common: {
    STAGE: '${sls:stage}',
    STREAMS_TABLE: '${self:custom.streamsTable}',
    SESSIONS_TABLE: '${self:custom.sessionsTable}',
    PARKING_QUEUE_URL: { Ref: 'ParkingQueue' },
    DEAD_LETTER_QUEUE_URL: { Ref: 'DeadLetterQueue' },
    ...fromDeploy(OF_ALL),
  },
  /** Of those besides that hooks call. */
  ofHooks: {
    SECRETS_PATH: '${self:custom.secretsPath}',
    ...fromDeploy(OF_HOOKS),
  },
};
