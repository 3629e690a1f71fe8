/** The side effects of a function, in one object. Tests pass another one. */
import { createLog, type Log } from './log.ts';
import { readSettings, type Settings } from './settings.ts';

export interface Deps {
  readonly settings: Settings;
  readonly log: Log;
  /** Milliseconds since the epoch, for durations only: the time of a hook is the gateway's. */
  readonly now: () => number;
}

/** @throws SettingsError: a function with unusable settings does not start */
export function createDeps(): Deps {
  const now = Date.now;
  // Not console.log: in a Lambda it prefixes the line, and CloudWatch would not find the metric.
  return { settings: readSettings(process.env), log: createLog((line) => process.stdout.write(line), now), now };
}
