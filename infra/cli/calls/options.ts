/** The options of `npm run calls`, checked. */
import { redactId } from '../../../lib/wcs/redact-id.ts';
import { STAGE } from '../../local/settings.ts';
import { optionsOf, UsageError } from '../command-line.ts';
import { isStageName } from '../stage-access.ts';

export const HELP = `npm run calls -- [what] [options]

Without options: the calls of now, those that ring first, each with the time
since it was answered, or began (age).

  --caller WHO   only calls of one caller, and
  --callee WHO   only calls to one callee: a number or a SIP URI, or of a URI
                 what stands before the @
  --id ID        one call, also one that has ended: its row

  --wide         whole times and nodes, as if stdout were not a terminal
  --json         the whole row, a JSON object per line
  --limit N      show N at most (all)
  --stage NAME   of which stage (${STAGE}: the stack that npm start runs here)
  --region NAME  in which AWS region (environment: AWS_REGION; eu-central-1)
  --help         this text

What it reads: from the index "live" one read unit for about 30 calls, and of
what is shown the rows, half a read unit each; --caller and --callee read all of
the index.`;

export interface Options {
  readonly what:
    | { readonly kind: 'list'; readonly caller: string | undefined; readonly callee: string | undefined }
    | { readonly kind: 'one'; readonly id: string };
  readonly limit: number;
  readonly wide: boolean;
  readonly json: boolean;
  readonly stage: string;
  readonly region: string | undefined;
}

/** @throws UsageError */
export function readOptions(args: string[]): Options | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const given = optionsOf(
    {
      ...{ id: text, caller: text, callee: text, wide: flag, json: flag, limit: text },
      ...{ stage: { ...text, default: STAGE }, region: text, help: flag },
    },
    args,
  );
  if (given.help) return 'help';
  const { id, caller, callee, limit, wide, json, stage, region } = given;
  for (const option of ['id', 'caller', 'callee'] as const) {
    if (given[option] === '') throw new UsageError(`--${option} is empty`);
  }
  if (id !== undefined && (caller ?? callee) !== undefined) {
    throw new UsageError('--id does not go together with --caller and --callee: ask one after another');
  }
  if (!isStageName(stage)) throw new UsageError(`--stage ${stage}: expected letters, digits and hyphens`);
  const most = limit === undefined ? Infinity : Number(limit);
  if (!(most >= 1) || (limit !== undefined && !Number.isSafeInteger(most))) {
    throw new UsageError(`--limit ${limit}: expected a whole number from 1 on`);
  }
  const what =
    id === undefined ? { kind: 'list' as const, caller, callee } : { kind: 'one' as const, id: redactId(id) };
  return { what, limit: most, wide, json, stage, region };
}
