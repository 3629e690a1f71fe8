/** What `npm run streams -- --help` says; no line is wider than a terminal. */
import { STAGE } from '../../local/settings.ts';

export const HELP = `npm run streams -- [what] [options]

Without options: what is live now, publishers first, each in the order of their
start (with LIVE_SHARDS: of each shard), with the time since it started (age)
and since it was last heard of (heard). Keep-alives renew the latter once half
of the lease is used, so it may lag behind by that much.

  --name NAME    every stream of a name, the latest first, in any phase. Names
                 and ids as WCS has them, or as they are shown: without
                 passwords, tokens and keys
  --node NODE    only of one server: its nodeId, or the part after its @
  --sub NAME     only of one user: the sub of the token
  --lost         what is lost (no news for longer than the lease) instead of
                 what is live. No index has these: without --name the whole
                 table is read. It says what that costs, and how far it is
  --viewers      how many watch each name, the most watched first; with --node
                 on that server
  --id ID        one stream: its row
  --history ID   what happened to one stream: each of its hooks, in order,
                 without healthy keep-alives. On a stage it searches the
                 functions' logs (CloudWatch Logs Insights, about $0.0063 per
                 GB), here the log files of npm start, with the same DATA_DIR
  --since TIME   with --history: since when, such as 30m, 1h, 2d or
                 2026-11-25T10:00Z (default: since its row was first seen, or
                 for the last day if it has no row)
  --watch        again every few seconds, until Ctrl-C; as much as fits the
                 terminal. It never reads for more than a tenth of the time

  --stop ID      stops a stream: sets "stop" in its row. Its next keep-alive is
                 answered 403, and WCS ends it, if stopping is on there
                 (STOP_STREAMS=true, or a policy that can limit streams) and WCS
                 sends keep-alives. It says whether that will happen.
                 The row's status stays WCS's until its end event comes;
                 "stopSentAt" says since when its keep-alives get a 403
  --reason TEXT  why; kept in the row of what is stopped
  --undo         with --stop ID: removes "stop" and "stopSentAt" from the row
                 again. A "stopAt" stays: it may be a token's
  --end ID       ends the row of a ghost, a stream that is gone without WCS
                 having said so ("presumed: ended by the operator"). Nothing is
                 sent to WCS. It cannot be undone: a hook that proves the
                 stream alive is reported ("live after end"), the row stays
  --yes          with --end ID: even if it was heard of within its lease, or
                 sends no keep-alives

  --wide         whole times, nodes and names, as if stdout were not a
                 terminal. On a terminal lines fit its width: times are ages,
                 a node is the part after its @, and long names lose
                 their middle
  --json         the whole row, a JSON object per line
  --limit N      show N at most (all)
  --stage NAME   which stage (${STAGE}: the stack that npm start runs here)
  --region NAME  in which AWS region (environment: AWS_REGION; eu-central-1)
  --help         this text

What it reads: the indexes "live" and "name", one read unit for about 30
streams, and the rows of what is shown, half a read unit each. --node reads all
of the index, --sub the rows of all that is live; --viewers no rows. --lost:
one read unit for 8 KB of the table. A million read units cost about $0.15.`;
