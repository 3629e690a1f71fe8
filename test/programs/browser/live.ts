/** What the board shows of what is live, and that it does so in any light, size and without a mouse. */
import type { Page } from 'playwright-core';
import { ends, keepAlives, starts, connects } from '../../simulator/sessions.ts';
import type { LocalStack } from '../../support/local-stack.ts';
import { figure, linesDrawn, openBoard, overflows, PHONE, seriousFaults } from './board.ts';
import { equal, that, until, type Check } from './check.ts';
import { liveRows } from './rows.ts';
import { createClients } from './wcs.ts';

const VIEWS = ['names', 'nodes', 'apps', 'calls', 'closed', 'bans'];
const isLive = (page: Page) => page.locator('.state.live').waitFor();

export const LIVE: readonly Check[] = [
  [
    'before anything is live, the board says so',
    async ({ browser, url, shoot }) => {
      const { page, faults, close } = await openBoard(browser, url);
      await isLive(page);
      await page.getByText('Nothing is live.').waitFor();
      equal(await figure(page, 'publishers'), 0, 'publishers');
      await shoot(page, 'empty');
      equal(faults, [], 'faults');
      await close();
    },
  ],
  [
    'figures and tables are what the rows are, and follow them',
    async ({ browser, stack, url, shoot }) => {
      const { page, faults, close } = await openBoard(browser, url);
      await isLive(page);
      const { clients, streams } = await playRooms(stack);
      const rows = await liveRows(stack);
      const publishers = rows.filter(({ live }) => live === 'publishing').length;
      equal([publishers, rows.length - publishers], [ROOMS, streams.flat().length - ROOMS], 'rows');
      await until(async () => (await figure(page, 'viewers')) === rows.length - publishers, 'the viewers');
      equal(await figure(page, 'publishers'), publishers, 'publishers');
      equal(await namesShown(page), namesOf(rows), 'names with their publishers and viewers');

      await page.getByRole('link', { name: 'Nodes' }).click();
      await until(async () => (await page.locator('tbody tr').count()) === 1, 'one node');
      await page.locator('tbody a').first().click();
      await page.locator('.chip').waitFor();
      await until(async () => (await page.locator('tbody tr').count()) === ROOMS, 'the names of the node');
      await page.locator('.chip').click();

      await page.getByRole('searchbox').fill('room-1');
      const found = async () => (await namesShown(page)).map(([name]) => name).sort();
      await until(async () => (await found()).join() === 'room-1,room-10,room-11', 'what is found');
      await page.getByRole('searchbox').fill('nobody has this');
      await page.getByText('Nothing here matches.').waitFor();
      await page.getByRole('searchbox').fill('');

      const [[publisher, ...viewers] = []] = streams.slice(6);
      that(publisher !== undefined && viewers.length > 0, 'a stream with viewers');
      await clients.send(ends(publisher));
      await until(async () => (await figure(page, 'publishers')) === ROOMS - 1, 'one publisher less');
      await page.getByRole('link', { name: 'Last 15 minutes' }).click();
      const over = page.locator('tbody tr').filter({ hasText: publisher.name });
      await over.filter({ hasText: 'UNPUBLISHED' }).filter({ hasText: 'Stopped by user' }).waitFor();
      await shoot(page, 'closed');
      await page.getByRole('link', { name: 'Names' }).click();
      await page.waitForTimeout(4000);
      equal(await linesDrawn(page), ['publishers', 'viewers', 'calls'], 'lines of the chart');
      await shoot(page, 'board');
      equal(faults, [], 'faults');
      clients.close();
      await close();
    },
  ],
  [
    'a link leads to a stream, to its viewers and its session, and back',
    async ({ browser, stack, url, shoot }) => {
      const row = await publisherOfRoom1(stack);
      const { page, faults, close } = await openBoard(browser, `${url}#/names?stream=${row.mediaSessionId}`);
      const panel = page.getByRole('complementary');
      await panel.getByText(String(row.sessionId)).click();
      await panel.getByRole('heading', { name: 'session' }).waitFor();
      await panel.getByText('1 live stream').waitFor();
      await page.goBack();
      await panel.getByRole('link', { name: 'room-1' }).click();
      await panel.getByText('5 viewers').waitFor();
      await shoot(page, 'viewers');
      equal(faults, [], 'faults');
      await close();
    },
  ],
  [
    'the keyboard is enough',
    async ({ browser, stack, url }) => {
      await publisherOfRoom1(stack);
      const { page, faults, close } = await openBoard(browser, url);
      await page.locator('tbody a').first().waitFor();
      const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
      await page.getByRole('button', { name: 'Name', exact: true }).focus();
      await page.keyboard.press('Enter');
      const header = page.getByRole('columnheader', { name: 'Name' });
      await until(async () => (await header.getAttribute('aria-sort')) === 'ascending', 'the order');
      await page.getByRole('button', { name: 'App' }).focus();
      await page.keyboard.press('Tab');
      await until(async () => (await focused()) === 'room-0', 'the first row');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowUp');
      await until(async () => (await focused()) === 'room-1', 'the second row');
      await page.keyboard.press('Enter');
      await page.getByRole('complementary').waitFor();
      await until(async () => (await focused()) === 'name room-1', 'the panel');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await until(async () => (await focused()) === 'Ban this name …', 'what opened the dialog');
      await page.keyboard.press('Escape');
      await page.getByRole('complementary').waitFor({ state: 'detached' });
      await until(async () => (await focused()) === 'room-1', 'what opened the panel');
      equal(faults, [], 'faults');
      await close();
    },
  ],
  [
    'axe finds nothing serious, in light and dark; nothing is wider than a phone',
    async ({ browser, stack, url, shoot }) => {
      const row = await publisherOfRoom1(stack);
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const [size, viewport] of [
          ['desktop', { width: 1280, height: 800 }],
          ['phone', PHONE],
        ] as const) {
          const { page, faults, close } = await openBoard(browser, url, { colorScheme, viewport });
          await isLive(page);
          const look = async (what: string) => {
            equal(await seriousFaults(page), [], `${what}, ${colorScheme}, ${size}`);
            that(!(await overflows(page)), `${what} is wider than a ${size}`);
            await shoot(page, `${what}-${colorScheme}-${size}`);
          };
          for (const view of VIEWS) {
            await page.goto(`${url}#/${view}`);
            await page.locator('main table, main .empty').first().waitFor();
            await look(view);
          }
          await page.goto(`${url}#/names?stream=${row.mediaSessionId}`);
          await page.getByRole('button', { name: 'Stop …' }).first().waitFor();
          await look('stream');
          await page.getByRole('button', { name: 'Stop …' }).first().click();
          await look('stop');
          await page.keyboard.press('Escape');
          await page.getByRole('button', { name: 'Ban …' }).click();
          await look('ban');
          equal(faults, [], 'faults');
          await close();
        }
      }
    },
  ],
  [
    'while nothing can be reached, the last figures stay, with their age',
    async ({ browser, stack, url, shoot }) => {
      await publisherOfRoom1(stack);
      const { page, faults, close } = await openBoard(browser, url, { expected: /ERR_INTERNET_DISCONNECTED/ });
      await isLive(page);
      const before = await figure(page, 'viewers');
      await page.context().setOffline(true);
      await page.locator('.state.broken').filter({ hasText: 'not reachable' }).filter({ hasText: 'old' }).waitFor();
      equal(await figure(page, 'viewers'), before, 'the viewers');
      that((await page.locator('tbody a').count()) > 0, 'the rows stay');
      await shoot(page, 'unreachable');
      await page.context().setOffline(false);
      await page.getByRole('button', { name: 'Try now' }).click();
      await isLive(page);
      equal(faults, [], 'faults');
      await close();
    },
  ],
];

