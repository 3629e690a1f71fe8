/** One JSON line per event: the log and, in CloudWatch's embedded metric format, its metrics. */
import { withoutUriSecrets } from '../wcs/uri-secrets.ts';

/** Metrics with the dimension `outcome`: each outcome is billed as a metric of its own. */
export type MetricByOutcome = 'hooks' | 'replays' | 'failedOpen' | 'fieldsLeftOut';
/** Metrics of the stage as a whole. */
export type MetricOfStage =
  | ('notReady' | 'silentNodes' | 'lostStreams' | 'lostCalls')
  | ('livePublishers' | 'livePlayers' | 'ringingCalls' | 'talkingCalls')
  | ('boardRequests' | 'boardFailed')
  | ('bansNotRead' | 'banListAgeSeconds')
  | MetricOfChanges
  | MetricOfCalls;
/** Metrics of what was published on the bus of changes. */
export type MetricOfChanges = 'changesPublished' | 'changesFailed' | 'changesGivenUp';

/** Metrics of calls that have ended; `talkSeconds` is the sum over those that were answered. */
export type MetricOfCalls =
  | ('endedCalls' | 'answeredCalls' | 'talkSeconds' | 'failedCalls')
  | ('failedCalls4xx' | 'failedCalls5xx' | 'failedCalls6xx' | 'failedCallsOther');

/** Every field of a line besides its time, level and message: the compiler checks saved queries against it. */
export type LogField =
  | ('method' | 'type' | 'id' | 'name' | 'wcsStatus' | 'app' | 'node' | 'leftOut' | 'sub' | 'reason')
  | ('outcome' | 'status' | 'milliseconds' | 'requests' | 'requestId' | 'messageId' | 'cause')
  | ('caller' | 'callee' | 'target' | 'sipStatus' | 'info')
  | ('nodeId' | 'isComplete' | 'live' | 'lost' | 'ended' | 'failed')
  | ('records' | 'lagSeconds');

type Counts<Metric extends string> = Readonly<Partial<Record<Metric, number>>>;

export type Line = {
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  /** What happened, in fixed words. */
  readonly message: string;
  /** A body must never be among them. Strings are bounded and cleaned. */
  readonly fields: Readonly<Partial<Record<LogField, string | number | boolean | undefined>>>;
} & (
  | { readonly metrics: Counts<MetricByOutcome>; readonly dimension: 'outcome' }
  | { readonly metrics: Counts<MetricOfStage>; readonly dimension?: undefined }
);

export type Log = (line: Line) => void;

const MAX_LENGTH = 256;
/** For texts by us or AWS, such as the list of every problem of the settings. */
const MAX_CAUSE_LENGTH = 2000;

/** Cleans a text from outside: no secrets, a bounded length, no control characters (they could forge lines on a terminal). */
export const loggable = (text: string, maxLength = MAX_LENGTH) =>
  withoutUriSecrets(text)
    .slice(0, maxLength)
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd');

/**
 * Writes lines to `write`, one call per line; each stage has its own namespace of metrics. Powertools would write metrics as
 * separate lines, and would share its state of a hook among invocations that interleave.
 */
export const createLog =
  (write: (line: string) => void, now: () => number, stage: string): Log =>
  ({ level, message, fields, metrics, dimension }) => {
    const cleaned = Object.entries(fields).map(
      ([name, value]) =>
        [
          name,
          typeof value === 'string' ? loggable(value, name === 'cause' ? MAX_CAUSE_LENGTH : MAX_LENGTH) : value,
        ] as const,
    );
    const Metrics = Object.keys(metrics).map((Name) => ({
      Name,
      Unit: Name.endsWith('Seconds') ? 'Seconds' : 'Count',
    }));
    const at = now();
    const embedded = {
      Timestamp: at,
      CloudWatchMetrics: [
        { Namespace: `wcs-hooks/${stage}`, Dimensions: [dimension === undefined ? [] : [dimension]], Metrics },
      ],
    };
    const line = {
      time: new Date(at).toISOString(),
      level,
      message,
      ...Object.fromEntries(cleaned),
      ...metrics,
      ...(Metrics.length > 0 ? { _aws: embedded } : {}),
    };
    write(`${JSON.stringify(line)}\n`);
  };

/** Gives the chain of causes in one line: names and messages, never a stack or a body. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError) {
    return error.errors.map((one: unknown) => describe(one)).join(' and ');
  }
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  const cause = error.cause === undefined ? '' : ` < ${describe(error.cause)}`;
  return `${error.name}: ${inOneLine(error.message)}${code}${cause}`;
}

const inOneLine = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
