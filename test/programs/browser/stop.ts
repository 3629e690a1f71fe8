/** What the board does to streams. */
import { openBoard } from './board.ts';
import { equal, that, until, type Check } from './check.ts';
import { createClients } from './wcs.ts';

export const STOP: readonly Check[] = [
  [
    'stop ends a stream with its next keep-alive, and nothing else',
    async ({ browser, stack, url, shoot }) => {
      const clients = createClients(stack.url, 4);
      const [publisher, viewer] = [
        clients.client({ name: 'to-stop' }),
        clients.client({ name: 'to-stop', published: false }),
      ];
      await clients.start(publisher);
      await clients.start(viewer);
      const { page, faults, close } = await openBoard(browser, `${url}#/names?search=to-stop`);
      await page.locator('tbody').getByRole('link', { name: 'to-stop' }).click();
      await page.getByRole('button', { name: `Stop … stream ${publisher.mediaSessionId}` }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('to-stop').waitFor();

      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
      equal((await stack.row(publisher.mediaSessionId))?.['stop'], undefined, 'stop after Cancel');

      await page.getByRole('button', { name: `Stop … stream ${publisher.mediaSessionId}` }).click();
      await dialog.getByLabel('Why').fill('shows what is not his');
      await shoot(page, 'stop-dialog');
      await dialog.getByRole('button', { name: 'Stop the stream' }).click();
      await page.getByRole('status').filter({ hasText: 'will end with its next keep-alive' }).waitFor();
      equal((await stack.row(publisher.mediaSessionId))?.['stop'], 'shows what is not his', 'stop in the row');

      await clients.keepAlive(viewer);
      await clients.keepAlive(publisher);
      equal([clients.stateOf(publisher), clients.stateOf(viewer)], ['terminated', 'running'], 'what WCS did');
      equal((await stack.row(publisher.mediaSessionId))?.['phase'], 'ended', 'the row');
      await page.getByRole('heading', { name: '0 publishers' }).waitFor();
      await page.getByRole('heading', { name: '1 viewer' }).waitFor();
      await page.goto(`${url}#/closed?search=to-stop`);
      await until(async () => (await page.locator('tbody tr').count()) === 1, 'the end is listed');
      that((await page.locator('tbody tr').innerText()).includes('Terminated by keep-alive'), 'why it ended');
      equal(faults, [], 'faults');
      clients.close();
      await close();
    },
  ],
];
