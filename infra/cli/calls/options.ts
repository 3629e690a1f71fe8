/** The options of `npm run calls`, checked. */
import { redactId } from '../../../lib/wcs/redact-id.ts';
import { STAGE } from '../../local/settings.ts';
import { optionsOf, UsageError } from '../command-line.ts';
import { readSince } from '../since.ts';
import { isStageName } from '../stage-access.ts';

export const HELP = `npm run calls -- [what] [options]

Without options: the current calls, ringing ones first, each with its age: the
time since it was answered, or else since it began.

  --caller WHO   only calls from one caller: a number, a SIP URI, or the part of
                 a URI before its @
  --callee WHO   only calls to one callee, in the same forms
  --id ID        one call, also one that has ended: its row
  --history ID   what happened to one call: each of its hooks, in order. On a
                 stage it searches the functions' logs (CloudWatch Logs
                 Insights, about $0.0063 per GB), here the log files of npm
                 start, with the same DATA_DIR
  --since TIME   with --history: since when, such as 30m, 1h, 2d or
                 2026-11-25T10:00Z (default: since its row was first seen, or
                 for the last day if it has no row)
  --end ID       ends the row of a ghost, a call that is over without WCS having
                 said so ("presumed: ended by the operator"). Nothing is sent
                 to WCS. It cannot be taken back: a hook that proves the call
                 alive is reported ("live after end"), the row stays
  --yes          with --end ID: also while it is live. Calls send no
                 keep-alives, so that their silence says nothing

  --wide         whole times and nodes, as if stdout were not a terminal
  --json         the whole row, a JSON object per line
  --limit N      show N at most (all)
  --stage NAME   which stage (${STAGE}: the stack that npm start runs here)
  --region NAME  in which AWS region (environment: AWS_REGION; eu-central-1)
  --help         this text

What it reads: one read unit of the index "live" for about 30 calls, and half a
unit for each row that it shows; --caller and --callee read the whole index.`;

export interface Options {
  readonly what:
    | { readonly kind: 'list'; readonly caller: string | undefined; readonly callee: string | undefined }
    | { readonly kind: 'one'; readonly id: string }
    | { readonly kind: 'history'; readonly id: string; readonly since: number | undefined }
    | { readonly kind: 'end'; readonly id: string; readonly isSure: boolean };
  readonly limit: number;
  readonly wide: boolean;
  readonly json: boolean;
  readonly stage: string;
  readonly region: string | undefined;
}

const WHATS = ['id', 'history', 'end', 'caller', 'callee'] as const;

/** @throws UsageError */
export function readOptions(args: string[], now = Date.now()): Options | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const given = optionsOf(
    {
      ...{ id: text, history: text, since: text, caller: text, callee: text },
      ...{ end: text, yes: flag, wide: flag, json: flag, limit: text },
      ...{ stage: { ...text, default: STAGE }, region: text, help: flag },
    },
    args,
  );
  if (given.help) return 'help';
  const { id, history, end, yes, since, limit, wide, json, stage, region } = given;
  for (const option of WHATS) {
    if (given[option] === '') throw new UsageError(`--${option} is empty`);
  }
  const asked = WHATS.filter((option) => given[option] !== undefined);
  if ((id ?? history ?? end) !== undefined && asked.length > 1) {
    throw new UsageError(`${asked.map((option) => `--${option}`).join(' and ')} do not go together: use one at a time`);
  }
  if (since !== undefined && history === undefined) throw new UsageError('--since is for --history ID');
  if (yes && end === undefined) throw new UsageError('--yes is for --end ID');
  if (!isStageName(stage)) throw new UsageError(`--stage ${stage}: expected letters, digits and hyphens`);
  const most = limit === undefined ? Infinity : Number(limit);
  if (!(most >= 1) || (limit !== undefined && !Number.isSafeInteger(most))) {
    throw new UsageError(`--limit ${limit}: expected a whole number of 1 or more`);
  }
  return { what: whatOf(given, now), limit: most, wide, json, stage, region };
}

interface Given {
  readonly id?: string | undefined;
  readonly history?: string | undefined;
  readonly since?: string | undefined;
  readonly end?: string | undefined;
  readonly yes: boolean;
  readonly caller?: string | undefined;
  readonly callee?: string | undefined;
}

function whatOf({ id, history, since, end, yes, caller, callee }: Given, now: number): Options['what'] {
  if (end !== undefined) return { kind: 'end', id: redactId(end), isSure: yes };
  if (history !== undefined) {
    return { kind: 'history', id: redactId(history), since: since === undefined ? undefined : readSince(since, now) };
  }
  return id === undefined ? { kind: 'list', caller, callee } : { kind: 'one', id: redactId(id) };
}
