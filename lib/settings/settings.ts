/** The settings of all functions: read from the environment once, and checked together. */
import { readAccess, type AccessSettings } from './access-settings.ts';
import type { Policy } from '../access/decision.ts';
import type { OwnPolicy } from '../access/own-policy.ts';
import { readRestClientConfig } from './rest-client-config-settings.ts';
import { oneOf, required, wholeNumber, type Environment } from './environment.ts';
import type { Lease } from '../state/lease.ts';
import type { Retention } from '../state/merge.ts';
import type { StopRules } from '../state/stop.ts';
import { MOST_SHARDS } from '../store/index-keys.ts';
import { METHOD_NAMES, METHODS } from '../wcs/methods.ts';
import { NUMBER_FORMS, type NumberForm } from '../wcs/failed-call.ts';
import type { RestClientConfig } from '../wcs/rest-client-config.ts';
import type { Credentials } from '../wcs/signature.ts';

/** The settings of every function. */
export interface Settings extends Lease, Retention, StopRules {
  readonly liveShards: number;
  readonly streamsTable: string;
  readonly sessionsTable: string;
  readonly callsTable: string;
  readonly parkingQueueUrl: string;
  readonly deadLetterQueueUrl: string;
}

/** The settings of the functions that hooks call. */
export interface HookSettings extends Settings {
  readonly credentials: Credentials;
  /** Whether hooks are accepted from anybody: only on the local stack, and only without credentials. */
  readonly takesUnsigned: boolean;
  readonly access: AccessSettings;
  /** The configuration in the response to `connect`. */
  readonly restClientConfig: RestClientConfig;
  /** The name of the table of bans; undefined where bans are off. */
  readonly bansTable: string | undefined;
  /** How the log shows the phone numbers of calls. */
  readonly logNumbers: NumberForm;
}

/** The settings of the function that publishes changes. */
export interface ChangesSettings extends Settings {
  /** The name of the bus. */
  readonly eventBus: string;
  readonly changesDeadLetterQueueUrl: string;
}

