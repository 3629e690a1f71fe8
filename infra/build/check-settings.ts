/** Checks before a start and a deploy: rejects unusable settings, and variables whose names only look like settings. */
import type { Environment } from '../../lib/settings/environment.ts';
import { PARAMETERS } from '../../lib/platform/secrets.ts';
import { readHookSettings, SettingsError, type HookSettings } from '../../lib/settings/settings.ts';
import { SETTINGS } from '../cloudformation/environment.ts';
import { PORTS } from '../local/settings.ts';
import { misspelt } from './misspelt.ts';

/** All names that an operator may set. */
export const SETTING_NAMES: readonly string[] = [
  ...SETTINGS,
  ...Object.keys(PARAMETERS),
  ...Object.keys(PORTS),
  ...['DATA_DIR', 'EVENTS_URL', 'SIP_ACCOUNTS_FILE'],
];

/**
 * @param env what the functions will read
 * @param shell what the operator set: a misspelt name there could leave something open that was meant to be protected
 * @throws SettingsError naming every problem
 */
export function checkSettings(env: Environment, shell: Environment = process.env): HookSettings {
  const problems = Object.entries(misspelt(shell, SETTING_NAMES)).map(
    ([name, meant]) => `${name} is not a setting, and would have no effect: is ${meant} meant? Rename it, or unset it`,
  );
  let settings: HookSettings | undefined;
  try {
    settings = readHookSettings(env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    problems.push(...error.problems);
  }
  if (!settings || problems.length > 0) throw new SettingsError(problems);
  return settings;
}
