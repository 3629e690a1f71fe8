import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../fixtures');

export interface Fixture {
  file: string;
  method: string;
  text: string;
}

/** Hook bodies, `<Method>.<case>.json`: see test/fixtures/README.md. */
export const FIXTURES: Fixture[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({
    file,
    method: file.split('.')[0] ?? '',
    text: readFileSync(join(FOLDER, file), 'utf8'),
  }));

const isConstructed = ({ file }: Fixture) => file.endsWith('.constructed.json');

/** Real ones, as Flashphoner's documentation shows them. */
export const CAPTURES = FIXTURES.filter((one) => !isConstructed(one));

/** Those of which no real one is known. */
export const CONSTRUCTED = FIXTURES.filter(isConstructed);

export function capture(file: string): string {
  const found = CAPTURES.find((one) => one.file === `${file}.json`);
  if (!found) throw new Error(`no capture ${file}`);
  return found.text;
}

export const captureBody = (file: string) => JSON.parse(capture(file)) as Record<string, unknown>;

/** The stream of the two captures from the documentation's first example. */
export const SEED_STREAM = '56141d10-fddc-11e6-ac3a-4d67d5b3360d';
