/** `npm run sessions`: the row of a session, and what happened to it. */
import { redactId } from '../../../lib/wcs/redact-id.ts';
import { STAGE } from '../../local/settings.ts';
import { Failure, optionsOf, runCommand, UsageError } from '../command-line.ts';
import { showHistory } from '../history/show.ts';
import { interrupted } from '../interrupted.ts';
import { readSince } from '../since.ts';
import { showRow } from '../show-row.ts';
import { explain, isStageName, openStage } from '../stage-access.ts';
import { endWithReader, outOf } from '../streams/out.ts';
import { columnsOf, fold } from '../terminal-text.ts';

const HELP = `npm run sessions -- --id ID | --history ID [options]

A session is the connection of a client. ID is its sessionId, as WCS has it or
as it stands in rows and logs.

  --id ID       its row
  --history ID  what happened to it: each hook about the session itself, in
                order. On a stage it searches the functions' logs (CloudWatch
                Logs Insights, about $0.0063 per GB), here the log files of npm
                start, with the same DATA_DIR. For the hooks of its streams, see
                npm run streams -- --history
  --since TIME  with --history: since when, such as 30m, 1h, 2d or
                2026-11-25T10:00Z (default: since its row was first seen, or
                for the last day if it has no row)

  --wide        whole times and nodes, as if stdout were not a terminal
  --json        the row, or one line of the log per line, as JSON
  --stage NAME  which stage (${STAGE}: the stack that npm start runs here)
  --region NAME in which AWS region (environment: AWS_REGION; eu-central-1)
  --help        this text`;

endWithReader();

function parse() {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const given = optionsOf({
    ...{ id: text, history: text, since: text, wide: flag, json: flag },
    ...{ stage: { ...text, default: STAGE }, region: text, help: flag },
  });
  const { id, history, since, stage, help } = given;
  if (help) return given;
  if (!isStageName(stage)) throw new UsageError(`--stage ${stage}: expected letters, digits and hyphens`);
  if ((id === undefined) === (history === undefined)) throw new UsageError('Expected either --id ID or --history ID');
  if (id === '' || history === '') throw new UsageError(`--${id === '' ? 'id' : 'history'} is empty`);
  if (since !== undefined && history === undefined) throw new UsageError('--since is for --history ID');
  return given;
}

async function run({ id, history, since, wide, json, ...given }: ReturnType<typeof parse>): Promise<void> {
  const stage = openStage(given.stage, given.region);
  const table = stage.sessionsTable;
  const out = outOf(wide);
  const from = since === undefined ? undefined : readSince(since, Date.now());
  const shown =
    history === undefined
      ? showRow({ dynamo: stage.dynamo, name: table, kind: 'session' }, redactId(String(id)), json, out)
      : showHistory(stage, { of: 'session', table, id: redactId(history), since: from }, json, out, interrupted());
  const missing = await shown.catch((error: unknown) => {
    if (error instanceof Failure || error instanceof UsageError) throw error;
    const { said, todo } = explain(error, stage);
    throw new Failure(`${table} cannot be read: ${said}.\n${todo}`);
  });
  if (missing !== undefined) throw new Failure(missing);
}

await runCommand('sessions', async () => {
  const given = parse();
  if (given.help) console.log(fold(HELP, columnsOf(process.stdout)));
  else await run(given);
});
