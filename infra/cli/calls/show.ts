/** Shows the current calls, or one call; or ends one. */
import { sipAddress } from '../../../lib/wcs/phone-number.ts';
import { end, type EndingStage } from '../end.ts';
import { showHistory, type HistoryStage } from '../history/show.ts';
import { interrupted } from '../interrupted.ts';
import { liveRows, only, ordered, wholeRows, type IdentifiedRow, type RowTable } from '../rows.ts';
import { showRow } from '../show-row.ts';
import type { Stage } from '../stage-access.ts';
import { ageOf } from '../streams/age.ts';
import { counted } from '../streams/list.ts';
import { nodeOf, printerOf, type Out, type Table } from '../streams/tables.ts';
import { visible } from '../terminal-text.ts';
import type { Options } from './options.ts';

type Call = IdentifiedRow;

const CALLS: Table<Call> = {
  whole: [
    ['live', 8],
    ['firstSeenAt', 24],
    ['answeredAt', 24],
    ['callId', 36],
    ['caller', 16],
    ['callee', 16],
    ['sub', 12],
    ['nodeId', 0],
  ],
  fitted: [['callId', 'whole'], ['age', 6], ['caller'], ['callee'], ['node']],
  fit: ({ callId, answeredAt, firstSeenAt, caller, callee, nodeId, live }, now) => ({
    ...{ callId, caller, callee, heading: live },
    age: ageOf(now - Date.parse(String(answeredAt ?? firstSeenAt))),
    node: nodeId === undefined ? undefined : nodeOf(nodeId),
  }),
};

/** @returns a sentence about what could not be done; undefined: it was. It throws the database's errors */
export async function show(
  stage: Pick<Stage, 'callsTable'> & HistoryStage & EndingStage,
  { what, json, limit }: Pick<Options, 'what' | 'json' | 'limit'>,
  out: Out,
): Promise<string | undefined> {
  const { dynamo, callsTable } = stage;
  const table: RowTable = { dynamo, name: callsTable, kind: 'call' };
  if (what.kind === 'list') return showLive(table, what, limit, json, out);
  if (what.kind === 'one') return showRow(table, what.id, json, out);
  if (what.kind === 'end') return end(stage, table, what, json, out);
  const { id, since } = what;
  return showHistory(stage, { of: 'call', id, table: callsTable, since }, json, out, interrupted());
}

async function showLive(
  table: RowTable,
  { caller, callee }: { readonly caller: string | undefined; readonly callee: string | undefined },
  limit: number,
  json: boolean,
  out: Out,
): Promise<undefined> {
  const printer = printerOf(CALLS, json, out);
  // One more is read than shown, to know whether there are more; with a filter all may have to be read.
  const atMost = caller === undefined && callee === undefined ? limit + 1 : Infinity;
  const wanted = only(liveRows(table, atMost), (call) => isParty(call.caller, caller) && isParty(call.callee, callee));
  // The index may be a moment old: the row decides.
  const calls = only(wholeRows(table, wanted, limit + 1), ({ live }) => live !== undefined);
  const found = { ringing: 0, talking: 0 };
  for await (const page of calls) {
    const shown = page.slice(0, limit - found.ringing - found.talking);
    if (shown.length > 0) printer.rows(shown.map((call) => ordered('call', call)));
    for (const { live } of shown) found[live === 'ringing' ? 'ringing' : 'talking']++;
    if (page.length > shown.length) {
      printer.note(`Only the first ${limit}, there are more: --limit.`);
      return undefined;
    }
  }
  const parties = [
    ...(caller === undefined ? [] : [` from ${visible(caller)}`]),
    ...(callee === undefined ? [] : [` to ${visible(callee)}`]),
  ].join('');
  printer.note(`${found.ringing} ringing and ${counted(found.talking, 'talking call')}${parties} in ${table.name}.`);
  return undefined;
}

/** Whether the row's party is the one that was asked for: as it is, or before the @ of its URI. */
function isParty(party: Call['caller'], asked: string | undefined): boolean {
  if (asked === undefined) return true;
  const user = /^(?:sips?|tel):([^@]+)/i.exec(String(party))?.[1];
  return party === sipAddress(asked) || user === asked;
}
