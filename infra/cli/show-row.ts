/** `--id ID`: one row, whatever it is of. */
import { ordered, readRow, type AnyTable } from './rows.ts';
import { jsonPrinter, printRow } from './streams/print.ts';
import { withDistances, type Out } from './streams/tables.ts';
import { visible } from './terminal-text.ts';

/** @returns a sentence if there is none */
export async function showRow(table: AnyTable, id: string, json: boolean, out: Out): Promise<string | undefined> {
  const { kind, name } = table;
  const found = await readRow(table, id);
  if (!found) return visible(`There is no ${kind} ${id} in ${name}.`);
  const row = ordered(kind, found);
  if (json) jsonPrinter(out.write).rows([row]);
  else printRow(out.columns === undefined ? row : withDistances(row, out.now()), out.columns, out.write);
  return undefined;
}
