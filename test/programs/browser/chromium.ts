/** The browser: Debian's Chromium or any other that is on this machine, as no browser is downloaded. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { Failure } from '../../../infra/cli/command-line.ts';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** @throws Failure that says how to get one */
function findChromium({ CHROMIUM }: NodeJS.ProcessEnv = process.env): string {
  const path = CHROMIUM || PLACES.find((place) => existsSync(place));
  if (path === undefined) {
    throw new Failure('There is no Chromium on this machine: apt-get install chromium, or CHROMIUM=<path of one>.');
  }
  if (!existsSync(path)) throw new Failure(`CHROMIUM=${path}: there is no such file.`);
  return path;
}

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(),
    // Chromium's sandbox does not work for root, who runs it in containers; it opens nothing but the board.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