const ROOMS = 12;
/** Some rooms with their viewers, who stay. */
async function playRooms(stack: LocalStack) {
  const clients = createClients(stack.url);
  const streams = Array.from({ length: ROOMS }, (_, n) => [
    clients.client({ name: `room-${n}` }),
    ...Array.from({ length: (n * 5) % 7 }, () => clients.client({ name: `room-${n}`, published: false })),
  ]);
  for (const group of streams) {
    await Promise.all(
      group.map((client) => clients.send([...connects(client), ...starts(client), ...keepAlives(client, 1)])),
    );
  }
  return { clients, streams };
}

async function publisherOfRoom1(stack: LocalStack): Promise<Row> {
  const find = async () => (await liveRows(stack)).find(({ live, name }) => live === 'publishing' && name === 'room-1');
  const row = (await find()) ?? (await playRooms(stack), await find());
  that(row !== undefined, 'room-1 is live');
  return row;
}

type Row = Awaited<ReturnType<typeof liveRows>>[number];
type Shown = [name: string, publishers: number, viewers: number];
const inOrder = (shown: Shown[]) => shown.sort(([a], [b]) => (a < b ? -1 : 1));

function namesOf(rows: readonly Row[]): Shown[] {
  const names = Map.groupBy(rows, ({ name }) => String(name));
  return inOrder(
    [...names].map(([name, of]) => {
      const publishers = of.filter(({ live }) => live === 'publishing').length;
      return [name, publishers, of.length - publishers];
    }),
  );
}

async function namesShown(page: Page): Promise<Shown[]> {
  const rows = await page
    .locator('tbody tr:not(.space)')
    .evaluateAll((all) => all.map((row) => [...row.children].slice(0, 3).map((cell) => cell.textContent ?? '')));
  return inOrder(rows.map(([name = '', publishers, viewers]) => [name, Number(publishers), Number(viewers)]));
}
