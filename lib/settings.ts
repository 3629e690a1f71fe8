/** The settings of all functions, from the environment; read once, checked together. */
import { methodNamed, type MethodName } from './wcs/methods.ts';
import type { Credentials } from './wcs/signature.ts';

export interface Settings {
  readonly credentials: Credentials;
  /** Only the local stack, and only where it has no credentials, takes hooks from anybody. */
  readonly takesUnsigned: boolean;
  readonly failMethods: readonly MethodName[];
  readonly streamsTable: string;
  /** How long a row stays after its stream is no longer live, in seconds. */
  readonly retentionSeconds: number;
}

/** All that is wrong with the settings at once. Values are never part of the message: they may be secrets. */
export class SettingsError extends Error {
  override name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

const RETENTION_SECONDS = 30 * 24 * 3600;

/** @throws SettingsError naming every problem */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const { HOOK_SECRET, HOOK_SECRET_PREVIOUS, HOOK_USER, HOOK_PASSWORD, FAIL_METHODS, STREAMS_TABLE, IS_OFFLINE } = env;

  if (HOOK_SECRET_PREVIOUS && !HOOK_SECRET) {
    problems.push('HOOK_SECRET_PREVIOUS is set without HOOK_SECRET: set the secret that WCS will use from now on');
  }
  if (HOOK_USER && !HOOK_PASSWORD) problems.push('HOOK_USER is set without HOOK_PASSWORD: set both or none');
  if (HOOK_PASSWORD && !HOOK_USER) problems.push('HOOK_PASSWORD is set without HOOK_USER: set both or none');
  if (HOOK_USER?.includes(':')) problems.push('HOOK_USER has a colon, which HTTP Basic does not allow in a user name');

  const isOffline = IS_OFFLINE === 'true';
  const hasCredentials = Boolean(HOOK_SECRET || HOOK_USER || HOOK_PASSWORD);
  if (!hasCredentials && !isOffline) {
    problems.push('no credentials: set HOOK_SECRET (rest_hook_secret_key of WCS), or HOOK_USER and HOOK_PASSWORD');
  }
  if (!STREAMS_TABLE) problems.push('STREAMS_TABLE is missing: the name of the table of streams');

  const failMethods: MethodName[] = [];
  for (const name of listed(FAIL_METHODS)) {
    const method = methodNamed(name);
    if (method) failMethods.push(method);
    else
      problems.push(
        `FAIL_METHODS names ${JSON.stringify(name)}, which is no REST method of WCS (names are case-sensitive)`,
      );
  }

  if (problems.length > 0) throw new SettingsError(problems);
  return {
    credentials: {
      secrets: [HOOK_SECRET, HOOK_SECRET_PREVIOUS].filter((secret): secret is string => Boolean(secret)),
      ...(HOOK_USER && HOOK_PASSWORD ? { basic: { user: HOOK_USER, password: HOOK_PASSWORD } } : {}),
    },
    takesUnsigned: isOffline && !hasCredentials,
    failMethods,
    streamsTable: STREAMS_TABLE ?? '',
    retentionSeconds: RETENTION_SECONDS,
  };
}

const listed = (names = '') =>
  names
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
