/** The options of `npm run usage`, checked. */
import { STAGE } from '../../local/settings.ts';
import { optionsOf, UsageError } from '../command-line.ts';
import { readTime } from '../since.ts';
import { isStageName } from '../stage-access.ts';
import { GROUPS, type GroupedBy, type Range } from './sum.ts';

export interface Options {
  readonly range: Range;
  readonly by: GroupedBy;
  /** Lists the streams and calls of this user instead of sums. */
  readonly sub: string | undefined;
  readonly format: 'table' | 'csv' | 'json';
  readonly stage: string;
  readonly region: string | undefined;
}

/** @throws UsageError */
export function readOptions(args: string[], now: number): Options | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const given = optionsOf(
    {
      ...{ from: text, to: text, by: text, sub: text, csv: flag, json: flag },
      ...{ stage: { ...text, default: STAGE }, region: text, help: flag },
    },
    args,
  );
  if (given.help) return 'help';
  const { by = 'app', sub, csv, json, stage, region } = given;
  if (!isStageName(stage)) throw new UsageError(`--stage ${stage}: expected letters, digits and hyphens`);
  if (!isGroup(by)) throw new UsageError(`--by ${by}: expected ${GROUPS.join(', ')}`);
  if (sub === '') throw new UsageError('--sub is empty');
  if (sub !== undefined && given.by !== undefined)
    throw new UsageError('--sub lists streams and calls one by one: leave out --by');
  if (csv && json) throw new UsageError('--csv and --json cannot be combined');
  return {
    range: rangeOf(given.from, given.to, now),
    by,
    sub,
    format: csv ? 'csv' : json ? 'json' : 'table',
    stage,
    region,
  };
}

const isGroup = (name: string): name is GroupedBy => GROUPS.some((group) => group === name);

/** By default, today so far. */
function rangeOf(from: string | undefined, to: string | undefined, now: number): Range {
  const today = new Date(now).toISOString().slice(0, 10);
  const range = { from: timeOf('from', from ?? today), to: Math.min(to === undefined ? now : timeOf('to', to), now) };
  if (range.from > now) throw new UsageError(`--from ${from}: expected a time in the past`);
  if (range.from >= range.to)
    throw new UsageError(`--to ${to ?? 'now'} is not after --from ${from ?? today}: the end is not part of the range`);
  return range;
}

function timeOf(option: string, text: string): number {
  const time = readTime(text);
  if (time !== undefined) return time;
  throw new UsageError(
    `--${option} ${text}: expected a date such as 2026-11-01 (UTC), or a time such as 2026-11-01T08:00Z`,
  );
}
