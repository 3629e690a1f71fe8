import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../fixtures');

export interface Capture {
  file: string;
  method: string;
  text: string;
}

/** Real hook bodies as Flashphoner's documentation shows them, `<Method>.<case>.json`. */
export const CAPTURES: Capture[] = readdirSync(FOLDER).map((file) => ({
  file,
  method: file.split('.')[0] ?? '',
  text: readFileSync(join(FOLDER, file), 'utf8'),
}));

export function capture(file: string): string {
  const found = CAPTURES.find((one) => one.file === `${file}.json`);
  if (!found) throw new Error(`no capture ${file}`);
  return found.text;
}

export const captureBody = (file: string) => JSON.parse(capture(file)) as Record<string, unknown>;

/** The stream of the two captures from the documentation's first example. */
export const SEED_STREAM = '56141d10-fddc-11e6-ac3a-4d67d5b3360d';
