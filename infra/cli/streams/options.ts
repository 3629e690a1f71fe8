/** The options of `npm run streams`, checked. */
import { shortName } from '../../../lib/state/short-name.ts';
import { redactId } from '../../../lib/wcs/redact-id.ts';
import { STAGE } from '../../local/settings.ts';
import { isStageName } from '../stage-access.ts';
import { optionsOf, UsageError } from '../command-line.ts';
import { readSince } from '../since.ts';

/** Which streams: those of a name, or else those that are live or lost. */
export interface Wanted {
  readonly name?: string | undefined;
  readonly node?: string | undefined;
  readonly sub?: string | undefined;
  readonly lost: boolean;
}

export interface Options {
  readonly what:
    | ({ readonly kind: 'list' } & Wanted)
    | { readonly kind: 'viewers'; readonly node: string | undefined }
    | { readonly kind: 'one'; readonly id: string }
    | { readonly kind: 'history'; readonly id: string; readonly since: number | undefined }
    | { readonly kind: 'stop'; readonly id: string; readonly reason: string | undefined }
    | { readonly kind: 'undo'; readonly id: string }
    | { readonly kind: 'end'; readonly id: string; readonly isSure: boolean };
  readonly watch: boolean;
  readonly limit: number;
  readonly wide: boolean;
  readonly json: boolean;
  readonly stage: string;
  readonly region: string | undefined;
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  return optionsOf(
    {
      ...{ id: text, history: text, since: text, name: text, node: text, sub: text, lost: flag, viewers: flag },
      watch: flag,
      ...{ stop: text, reason: text, undo: flag, end: text, yes: flag },
      ...{ wide: flag, limit: text, json: flag, stage: { ...text, default: STAGE }, region: text, help: flag },
    },
    args,
  );
}
type Given = ReturnType<typeof parse>;

/** @throws UsageError */
export function readOptions(args: string[], now = Date.now()): Options | 'help' {
  const given = parse(args);
  if (given.help) return 'help';
  const { limit, watch, wide, json, stage, region } = given;
  if (!isStageName(stage)) throw new UsageError(`--stage ${stage}: expected letters, digits and hyphens`);
  const most = limit === undefined ? Infinity : Number(limit);
  if (!(most >= 1) || (limit !== undefined && !Number.isSafeInteger(most))) {
    throw new UsageError(`--limit ${limit}: expected a whole number of 1 or more`);
  }
  checkTogether(given);
  return { what: whatOf(given, now), watch, limit: most, wide, json, stage, region };
}

function checkTogether(given: Given): void {
  for (const option of ['id', 'history', 'name', 'node', 'sub', 'stop', 'end'] as const) {
    if (given[option] === '') throw new UsageError(`--${option} is empty`);
  }
  const isGiven = (option: keyof Given) => given[option] !== undefined && given[option] !== false;
  const whats = (['id', 'history', 'stop', 'end', 'viewers'] as const).filter(isGiven);
  // The viewers of a server can be counted, because the index has the node.
  const filters = (['name', 'sub', 'lost', 'node'] as const).filter(isGiven);
  const strange = filters.filter((filter) => whats.some((what) => what !== 'viewers' || filter !== 'node'));
  const asked = [...whats, ...strange].map((option) => `--${option}`);
  if (asked.length > 1) throw new UsageError(`${asked.join(' and ')} do not go together: use one at a time`);

  const needs = (option: keyof Given, other: string, isThere: boolean) => {
    if (isGiven(option) && !isThere) throw new UsageError(`--${option} is for ${other}`);
  };
  needs('undo', '--stop ID', isGiven('stop'));
  needs('reason', '--stop ID', isGiven('stop') && !given.undo);
  needs('yes', '--end ID', isGiven('end'));
  needs('since', '--history ID', isGiven('history'));
  const isShown = (['history', 'stop', 'end'] as const).every((option) => !isGiven(option));
  needs('watch', 'what is shown, not for --history, --stop and --end', isShown);
  needs('watch', 'people: without --json', !given.json);
  needs(
    'watch',
    '--lost with --name NAME: without a name the whole table is read each time',
    !given.lost || isGiven('name'),
  );
}

function whatOf(given: Given, now: number): Options['what'] {
  const { id, history, since, name, node, sub, lost, viewers, stop, reason, undo, end, yes } = given;
  if (stop !== undefined)
    return undo ? { kind: 'undo', id: redactId(stop) } : { kind: 'stop', id: redactId(stop), reason };
  if (end !== undefined) return { kind: 'end', id: redactId(end), isSure: yes };
  if (history !== undefined) {
    return { kind: 'history', id: redactId(history), since: since === undefined ? undefined : readSince(since, now) };
  }
  if (id !== undefined) return { kind: 'one', id: redactId(id) };
  if (viewers) return { kind: 'viewers', node };
  return { kind: 'list', name: name === undefined ? undefined : nameOf(name), node, sub, lost };
}

/** The name as rows show it: WCS's name of a stream may contain a password. */
function nameOf(given: string): string {
  const name = shortName(given);
  if (name === '') throw new UsageError('--name has nothing but a key: expected the name before its "?"');
  return name;
}
