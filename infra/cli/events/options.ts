/** The options of `npm run events`, checked. */
import { DETAIL_TYPES, TOLD } from '../../../lib/state/change.ts';
import { KINDS } from '../../../lib/state/row.ts';
import { optionsOf, UsageError } from '../command-line.ts';
import { readSince } from '../since.ts';

export const HELP = `npm run events -- [options]

Prints the events of the stack that npm start runs here, as they come: one for
each change of state of a stream, a session or a call (docs/events.md). It
needs the same DATA_DIR. Ctrl-C ends it.

  --since TIME         also what came since: 30m, 1h, 2d, or a time such as
                       2026-11-25T10:00Z. Kept are the last 24 hours, and at
                       most 100,000 events
  --once               what there is, and no more: all that is kept, or since
                       --since
  --filter FIELD=TEXT  only where a field of "detail" is this text; kind is
                       stream, session or call, type the event: starting, live,
                       ended, denied, lost … Of several, each must hold; with
                       the same field, one of them
  --json               the events as EVENTS_URL gets them, one in each line
  --help               this text`;

/** The texts that a field may have. */
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
  ...Object.values(TOLD).flat(),
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
    if (!field) throw new UsageError(`--filter ${text}: expected a field and its text, as in type=ended`);
    if (!FIELDS.has(field))
      throw new UsageError(`--filter ${text}: events have no ${field}, but ${[...FIELDS].join(', ')}`);
    if (field === 'kind' && !Object.hasOwn(DETAIL_TYPES, value)) {
      throw new UsageError(`--filter ${text}: expected one of ${Object.keys(DETAIL_TYPES).join(', ')}`);
    }
    filters.set(field, [...(filters.get(field) ?? []), value]);
  }
  return filters;
}
