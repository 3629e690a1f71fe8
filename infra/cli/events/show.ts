/** Prints the events that pass the filters, as a table or as JSON. */
import type { Change } from '../../../lib/state/change.ts';
import { DETAIL_TYPES } from '../../../lib/state/change.ts';
import type { Envelope } from '../../local/event-store.ts';
import { fittedPrinter, tablePrinter, toJson, type Cells, type Columns, type FittedColumns } from '../streams/print.ts';
import type { Filters, Options } from './options.ts';

const WHOLE: Columns = [
  ['time', 20],
  ['kind', 7],
  ['event', 9],
  ['id', 36],
  ['what', 16],
  ['why', 0],
];
const FITTED: FittedColumns = [['time', 8], ['kind', 7], ['event', 9], ['id', 'whole'], ['what'], ['why']];

const KIND_OF = new Map<string, string>(Object.entries(DETAIL_TYPES).map(([kind, type]) => [type, kind]));

/** `columns`: the width of the terminal; undefined: nothing is shortened. */
export function createShow(
  { json, filters }: Pick<Options, 'json' | 'filters'>,
  columns: number | undefined,
  write: (line: string) => void,
): (events: readonly Envelope[]) => void {
  const printer = columns === undefined ? tablePrinter(WHOLE, write) : fittedPrinter(FITTED, columns, write);
  return (events) => {
    const wanted = events.filter((event) => passes(event, filters));
    if (json) wanted.forEach((event) => write(toJson(event)));
    else if (wanted.length > 0) printer.rows(wanted.map((event) => cellsOf(event, columns !== undefined)));
  };
}

const kindOf = (event: Envelope) => KIND_OF.get(event['detail-type']);

function passes(event: Envelope, filters: Filters): boolean {
  const fields: Readonly<Record<string, unknown>> = {
    ...event.detail,
    kind: kindOf(event),
    type: (event.detail as Change).event,
  };
  return [...filters].every(([field, texts]) => texts.includes(String(fields[field])));
}

function cellsOf(event: Envelope, isShort: boolean): Cells {
  const { detail } = event;
  const { name, caller, callee, sub, status, info, denied, lost, stop } = detail as Readonly<Cells>;
  const why = [status, denied ?? lost ?? info ?? stop].filter((text) => text !== undefined).join(' ');
  return {
    time: isShort ? new Date(event.time).toTimeString().slice(0, 8) : event.time,
    kind: kindOf(event),
    event: (detail as Change).event,
    id: idOf(detail as Readonly<Cells>),
    what: name ?? (callee === undefined ? sub : `${caller ?? '?'} to ${callee}`),
    why,
  };
}

/** Streams and calls have a `sessionId` as well. */
const idOf = ({ mediaSessionId, callId, sessionId }: Readonly<Cells>) => mediaSessionId ?? callId ?? sessionId;
