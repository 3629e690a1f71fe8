/** `--history ID`: what happened to a stream, a session or a call, hook by hook. */
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { loggable } from '../../../lib/platform/log.ts';
import { toRow } from '../../../lib/store/items.ts';
import { KEY_FIELD, type Subject } from '../../../lib/wcs/methods.ts';
import { logPath } from '../../local/data-dir.ts';
import { DATA_DIR } from '../../local/settings.ts';
import { Failure } from '../command-line.ts';
import { explain, type Stage } from '../stage-access.ts';
import type { Cells, Columns, FittedColumns } from '../streams/print.ts';
import { printerOf, type Out } from '../streams/tables.ts';
import { visible } from '../terminal-text.ts';
import { sizeOf, type History, type HistoryLine } from './history.ts';
import { searchInsights } from './insights.ts';
import { searchLocalLog } from './local-log.ts';

export type HistoryStage = Pick<Stage, 'name' | 'place' | 'isLocal' | 'dynamo' | 'logs'>;

export interface Wanted {
  readonly of: Subject;
  /** As in its row. */
  readonly id: string;
  readonly table: string;
  /** Milliseconds since the epoch; undefined: since it was first seen. */
  readonly since: number | undefined;
}

const WHOLE: Columns = [
  ['time', 24],
  ['method', 21],
  ['status', 12],
  ['outcome', 14],
  ['ms', 5],
  ['node', 48],
  ['reason', 0],
];
const FITTED: FittedColumns = [['time', 12], ['method'], ['status'], ['outcome'], ['ms', 5], ['node'], ['reason']];

const DAY_MS = 24 * 3_600_000;
/** The line of a hook is written a moment after its row, and clocks differ. */
const MARGIN_MS = 60_000;
/** Dollars per GB, in eu-central-1: docs/costs.md. */
const PRICE = 0.0063;

/** @returns a sentence if there is nothing to show. @throws AWS's errors */
export async function showHistory(
  stage: HistoryStage,
  wanted: Wanted,
  json: boolean,
  out: Out,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { of, id } = wanted;
  const now = out.now();
  const from = wanted.since ?? (await firstSeen(stage, wanted, now));
  // The log shortens ids, and replaces control characters.
  const search = { of, id: loggable(id), from, to: now };
  const since = from === 0 ? '' : ` since ${new Date(from).toISOString()}`;
  const place = stage.isLocal ? logPath(DATA_DIR) : `the logs of wcs-hooks-${stage.name}`;
  if (!stage.isLocal) out.warn(`Searching ${place}${since}, at about $${PRICE} per GB. Ctrl-C stops it.`);
  const history = stage.isLocal
    ? await searchLocalLog(logPath(DATA_DIR), search, out.progress)
    : await searchInsights(await stage.logs(), stage.name, search, out.progress, signal).catch((error: unknown) => {
        if (error instanceof Failure) throw error;
        const { said, todo } = explain(error, stage);
        throw new Failure(`${place} cannot be searched: ${said}.\n${todo}`);
      });
  out.progress(undefined);
  const searched = sentenceOf(history, stage.isLocal);
  if (history.lines.length === 0) {
    return visible(
      `No hook of ${id} was found in ${place}${since}. ${searched}${from === 0 ? '' : ' --since searches further back.'}`,
    );
  }
  const table = { whole: WHOLE, fitted: FITTED, fit: fitted };
  const printer = printerOf<Cells>(table, json, out);
  printer.rows(json ? history.lines : history.lines.map((line) => cellsOf(line)));
  printer.note(
    visible(
      `${history.lines.length} lines about ${id}${since}${of === 'stream' ? ', without healthy keep-alives' : ''}. ${searched}`,
    ),
  );
  if (history.isCut) {
    out.warn(
      `These are the first ${history.lines.length} lines. There may be more: search on with --since ${history.lines.at(-1)?.time}`,
    );
  }
  return undefined;
}

/** When its row was first seen; a day ago if it has none. The local log is searched as a whole. */
async function firstSeen({ dynamo, isLocal }: HistoryStage, { of, id, table }: Wanted, now: number): Promise<number> {
  if (isLocal) return 0;
  const { Item } = await dynamo.send(new GetItemCommand({ TableName: table, Key: { [KEY_FIELD[of]]: { S: id } } }));
  const first = Item && toRow(Item).firstSeenAt;
  return first === undefined ? now - DAY_MS : Date.parse(String(first)) - MARGIN_MS;
}

function sentenceOf({ searchedBytes }: History, isLocal: boolean): string {
  const searched = `${sizeOf(searchedBytes)} of logs were searched`;
  if (isLocal) return `${searched}.`;
  const dollars = (searchedBytes / 2 ** 30) * PRICE;
  return `${searched}, which costs ${dollars < 0.01 ? 'less than $0.01' : `about $${dollars.toFixed(2)}`}.`;
}

function cellsOf(line: HistoryLine): Cells {
  const { time, message, method, wcsStatus, outcome, status, reason, info, sipStatus, cause, node, milliseconds } =
    line;
  const sip = sipStatus === undefined ? undefined : `SIP ${sipStatus}`;
  const why = [status === 200 ? undefined : status, reason, info, sip, cause].filter((part) => part !== undefined);
  return {
    time,
    method: method ?? message,
    status: wcsStatus,
    outcome,
    ms: milliseconds,
    node,
    reason: why.length === 0 ? undefined : why.join(' '),
  };
}

/** On a terminal: the time of day (UTC), and the part of the node after its @. */
const fitted = ({ time, node, ...others }: Cells): Cells => ({
  ...others,
  time: String(time).slice(11, 23),
  node: node === undefined ? undefined : String(node).replace(/^.*@(?=.)/s, ''),
});
