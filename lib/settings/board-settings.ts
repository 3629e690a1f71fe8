/** The settings of the function that serves the board. */
import type { TokenSettings } from '../platform/token-verifier.ts';
import { problemOfOrigin } from '../access/origin-policy.ts';
import { list, required, type Environment } from './environment.ts';
import { readBansTable, SettingsError } from './settings.ts';
import { readTokens } from './token-settings.ts';

export interface BoardSettings {
  readonly streamsTable: string;
  readonly sessionsTable: string;
  readonly callsTable: string;
  /** Undefined where bans are off. */
  readonly bansTable: string | undefined;
  /** How the board's tokens are verified: like those of clients. Undefined if tokens are off. */
  readonly tokens: TokenSettings | undefined;
  /** Whether this is the local stack. */
  readonly isOffline: boolean;
  /** The origins of other pages that may use the API. */
  readonly boardOrigins: readonly string[];
}

/** @throws SettingsError naming every problem */
export function readBoardSettings(env: Environment): BoardSettings {
  const problems: string[] = [];
  const settings = {
    streamsTable: required(env, 'STREAMS_TABLE', 'the name of the table of streams', problems),
    sessionsTable: required(env, 'SESSIONS_TABLE', 'the name of the table of sessions', problems),
    callsTable: required(env, 'CALLS_TABLE', 'the name of the table of calls', problems),
    bansTable: readBansTable(env, problems),
    tokens: readTokens(env, problems),
    isOffline: env['IS_OFFLINE'] === 'true',
    boardOrigins: readBoardOrigins(env, problems),
  };
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

/** Accepts whole origins only: a page there may act for whoever opens it with a token. */
export function readBoardOrigins({ BOARD_ORIGINS }: Environment, problems: string[]): readonly string[] {
  const origins = list(BOARD_ORIGINS);
  for (const origin of origins) {
    const problem = origin.startsWith('*.') ? 'expected an origin without *' : problemOfOrigin(origin);
    if (problem) problems.push(`BOARD_ORIGINS names ${JSON.stringify(origin)}: ${problem}`);
  }
  return origins;
}
