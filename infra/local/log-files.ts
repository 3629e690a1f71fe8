/** The local log, a file for each day (UTC, like the times in it): DATA_DIR/log/2026-11-25.jsonl. */
import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** As many days as a stage like dev keeps. */
export const KEPT_DAYS = 14;

const NAME = /^\d{4}-\d{2}-\d{2}\.jsonl$/;
const DAY_MS = 24 * 3600 * 1000;
export const isLogFile = (name: string) => NAME.test(name);
const nameOf = (at: number) => `${new Date(at).toISOString().slice(0, 10)}.jsonl`;

/** @returns a function that keeps a line. A full disk is reported once, and stops no hook. */
export function createLogFiles(folder: string, now: () => number, complain: (text: string) => void) {
  let today = '';
  let isComplaining = false;

  function removeOld(at: number): void {
    const oldest = nameOf(at - (KEPT_DAYS - 1) * DAY_MS);
    for (const name of readdirSync(folder)) if (isLogFile(name) && name < oldest) rmSync(join(folder, name));
  }

  return (line: string): void => {
    const at = now();
    try {
      if (nameOf(at) !== today) {
        mkdirSync(folder, { recursive: true });
        today = nameOf(at);
        removeOld(at);
      }
      appendFileSync(join(folder, today), line);
      isComplaining = false;
    } catch (error) {
      // If somebody removed the folder, the next line creates it again.
      today = '';
      if (!isComplaining) complain(`The log is not kept: ${(error as Error).message}`);
      isComplaining = true;
    }
  };
}
