/** What a command says about one row of any kind. */
import { ordered, readRow, type AnyTable, type IdentifiedRow } from './rows.ts';
import { jsonPrinter, printRow } from './streams/print.ts';
import { withDistances, type Out } from './streams/tables.ts';
import { fold, visible } from './terminal-text.ts';

export const thereIsNone = ({ kind, name }: AnyTable, id: string) => visible(`There is no ${kind} ${id} in ${name}.`);

/** `--id ID`. @returns a sentence if there is none */
export async function showRow(table: AnyTable, id: string, json: boolean, out: Out): Promise<string | undefined> {
  const { kind } = table;
  const found = await readRow(table, id);
  if (!found) return thereIsNone(table, id);
  const row = ordered(kind, found);
  if (json) jsonPrinter(out.write).rows([row]);
  else printRow(out.columns === undefined ? row : withDistances(row, out.now()), out.columns, out.write);
  return undefined;
}

/** Reports what was done to a row: a program reads the row, a person the sentence. */
export function tell(
  kind: AnyTable['kind'],
  row: IdentifiedRow,
  sentence: string,
  json: boolean,
  { write, columns, warn }: Out,
): void {
  if (!json) return write(fold(visible(sentence), columns));
  jsonPrinter(write).rows([ordered(kind, row)]);
  warn(visible(sentence));
}