/** Reports every problem of the settings at once. The message never has the value of a secret. */
export class SettingsError extends Error {
  override name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** @throws SettingsError naming every problem */
export const readSettings = (env: Environment): Settings => checked((problems) => readCommon(env, problems));

/** @throws SettingsError naming every problem */
export const readChangesSettings = (env: Environment): ChangesSettings =>
  checked((problems) => ({
    ...readCommon(env, problems),
    eventBus: required(env, 'EVENT_BUS', 'the name of the bus of changes', problems),
    changesDeadLetterQueueUrl: required(
      env,
      'CHANGES_DEAD_LETTER_QUEUE_URL',
      'the URL of the dead-letter queue of changes',
      problems,
    ),
  }));

/** @throws SettingsError naming every problem */
export const readHookSettings = (env: Environment, own?: OwnPolicy): HookSettings =>
  checked((problems) => {
    const common = readCommon(env, problems);
    const credentials = readCredentials(env, problems);
    const access = readAccess(env, problems, own);
    // A policy may limit the duration of a stream that it allows: a keep-alive then stops the stream.
    const limiting = access.policies.find(canLimit);
    if (limiting && env['STOP_STREAMS'] === 'false') {
      problems.push(`STOP_STREAMS=false with the policy ${limiting.name}: its maxDuration would stop no stream`);
    }
    if (env['MAX_DURATION_SECONDS'] && !common.stopsStreams && !limiting) {
      problems.push('MAX_DURATION_SECONDS is set without STOP_STREAMS=true, which lets a keep-alive stop a stream');
    }
    const stopsStreams = common.stopsStreams || limiting !== undefined;
    const bansTable = readBansTable(env, problems);
    const rules = { stopsStreams, hasBans: bansTable !== undefined, ...access };
    const restClientConfig = readRestClientConfig(env, rules, problems);
    // Short by default: more people read and copy logs than may know who called whom.
    const logNumbers = oneOf(env, 'LOG_NUMBERS', NUMBER_FORMS, 'short', problems);
    return { ...common, ...credentials, stopsStreams, access, restClientConfig, bansTable, logNumbers };
  });

/** Whether the policy can set a maximum duration: it decides a method that starts a stream. */
const canLimit = ({ decides }: Policy) =>
  METHOD_NAMES.some(
    (method) => METHODS[method].subject === 'stream' && METHODS[method].starts && Object.hasOwn(decides, method),
  );

function checked<S>(read: (problems: string[]) => S): S {
  const problems: string[] = [];
  const settings = read(problems);
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

const readCommon = (env: Environment, problems: string[]): Settings => ({
  ...readTimes(env, problems),
  ...readStopRules(env, problems),
  liveShards: readLiveShards(env, problems),
  streamsTable: required(env, 'STREAMS_TABLE', 'the name of the table of streams', problems),
  sessionsTable: required(env, 'SESSIONS_TABLE', 'the name of the table of sessions', problems),
  callsTable: required(env, 'CALLS_TABLE', 'the name of the table of calls', problems),
  parkingQueueUrl: required(env, 'PARKING_QUEUE_URL', 'the URL of the queue of parked sightings', problems),
  deadLetterQueueUrl: required(env, 'DEAD_LETTER_QUEUE_URL', 'the URL of its dead-letter queue', problems),
});

/** Whether there are bans: BANS=false leaves their table out. */
export const hasBans = ({ BANS }: Environment): boolean => BANS !== 'false';

/** The name of the table of bans; undefined where bans are off. */
export function readBansTable(env: Environment, problems: string[]): string | undefined {
  oneOf(env, 'BANS', ['true', 'false'], 'true', problems);
  return hasBans(env) ? required(env, 'BANS_TABLE', 'the name of the table of bans', problems) : undefined;
}

export function readCredentials(
  env: Environment,
  problems: string[],
): Pick<HookSettings, 'credentials' | 'takesUnsigned'> {
  const { HOOK_SECRET, HOOK_SECRET_PREVIOUS, HOOK_USER, HOOK_PASSWORD, IS_OFFLINE, SECRETS_PATH, STAGE } = env;
  if (HOOK_SECRET_PREVIOUS && !HOOK_SECRET) {
    problems.push('HOOK_SECRET_PREVIOUS is set without HOOK_SECRET: set the secret that WCS will use from now on');
  }
  if (HOOK_USER && !HOOK_PASSWORD) problems.push('HOOK_USER is set without HOOK_PASSWORD: set both or neither');
  if (HOOK_PASSWORD && !HOOK_USER) problems.push('HOOK_PASSWORD is set without HOOK_USER: set both or neither');
  if (HOOK_USER?.includes(':')) problems.push('HOOK_USER has a colon, which HTTP Basic does not allow in a user name');

  const isOffline = IS_OFFLINE === 'true';
  const hasCredentials = Boolean(HOOK_SECRET || HOOK_SECRET_PREVIOUS || HOOK_USER || HOOK_PASSWORD);
  if (!hasCredentials && !isOffline) {
    problems.push(
      SECRETS_PATH
        ? `no credentials: create the parameter ${SECRETS_PATH}/hook-secret (npm run secrets -- --stage ${STAGE}), or ${SECRETS_PATH}/hook-user and hook-password`
        : 'no credentials: set HOOK_SECRET (rest_hook_secret_key of WCS), or HOOK_USER and HOOK_PASSWORD',
    );
  }
  return {
    credentials: {
      secrets: [HOOK_SECRET, HOOK_SECRET_PREVIOUS].filter((secret): secret is string => Boolean(secret)),
      ...(HOOK_USER && HOOK_PASSWORD ? { basic: { user: HOOK_USER, password: HOOK_PASSWORD } } : {}),
    },
    takesUnsigned: isOffline && !hasCredentials,
  };
}

const DAY_SECONDS = 24 * 3600;
/** A parked sighting stays in the queue for up to 14 days. If its row were removed before, it would create the row again. */
const LEAST_RETENTION_DAYS = 15;

function readTimes(env: Environment, problems: string[]): Lease & Retention {
  const interval = wholeNumber(env, 'KEEP_ALIVE_INTERVAL_SECONDS', 10, problems);
  const leaseSeconds = wholeNumber(env, 'LEASE_SECONDS', 120, problems);
  const maxAgeSeconds = wholeNumber(env, 'MAX_AGE_SECONDS', DAY_SECONDS, problems);
  const retentionDays = wholeNumber(env, 'RETENTION_DAYS', 30, problems);
  if (leaseSeconds < 4 * interval) {
    problems.push(
      `LEASE_SECONDS=${leaseSeconds} is less than 4 keep-alive intervals (KEEP_ALIVE_INTERVAL_SECONDS=${interval}): a late keep-alive would show a live stream as lost`,
    );
  }
  if (maxAgeSeconds < leaseSeconds) {
    problems.push(`MAX_AGE_SECONDS=${maxAgeSeconds} is less than LEASE_SECONDS=${leaseSeconds}`);
  }
  const leastDays = LEAST_RETENTION_DAYS + Math.ceil(maxAgeSeconds / DAY_SECONDS);
  if (retentionDays < leastDays) {
    problems.push(
      `RETENTION_DAYS=${retentionDays} is less than ${leastDays}: a row must stay ${LEAST_RETENTION_DAYS} days after MAX_AGE_SECONDS=${maxAgeSeconds}, because a parked hook may come that late`,
    );
  }
  return { leaseSeconds, maxAgeSeconds, retentionSeconds: retentionDays * DAY_SECONDS };
}

function readLiveShards(env: Environment, problems: string[]): number {
  const shards = wholeNumber(env, 'LIVE_SHARDS', 1, problems);
  if (shards > MOST_SHARDS) problems.push(`LIVE_SHARDS=${shards} is more than ${MOST_SHARDS}`);
  return shards;
}

function readStopRules(env: Environment, problems: string[]): StopRules {
  const { STOP_STREAMS = '', MAX_DURATION_SECONDS } = env;
  if (!['', 'true', 'false'].includes(STOP_STREAMS)) {
    problems.push(`STOP_STREAMS=${JSON.stringify(STOP_STREAMS)} is neither true nor false`);
  }
  const stopsStreams = STOP_STREAMS === 'true';
  return {
    stopsStreams,
    maxDurationSeconds: MAX_DURATION_SECONDS ? wholeNumber(env, 'MAX_DURATION_SECONDS', 0, problems) : undefined,
  };
}
