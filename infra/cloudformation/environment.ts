/** What the functions are told. Secrets are no part of it: a template can be read by many, and so can a function's settings. */
import { SETTINGS_OF_BOARD, SETTINGS_OF_HOOKS, SETTINGS_OF_JOBS } from '../../lib/settings/names.ts';
import { ref } from './template.ts';

/** What decides the stack, and no function reads. */
const SETTINGS_OF_STACK = [
  ...['ALARM_EMAIL', 'NO_HOOKS_MINUTES', 'FAILED_CALLS_PERCENT', 'RESERVED_CONCURRENCY', 'CHANGE_EVENTS'],
] as const;

/** All that the environment of a deploy decides. */
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
  /** Each has them besides. */
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
