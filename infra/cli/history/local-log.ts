/** Searches the log files of the local stack for the lines that the saved query finds on AWS. */
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Subject } from '../../../lib/wcs/methods.ts';
import { HEALTHY, HISTORY_FIELDS } from '../../cloudformation/queries.ts';
import { isLogFile } from '../../local/log-files.ts';
import { sizeOf, type History, type HistoryLine, type Search, type Tell } from './history.ts';

type Written = Readonly<Record<string, string | number | undefined>>;

export async function searchLocalLog(folder: string, { of, id, from, to }: Search, tell: Tell): Promise<History> {
  const firstDay = new Date(from).toISOString().slice(0, 10);
  const names = existsSync(folder) ? readdirSync(folder).filter(isLogFile) : [];
  const files = names.filter((name) => name.slice(0, 10) >= firstDay).toSorted();
  const [start, end] = [from, to].map((time) => new Date(time).toISOString());
  // Most lines are about others: only those that may match are parsed.
  const idInLine = `"id":${JSON.stringify(id)}`;
  const lines: HistoryLine[] = [];
  let searchedBytes = 0;
  for (const name of files) {
    const file = join(folder, name);
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      if (!text.includes(idInLine)) continue;
      const line = parsed(text);
      const time = String(line?.['time']);
      if (line?.['id'] === id && isWanted(of, line) && time >= String(start) && time <= String(end)) {
        lines.push({ time, ...fieldsOf(of, line) });
      }
    }
    searchedBytes += statSync(file).size;
    tell(`${sizeOf(searchedBytes)} searched`);
  }
  return { lines, isCut: false, searchedBytes };
}

/** Undefined for a line that was cut off, such as by a full disk. */
function parsed(text: string): Written | undefined {
  try {
    return JSON.parse(text) as Written;
  } catch {
    return undefined;
  }
}

const isWanted = (of: Subject, { message, method, outcome }: Written) =>
  of !== 'stream' ||
  message === 'replay' ||
  !(method === 'StreamKeepAliveEvent' && (HEALTHY as readonly unknown[]).includes(outcome));

const fieldsOf = (of: Subject, line: Written) =>
  Object.fromEntries(HISTORY_FIELDS[of].flatMap((field) => (line[field] === undefined ? [] : [[field, line[field]]])));
