/** One JSON line per hook: the log and, in CloudWatch's embedded metric format, the count of hooks by outcome. */

/** A handled hook. There is no place here for a body, and none may be made. */
export interface HookLine {
  readonly method: string;
  /** The stream, session or call it speaks about. */
  readonly subject: string | undefined;
  /** What became of it: `applied`, `superseded`, `echoed`, `unknown method`, `refused`, `failed`. */
  readonly outcome: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly requestId: string;
  /** Why it was refused or failed; for people, never sent to the caller. */
  readonly cause?: string;
}

export type Log = (line: HookLine) => void;

const MAX_LENGTH = 256;

/** Identifiers come from outside: bounded, and without control characters, which could forge lines on a terminal. */
export const loggable = (text: string) =>
  text
    .slice(0, MAX_LENGTH)
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd');

/**
 * Writes lines to `write` (one call per line). Not Powertools: its metrics are lines of their own, and its per-hook state
 * is shared by invocations that interleave.
 */
export const createLog =
  (write: (line: string) => void, now: () => number): Log =>
  ({ method, subject, cause, ...line }) => {
    const fields = {
      level: line.status >= 500 || line.outcome === 'failed' ? 'ERROR' : line.status >= 400 ? 'WARN' : 'INFO',
      message: 'hook',
      method: loggable(method),
      ...(subject === undefined ? {} : { subject: loggable(subject) }),
      ...line,
      ...(cause === undefined ? {} : { cause: loggable(cause) }),
      hooks: 1,
      _aws: {
        Timestamp: now(),
        CloudWatchMetrics: [
          { Namespace: 'wcs-hooks', Dimensions: [['outcome']], Metrics: [{ Name: 'hooks', Unit: 'Count' }] },
        ],
      },
    };
    write(`${JSON.stringify(fields)}\n`);
  };
