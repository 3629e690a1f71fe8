/** The columns of lists of streams. */
import { ageOf, distance } from './age.ts';
import {
  fittedPrinter,
  jsonPrinter,
  tablePrinter,
  type Cells,
  type Columns,
  type FittedColumns,
  type Printer,
} from './print.ts';
import type { Stream } from './read.ts';

/** Where and how it is shown. `columns`: the width of the terminal; undefined: nothing is shortened. */
export interface Out {
  readonly write: (line: string) => void;
  readonly columns: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Prints what people should know before the output comes. */
  readonly warn: (text: string) => void;
  /** Shows the progress in a line that the next one replaces; undefined removes it. */
  readonly progress: (text: string | undefined) => void;
}

export interface Table<Row> {
  readonly whole: Columns;
  readonly fitted: FittedColumns;
  readonly fit: (row: Row, now: number) => Cells;
}

const WHOLE: Columns = [
  ['startedAt', 24],
  ['lastSeenAt', 24],
  ['mediaSessionId', 36],
  ['nodeId', 48],
  ['sub', 12],
  ['name', 0],
];
const FITTED: FittedColumns = [['mediaSessionId', 'whole'], ['age', 6], ['heard', 6], ['node'], ['name']];

/** Live streams are grouped by role, which then needs no column. */
export const LIVE: Table<Stream> = {
  whole: [['live', 10], ...WHOLE],
  fitted: FITTED,
  fit: (stream, now) => ({ ...fitted(stream, now), heading: stream.live }),
};
export const LOST: Table<Stream> = {
  whole: [...WHOLE.slice(0, -1), ['lost', 24], ['name', 0]],
  fitted: FITTED,
  fit: (stream, now) => fitted(stream, now),
};
export const NAMED: Table<Stream> = {
  whole: [
    ['phase', 8],
    ['status', 11],
    ['published', 9],
    ['firstSeenAt', 24],
    ['lastSeenAt', 24],
    ['endedAt', 24],
    ['mediaSessionId', 36],
    ['sub', 12],
    ['nodeId', 0],
  ],
  fitted: [['mediaSessionId', 'whole'], ['state'], ['age', 6], ['heard', 6], ['node']],
  fit: (stream, now) => ({ ...fitted(stream, now), state: stream.live ?? stream.phase }),
};
export const VIEWERS: Table<Cells> = {
  whole: [
    ['viewers', 7],
    ['publishers', 10],
    ['name', 0],
  ],
  fitted: [['viewers', 7], ['publishers', 10], ['name']],
  fit: (cells) => cells,
};

function fitted(stream: Stream, now: number): Cells {
  const { mediaSessionId, nodeId, name, startedAt, firstSeenAt, lastSeenAt } = stream;
  const since = (time: Cells[string]) => (time === undefined ? undefined : ageOf(now - Date.parse(String(time))));
  return {
    mediaSessionId,
    age: since(startedAt ?? firstSeenAt),
    heard: since(lastSeenAt),
    node: nodeId === undefined ? undefined : nodeOf(nodeId),
    name,
  };
}

/** The part of a nodeId after the @: the server's address. */
export const nodeOf = (nodeId: Cells[string]) => String(nodeId).replace(/^.*@(?=.)/s, '');

export function printerOf<Row extends Cells>(table: Table<Row>, json: boolean, out: Out): Printer<Row> {
  if (json) return jsonPrinter(out.write);
  if (out.columns === undefined) return tablePrinter(table.whole, out.write);
  const printer = fittedPrinter(table.fitted, out.columns, out.write);
  return { ...printer, rows: (rows) => printer.rows(rows.map((row) => table.fit(row, out.now()))) };
}

/** Each time with its distance from now. */
export const withDistances = (stream: Stream, now: number): Cells =>
  Object.fromEntries(
    Object.entries(stream).map(([name, value]) => {
      const time = name === 'expiresAt' ? Number(value) * 1000 : /At$/.test(name) ? Date.parse(String(value)) : NaN;
      return [name, Number.isNaN(time) ? value : `${value} (${distance(time, now)})`];
    }),
  );
