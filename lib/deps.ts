/** The side effects of a function, in one object. Tests pass another one. */
import { createLog, type Log } from './log.ts';
import { readHookSettings, readSettings, type HookSettings, type Settings } from './settings.ts';

export interface Deps<S = HookSettings> {
  readonly settings: S;
  readonly log: Log;
  /** Milliseconds since the epoch. A hook's time is the gateway's: this is for durations, and for the sweep. */
  readonly now: () => number;
}

const now = Date.now;
// Not console.log: in a Lambda it prefixes the line, and CloudWatch would not find the metric.
const log = createLog((line) => process.stdout.write(line), now, process.env['STAGE'] ?? 'local');

/** @throws SettingsError: a function with unusable settings does not start */
export const createDeps = (): Deps => ({ settings: readHookSettings(process.env), log, now });

/** For what no hook calls: it needs no credentials. @throws SettingsError */
export const createJobDeps = (): Deps<Settings> => ({ settings: readSettings(process.env), log, now });
