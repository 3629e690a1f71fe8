/** A board with as many live streams as a large installation has. */
import { figure, longTasks, openBoard } from './board.ts';
import { equal, that, until, type Check } from './check.ts';
import { liveRows, writeLive } from './rows.ts';

/** A page that stalls for so long is broken; what it takes on this machine is printed. */
const STALL_MS = 2000;
const IN_DOCUMENT = 100;

export const MANY: readonly Check[] = [
  [
    '10,000 live streams are shown, scrolled, searched and sorted without a stall',
    async ({ browser, stack, url, streams, say, shoot }) => {
      const before = (await liveRows(stack)).filter(({ live }) => live === 'publishing').length;
      await writeLive(stack, streams, (written) => say(`${written} of ${streams} rows written`));
      const began = performance.now();
      const { page, faults, close } = await openBoard(browser, url);
      await page.locator('tbody a').first().waitFor();
      say(`first rows after ${Math.round(performance.now() - began)} ms`);
      await page.locator('.state.live').waitFor({ timeout: 60_000 });
      say(`all ${streams} after ${Math.round(performance.now() - began)} ms`);
      equal(await figure(page, 'publishers'), before + streams, 'publishers');
      await tasks('loading');

      const rows = page.locator('tbody tr:not(.space)');
      await timed('sorting by name', async () => {
        await page.getByRole('button', { name: 'Name', exact: true }).click();
        await page.locator('th[aria-sort=ascending]').waitFor();
      });
      const last = `many-${String(streams - 1).padStart(5, '0')}`;
      await timed('scrolling through all of them', async () => {
        const height = await page.evaluate(() => document.documentElement.scrollHeight);
        for (let at = 0; at <= 40; at++) {
          await page.evaluate(
            async (top) => {
              scrollTo(0, top);
              await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
            },
            (at / 40) * height,
          );
          const shown = await page.evaluate(
            () => document.elementFromPoint(200, innerHeight / 2)?.closest('tbody tr:not(.space)') !== null,
          );
          that(shown, `rows are shown at ${(at / 40) * 100} %`);
        }
      });
      that((await rows.count()) <= IN_DOCUMENT, 'few rows are in the document');
      await timed('searching', async () => {
        await page.getByRole('searchbox').fill(last);
        await until(async () => (await rows.count()) === 1, 'one row is found');
      });
      await page.getByRole('link', { name: last }).click();
      await page.getByRole('heading', { name: '1 publisher' }).waitFor();
      await page.getByRole('searchbox').fill('many');
      await shoot(page, 'many');
      equal(faults, [], 'faults');
      await close();

      async function timed(what: string, run: () => Promise<void>): Promise<void> {
        const started = performance.now();
        await run();
        say(`${what}: ${Math.round(performance.now() - started)} ms`);
        await tasks(what);
      }
      async function tasks(what: string): Promise<void> {
        const long = await longTasks(page);
        const longest = Math.max(0, ...long);
        say(`  ${long.length} long tasks, the longest of ${longest} ms`);
        that(longest < STALL_MS, `${what} stalls the page for ${longest} ms`);
      }
    },
  ],
];
