/** The side effects of a function in one object. Tests pass their own. */
import { createLog, type Log } from './log.ts';

export interface Effects {
  readonly log: Log;
  /** Milliseconds since the epoch. A hook's time is the gateway's: this is for durations, and for the sweep. */
  readonly now: () => number;
}

const now = Date.now;
// Not console.log: in a Lambda it adds a prefix, and CloudWatch would not find the metric.
const log = createLog((line) => process.stdout.write(line), now, process.env['STAGE'] ?? 'local');

export const effects: Effects = { log, now };
