/** Prints lines for a terminal or for a program, each at once: no line waits to be aligned with later ones. */
import { fold, pad, shorten, visible, widthOf } from '../terminal-text.ts';

export type Cells = Readonly<Record<string, string | number | boolean | undefined>>;
type Write = (line: string) => void;

export interface Printer<Row = Cells> {
  rows(rows: readonly Row[]): void;
  /** For people only: a program can count. */
  note(text: string): void;
}

/** Escapes what JSON does not have to escape; the value stays the same. */
export const toJson = (value: unknown) =>
  JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029]|\p{Cf}/gu, (character) =>
    character.split('').map(escaped).join(''),
  );

const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

export const jsonPrinter = (write: Write): Printer => ({
  rows: (rows) => rows.forEach((cells) => write(toJson(cells))),
  note: () => {},
});

/** A column's width; the last column has the rest. Longer values push the next columns, and are never cut. */
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
 * Without a width, a column is as wide as the widest value so far; `whole`: never shortened, so that it can be copied. The last
 * column has the rest.
 */
export type FittedColumns = readonly (readonly [name: string, width?: number | 'whole'])[];

const WIDEST = 21;
const LEAST_REST = 8;

/** Fits a terminal's `columns`. A new `heading` of rows becomes the head of their first column. */
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
