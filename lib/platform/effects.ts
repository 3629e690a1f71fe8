/** The side effects of a function in one object. Tests pass their own. */
import { createLog, type Log } from './log.ts';
import { readSettings, type HookSettings, type Settings } from '../settings/settings.ts';
import type { Credentials } from '../wcs/signature.ts';

export interface Effects {
  readonly log: Log;
  /** Milliseconds since the epoch. A hook's time is the gateway's: this is for durations, and for the sweep. */
  readonly now: () => number;
}

export interface Deps extends Effects {
  readonly settings: HookSettings;
  /** Called before a hook is rejected: finds credentials that have become valid since the last reading. */
  readonly rotatedCredentials?: () => Promise<Credentials | undefined>;
}

const now = Date.now;
// Not console.log: in a Lambda it prefixes the line, and CloudWatch would not find the metric.
const log = createLog((line) => process.stdout.write(line), now, process.env['STAGE'] ?? 'local');

export const effects: Effects = { log, now };

/** For functions that no hook calls, which need no credentials. @throws SettingsError: a function with unusable settings does not start */
export const createJobDeps = (): Effects & { readonly settings: Settings } => ({
  ...effects,
  settings: readSettings(process.env),
});
