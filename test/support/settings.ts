import { readSettings, type Settings } from '../../lib/settings/settings.ts';

/** What every function must be told. */
export const REQUIRED = {
  STREAMS_TABLE: 'streams',
  SESSIONS_TABLE: 'sessions',
  CALLS_TABLE: 'calls',
  BANS_TABLE: 'bans',
  PARKING_QUEUE_URL: 'https://sqs/parking',
  DEAD_LETTER_QUEUE_URL: 'https://sqs/dead-letters',
};

export const testSettings = (env: Record<string, string> = {}): Settings => readSettings({ ...REQUIRED, ...env });
