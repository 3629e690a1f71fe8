/** The options of `npm run events`, checked. */
import { DETAIL_FIELDS, DETAIL_TYPES, EVENTS, PHASES } from '../../../lib/state/change.ts';
import { KINDS } from '../../../lib/state/row.ts';
import { optionsOf, UsageError } from '../command-line.ts';
import { readSince } from '../since.ts';

export const HELP = `npm run events -- [options]

Prints the events of the local stack (npm start) as they come: one for each
change of state of a stream, a session or a call (docs/events.md). Use the
DATA_DIR of the stack. Ctrl-C ends it.

  --since TIME         start with the events since then: 30m, 1h, 2d, or a time
                       such as 2026-11-25T10:00Z. The stack keeps events for
                       24 hours, and the last 100,000 at most
  --once               print the events that there are, and exit: all of them,
                       or those since --since
  --filter FIELD=TEXT  only events in which a field of "detail" has this value;
                       FIELD can also be kind (stream, session, call) or type
                       (the event: starting, live, ended, denied, lost …).
                       Several filters must all match; of several for the same
                       field, one is enough
  --json               one event per line, as EVENTS_URL receives it
  --help               this text`;

/** The values that each field may have. */
export type Filters = ReadonlyMap<string, readonly string[]>;

export interface Options {
  /** Milliseconds since the epoch. */
  readonly since: number | undefined;
  readonly once: boolean;
  readonly filters: Filters;
  readonly json: boolean;
}

const FIELDS: ReadonlySet<string> = new Set([
  ...['kind', 'type', 'event', 'phase', 'previousPhase', 'lastSeenAt', 'seconds', 'revision'],
  ...Object.values(KINDS).map(({ key }) => key),
  ...Object.values(DETAIL_FIELDS).flat(),
]);

/** The values that a field can have, where they are known. */
const VALUES = new Map<string, readonly string[]>([
  ['kind', Object.keys(DETAIL_TYPES)],
  ...['type', 'event'].map((field) => [field, EVENTS] as const),
  ...['phase', 'previousPhase'].map((field) => [field, PHASES] as const),
]);

/** @throws UsageError */
export function readOptions(args: string[], now: number): Options | 'help' {
  const given = optionsOf(
    {
      since: { type: 'string' },
      once: { type: 'boolean', default: false },
      filter: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    args,
  );
  if (given.help) return 'help';
  const { since, once, filter, json } = given;
  return { since: since === undefined ? undefined : readSince(since, now), once, filters: filtersOf(filter), json };
}

function filtersOf(given: readonly string[]): Filters {
  const filters = new Map<string, string[]>();
  for (const text of given) {
    const [, field = '', value = ''] = /^(\w+)=(.+)$/s.exec(text) ?? [];
    if (!field) throw new UsageError(`--filter ${text}: expected FIELD=TEXT, such as type=ended`);
    if (!FIELDS.has(field))
      throw new UsageError(`--filter ${text}: events have no field ${field}. They have ${[...FIELDS].join(', ')}`);
    const values = VALUES.get(field);
    if (values && !values.includes(value))
      throw new UsageError(`--filter ${text}: ${field} is one of ${values.join(', ')}`);
    filters.set(field, [...(filters.get(field) ?? []), value]);
  }
  return filters;
}
