/** What `npm run usage -- --help` says; no line is wider than a terminal. */
import { STAGE } from '../../local/settings.ts';

export const HELP = `npm run usage -- [--from TIME] [--to TIME] [--by WHAT] [options]

How much was streamed and talked: streams, calls, their minutes, and how many
there were at once (peak). Without options: today so far, by app.

  --from TIME    a date such as 2026-11-01 (it begins at 00:00 UTC), or a time
                 such as 2026-11-01T08:00Z (the beginning of today)
  --to TIME      up to there, which does not belong to it any more (now):
                 --from 2026-11-01 --to 2026-11-02 is one day
  --by WHAT      app, sub (the user of the token), name (of a stream, or the
                 callee), node (the server) or day (UTC) (app)
  --sub NAME     the streams and calls of one user, one after another
  --csv, --json  for a spreadsheet, for a program; minutes with four decimals
  --stage NAME   of which stage (${STAGE}: the stack that npm start runs here)
  --region NAME  in which AWS region (environment: AWS_REGION; eu-central-1)
  --help         this text

A stream counts from its first hook that shows it live to its end; one that got
lost, to its last hook; one that is live, to now. A call counts from its answer.
What was denied or failed has no minutes and is not counted. A stream that
spans midnight has its minutes on both days and is counted on each of them, so
the days can count more streams than their total.

What it reads: from the index "closed" every hour from --from to now, as what
began in the range may have ended behind it (half a read unit for an empty hour,
one for about 30 streams), and what is live from the index "live". --by sub and
--sub read the rows of what is live, too. Rows are kept for RETENTION_DAYS.
A million read units cost about $0.15.`;
