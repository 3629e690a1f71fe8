/** Lines for a terminal or for a program, each written at once: nothing is held back to align it with what comes later. */
import { fold, pad, shorten, visible, widthOf } from '../terminal-text.ts';

export type Cells = Readonly<Record<string, string | number | boolean | undefined>>;
type Write = (line: string) => void;

export interface Printer<Row = Cells> {
  rows(rows: readonly Row[]): void;
  /** For people only: a program counts for itself. */
  note(text: string): void;
}

/** JSON escapes only some of them; here the value stays what it is. */
export const toJson = (value: unknown) =>
  JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029]|\p{Cf}/gu, (character) =>
    character.split('').map(escaped).join(''),
  );

const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

export const jsonPrinter = (write: Write): Printer => ({
  rows: (rows) => rows.forEach((cells) => write(toJson(cells))),
  note: () => {},
});

/** A column's width; the last column takes what is left. Longer values push what follows, and are never cut. */
export type Columns = readonly (readonly [name: string, width: number])[];

export function tablePrinter(columns: Columns, write: Write): Printer {
  let isBegun = false;
  const line = (cells: Cells) => joined(columns.map(([name, width]) => pad(text(cells[name]), width)));
  return {
    rows(rows) {
      if (!isBegun) write(line(headerOf(columns)));
      isBegun = true;
      for (const cells of rows) write(line(cells));
    },
    note: write,
  };
}

/**
 * Without a width it is that of the widest value so far; `whole`: to be copied, never shortened. The last column takes what is
 * left.
 */
export type FittedColumns = readonly (readonly [name: string, width?: number | 'whole'])[];

const WIDEST = 21;
const LEAST_REST = 8;

/** Fits `columns` of a terminal. Rows with another `heading` get it as the head of their first column. */
export function fittedPrinter(table: FittedColumns, columns: number, write: Write): Printer {
  const widths = table.map(() => 0);
  let heading: Cells[string];

  const headOf = ({ heading }: Cells): Cells => ({
    ...headerOf(table),
    ...(heading === undefined ? {} : { [firstOf(table)]: heading }),
  });

  function widen(rows: readonly Cells[]): void {
    for (const [n, [name, width]] of table.slice(0, -1).entries()) {
      const values = rows.flatMap((cells) => [cells[name], headOf(cells)[name]]);
      const widest = Math.max(widths[n] ?? 0, ...values.map((value) => widthOf(text(value))));
      widths[n] = typeof width === 'number' ? width : width === 'whole' ? widest : Math.min(widest, WIDEST);
    }
    const taken = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0);
    widths[table.length - 1] = Math.max(columns - taken, LEAST_REST);
  }

  const line = (cells: Cells) =>
    joined(
      table.map(([name, kind], n) => {
        const [value, width = 0] = [text(cells[name]), widths[n]];
        return pad(kind === 'whole' ? value : shorten(value, width), width);
      }),
    );

  return {
    rows(rows) {
      widen(rows);
      for (const cells of rows) {
        const head = headOf(cells);
        if (head[firstOf(table)] !== heading) write(line(head));
        heading = head[firstOf(table)];
        write(line(cells));
      }
    },
    note: (text) => write(fold(text, columns)),
  };
}

/** One row, an attribute per line. */
export function printRow(cells: Cells, columns: number | undefined, write: Write): void {
  const names = Object.keys(cells);
  const width = Math.max(...names.map((name) => name.length));
  const indent = `\n${' '.repeat(width)}${GAP}`;
  for (const name of names) {
    const value = fold(text(cells[name]), columns && columns - width - GAP.length);
    write(`${pad(visible(name), width)}${GAP}${value.replaceAll('\n', indent)}`);
  }
}

const GAP = '  ';
const joined = (cells: readonly string[]) => cells.join(GAP).trimEnd();
const firstOf = ([first]: FittedColumns) => first?.[0] ?? '';
const headerOf = (columns: readonly (readonly [string, unknown?])[]) =>
  Object.fromEntries(columns.map(([name]) => [name, name]));
const text = (value: Cells[string]) => (value === undefined ? '-' : visible(String(value)));
