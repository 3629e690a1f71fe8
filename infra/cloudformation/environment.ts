/** The environment of the functions. It has no secrets: many people can read a template and a function's settings. */
import { SETTINGS_OF_BOARD, SETTINGS_OF_HOOKS, SETTINGS_OF_JOBS } from '../../lib/settings/names.ts';
import { ref } from './template.ts';

/** Settings of the stack, which no function reads. */
const SETTINGS_OF_STACK = [
  ...['ALARM_EMAIL', 'NO_HOOKS_MINUTES', 'FAILED_CALLS_PERCENT', 'RESERVED_CONCURRENCY', 'CHANGE_EVENTS'],
] as const;

/** Every setting that is taken from the environment of a deploy. */
export const SETTINGS: readonly string[] = [
  ...new Set([...SETTINGS_OF_JOBS, ...SETTINGS_OF_HOOKS, ...SETTINGS_OF_BOARD, ...SETTINGS_OF_STACK]),
];

const fromDeploy = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, `\${env:${name}, ''}`] as const));

const ofJobs = {
  PARKING_QUEUE_URL: ref('ParkingQueue'),
  DEAD_LETTER_QUEUE_URL: ref('DeadLetterQueue'),
  ...fromDeploy(SETTINGS_OF_JOBS),
};

export const environment = {
  ofAll: {
    STAGE: '${sls:stage}',
    STREAMS_TABLE: '${self:custom.streamsTable}',
    SESSIONS_TABLE: '${self:custom.sessionsTable}',
    CALLS_TABLE: '${self:custom.callsTable}',
  },
  /** In addition to `ofAll`. */
  ofJobs,
  ofHooks: {
    ...ofJobs,
    BANS_TABLE: '${self:custom.bansTable}',
    SECRETS_PATH: '${self:custom.secretsPath}',
    ...fromDeploy(SETTINGS_OF_HOOKS),
  },
  ofBoard: {
    BANS_TABLE: '${self:custom.bansTable}',
    SECRETS_PATH: '${self:custom.secretsPath}',
    ...fromDeploy(SETTINGS_OF_BOARD),
  },
};
