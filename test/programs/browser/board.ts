/** An open board, and all that must not happen on it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface Board {
  readonly page: Page;
  /** What was written to the console as an error, what the policy kept from happening, and what asked for a click. */
  readonly faults: string[];
  /** Every URL that the page requested. */
  readonly requested: string[];
  readonly close: () => Promise<void>;
}

interface Options extends BrowserContextOptions {
  /** Faults that are meant to be there, such as the browser's line about an answer 401. */
  readonly expected?: RegExp;
}

const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };

export async function openBoard(browser: Browser, url: string, { expected, ...options }: Options = {}): Promise<Board> {
  const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  const requested: string[] = [];
  const note = (text: string) => {
    if (!expected?.test(text)) faults.push(text);
  };
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) note(message.text());
  });
  page.on('pageerror', (error) => note(error.message));
  page.on('dialog', (dialog) => {
    note(`${dialog.type()}: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => requested.push(request.url()));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`policy: ${violatedDirective} ${blockedURI}`),
    );
    const tasks: number[] = ((globalThis as unknown as { longTasks: number[] }).longTasks = []);
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    });
  });
  await page.addInitScript(AXE);
  await page.goto(url);
  return { page, faults, requested, close: () => context.close() };
}

export interface AxeFault {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  readonly nodes: { readonly html: string; readonly failureSummary?: string }[];
}

/** @returns what axe finds serious or critical */
export async function seriousFaults(page: Page): Promise<string[]> {
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: AxeFault[] }> } };
    const { violations } = await axe.run();
    return violations.map(({ id, impact, help, nodes }) => ({
      id,
      impact,
      help,
      nodes: nodes.map(({ html }) => ({ html })),
    }));
  });
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
}

/** @returns the milliseconds of each task that was long enough to be felt, since it was asked last */
export const longTasks = (page: Page) =>
  page.evaluate(() => {
    const tasks = (globalThis as unknown as { longTasks: number[] }).longTasks;
    return tasks.splice(0).map(Math.round);
  });

export const overflows = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

/** @returns the lines that the chart has drawn in their colors */
export const linesDrawn = (page: Page) =>
  page.evaluate((names) => {
    const canvas = document.querySelector('.chart canvas') as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const drawn = new Set<string>();
    for (let at = 0; at < data.length; at += 4) drawn.add(`rgb(${data.slice(at, at + 3).join(', ')})`);
    return names.filter((name) =>
      drawn.has(getComputedStyle(document.querySelector(`.dot.${name}`)!, '::before').backgroundColor),
    );
  }, LINES);
const LINES = ['publishers', 'viewers', 'calls'];

/** @returns what a figure says */
export const figure = async (page: Page, name: 'publishers' | 'viewers' | 'calls') =>
  Number.parseInt((await page.locator(`[data-figure=${name}]`).innerText()).replace(/,/g, ''), 10);
