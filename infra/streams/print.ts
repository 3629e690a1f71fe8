/** Lines for a terminal or for a program, each written at once: nothing is held back to align it with what comes later. */

export type Cells = Readonly<Record<string, string | number | boolean | undefined>>;

/** A column's width; the last column takes what is left. Longer values push what follows, and are never cut. */
export type Columns = readonly (readonly [name: string, width: number])[];

export interface Printer {
  row(cells: Cells): void;
  /** For people only: a program counts for itself. */
  note(text: string): void;
}

/** Names come from clients: what could move the cursor, or turn the text around, is shown as U+FFFD. */
export const visible = (text: string) => text.toWellFormed().replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');

/** JSON escapes only some of them; here the value stays what it is. */
export const toJson = (value: unknown) =>
  JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029]|\p{Cf}/gu, (character) =>
    character.split('').map(escaped).join(''),
  );

const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

export const jsonPrinter = (write: (line: string) => void): Printer => ({
  row: (cells) => write(toJson(cells)),
  note: () => {},
});

export function tablePrinter(columns: Columns, write: (line: string) => void): Printer {
  let isBegun = false;
  const line = (cells: Cells) =>
    columns
      .map(([name, width]) => text(cells[name]).padEnd(width))
      .join('  ')
      .trimEnd();
  return {
    row(cells) {
      if (!isBegun) write(line(Object.fromEntries(columns.map(([name]) => [name, name]))));
      isBegun = true;
      write(line(cells));
    },
    note: write,
  };
}

/** One row, an attribute per line. */
export function rowPrinter(write: (line: string) => void): Printer {
  return {
    row(cells) {
      const names = Object.keys(cells);
      const width = Math.max(...names.map((name) => name.length));
      for (const name of names) write(`${visible(name).padEnd(width)}  ${text(cells[name])}`);
    },
    note: write,
  };
}

const text = (value: Cells[string]) => (value === undefined ? '-' : visible(String(value)));
