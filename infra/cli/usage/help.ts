/** What `npm run usage -- --help` says; no line is wider than a terminal. */
import { STAGE } from '../../local/settings.ts';

export const HELP = `npm run usage -- [--from TIME] [--to TIME] [--by WHAT] [options]

Counts streams and calls, their minutes, and how many there were at the same
time (peak). Without options: today so far, by app.

  --from TIME    a date such as 2026-11-01 (from 00:00 UTC on), or a time such
                 as 2026-11-01T08:00Z (default: today)
  --to TIME      the end of the range, exclusive (default: now):
                 --from 2026-11-01 --to 2026-11-02 is one day
  --by WHAT      app, sub (the user of the token), name (of a stream, or the
                 callee), node (the server) or day (UTC) (default: app)
  --sub NAME     list the streams and calls of one user
  --csv, --json  for a spreadsheet or a program; minutes with four decimals
  --stage NAME   which stage (${STAGE}: the stack that npm start runs here)
  --region NAME  in which AWS region (environment: AWS_REGION; eu-central-1)
  --help         this text

A stream counts from the first hook that shows it live until its end; a lost
one, until its last hook; one that is live, until now. A call counts from its
answer. What was denied or failed is not counted. A stream that spans midnight
is counted on both days, with the minutes of each, so the days can add up to
more streams than their total.

What it reads: every hour of the index "closed" from --from until now, because
what began in the range may have ended after it (half a read unit for an empty
hour, one for about 30 streams), and the index "live". --by sub and --sub also
read the rows of what is live. Rows are kept for RETENTION_DAYS. A million read
units cost about $0.15.`;
