/** The options of `npm run streams`, checked. */
import { shownName } from '../../lib/state/shown-name.ts';
import { publicId } from '../../lib/wcs/public-id.ts';
import { STAGE } from '../local/settings.ts';
import { isStageName } from '../stage-access.ts';
import { optionsOf, UsageError } from '../command-line.ts';

export const HELP = `npm run streams -- [what] [options]

Without more: what is live now, publishers first, each in the order of their start (with LIVE_SHARDS: of each shard).

  --id ID        one stream: its row
  --name NAME    every stream of a name, the latest first. Name and id as WCS has them, or as they are shown: without
                 passwords, tokens and keys
  --node NODE    what is live on one server: its nodeId, or what stands behind the @
  --viewers      how many watch each name, the most watched first; with --node: on that server
  --stop ID      stops a stream: sets "stop" in its row. Its next keep-alive is answered 403, and WCS ends it; that needs
                 STOP_STREAMS=true there and keep-alives in WCS. The row's status stays WCS's until its end event comes;
                 "stopSentAt" says since when
  --reason TEXT  why, kept in the row of what is stopped

  --limit N      show N at most (all)
  --json         a JSON object per line instead of a table
  --stage NAME   of which stage (${STAGE}: the stack that npm start runs here)
  --region NAME  in which AWS region (environment: AWS_REGION; eu-central-1)
  --help         this text

Reads from the indexes "live" and "name", never the whole table: about one read unit for 30 live streams.`;

export interface Options {
  readonly what:
    | { readonly kind: 'live' | 'viewers'; readonly node: string | undefined }
    | { readonly kind: 'one'; readonly id: string }
    | { readonly kind: 'named'; readonly name: string }
    | { readonly kind: 'stop'; readonly id: string; readonly reason: string | undefined };
  readonly limit: number;
  readonly json: boolean;
  readonly stage: string;
  readonly region: string | undefined;
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  return optionsOf(
    {
      ...{ id: text, name: text, node: text, viewers: flag, stop: text, reason: text },
      ...{ limit: text, json: flag, stage: { ...text, default: STAGE }, region: text, help: flag },
    },
    args,
  );
}

/** @throws UsageError */
export function readOptions(args: string[]): Options | 'help' {
  const given = parse(args);
  if (given.help) return 'help';
  const { limit, json, stage, region } = given;
  if (!isStageName(stage)) throw new UsageError(`--stage ${stage}: expected letters, digits and hyphens`);
  const most = limit === undefined ? Infinity : Number(limit);
  if (!(most >= 1) || (limit !== undefined && !Number.isSafeInteger(most))) {
    throw new UsageError(`--limit ${limit}: expected a whole number from 1 on`);
  }
  return { what: whatOf(given), limit: most, json, stage, region };
}

function whatOf(given: ReturnType<typeof parse>): Options['what'] {
  for (const option of ['id', 'name', 'node', 'stop'] as const) {
    if (given[option] === '') throw new UsageError(`--${option} is empty`);
  }
  const { id, name, node, stop, reason, viewers } = given;
  const asked = [
    ...(id === undefined ? [] : ['--id']),
    ...(name === undefined ? [] : ['--name']),
    ...(stop === undefined ? [] : ['--stop']),
    ...(viewers ? ['--viewers'] : node === undefined ? [] : ['--node']),
  ];
  if (asked.length > 1) throw new UsageError(`${asked.join(' and ')} do not go together: ask one after another`);
  if (reason !== undefined && stop === undefined) throw new UsageError('--reason is for --stop ID');
  if (stop !== undefined) return { kind: 'stop', id: publicId(stop), reason };
  if (id !== undefined) return { kind: 'one', id: publicId(id) };
  if (name !== undefined) return { kind: 'named', name: nameOf(name) };
  return { kind: viewers ? 'viewers' : 'live', node };
}

/** As rows show it: what WCS calls a stream may have a password in it. */
function nameOf(given: string): string {
  const name = shownName(given);
  if (name === '') throw new UsageError('--name has nothing but a key: expected the name before its "?"');
  return name;
}
