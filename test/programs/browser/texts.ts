/** Whatever a client sends is shown as it is, and is never more than a text. */
import { streamHook, connects } from '../../simulator/sessions.ts';
import { openBoard } from './board.ts';
import { equal, that, type Check } from './check.ts';
import { createClients } from './wcs.ts';

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><b id=bold>bold</b>',
  '{{7*7}} ${7*7} %3Cscript%3E &lt;b&gt; &amp;',
  'javascript:alert(1)',
  'שלום עולם (room) 123',
  'مرحبا‏ room',
  '\u202Egnp.exe \u2066x',
  '🎥 👩‍👩‍👧‍👦 🇺🇦 Zoë ﷽',
  `2048-${'é'.repeat(1021)}x`,
  '../..//%2e%2e%2fx#y',
];
const SCRIPT = '<script>alert(1)</script><img src=x onerror=alert(1)>';

export const TEXTS: readonly Check[] = [
  [
    'names of HTML, script, right-to-left text, emoji and 2,048 bytes are shown as text',
    async ({ browser, stack, url, shoot }) => {
      equal(Buffer.byteLength(HOSTILE[9] ?? ''), 2048, 'bytes of the longest name');
      const clients = createClients(stack.url, 2);
      const publishers = HOSTILE.map((name) => clients.client({ name }));
      for (const client of publishers) await clients.start(client);
      const { page, faults, requested, close } = await openBoard(browser, url);
      await page.getByRole('searchbox').waitFor();
      await page.getByRole('button', { name: 'Live for' }).click();
      await page.getByRole('button', { name: 'Live for' }).click();
      for (const { name, mediaSessionId } of publishers) {
        const { name: kept } = (await stack.row(mediaSessionId)) ?? {};
        equal(kept, name, 'the row’s name');
        const shown = page.locator('tbody bdi').filter({ hasText: name.slice(0, 12) });
        await shown.first().waitFor();
        that((await shown.allTextContents()).includes(name), `${name.slice(0, 40)} is shown as it is`);
        await page.goto(`${url}#/names?stream=${mediaSessionId}`);
        const field = page.locator('.fields dd a').filter({ hasText: name.slice(0, 12) });
        await field.waitFor();
        equal(await field.textContent(), name, 'the name of the row');
        await field.click();
        await page.getByRole('heading', { name: 'name' }).waitFor();
        equal(await page.locator('#panel-title bdi').textContent(), name, 'the heading of the panel');
        await page.getByRole('button', { name: 'Ban this name …' }).click();
        await page.getByRole('dialog').getByText(name.slice(0, 12)).first().waitFor();
        await page.keyboard.press('Escape');
        await page.keyboard.press('Escape');
      }
      await shoot(page, 'hostile-names');
      // Text of the other direction leaves the columns where they are.
      const isolated = await page
        .locator('tbody bdi')
        .evaluateAll((all) => all.map((one) => getComputedStyle(one).unicodeBidi));
      equal([...new Set(isolated)], ['isolate'], 'how texts are isolated');
      equal(await page.locator('#board').locator('b, img, iframe, script').count(), 0, 'markup from names');
      equal(
        requested.filter((one) => !one.startsWith(url)),
        [],
        'requests elsewhere',
      );
      equal(faults, [], 'faults');
      clients.close();
      await close();
    },
  ],
  [
    'script in every field is shown as text, and ids of any characters lead to their rows',
    async ({ browser, stack, url, shoot }) => {
      const clients = createClients(stack.url, 3);
      const ids = [`a/b?c=%2F#d`, '../streams', '..', `%`, SCRIPT];
      for (const mediaSessionId of ids) {
        const client = { ...clients.client({ name: SCRIPT }), mediaSessionId, sessionId: `${SCRIPT}${mediaSessionId}` };
        const hostile = {
          nodeId: SCRIPT,
          appKey: SCRIPT,
          status: 'PUBLISHING',
          info: SCRIPT,
          mediaProvider: SCRIPT,
          videoCodec: SCRIPT,
        };
        await clients.send([...connects(client), streamHook(client, 'StreamStatusEvent', 'PUBLISHING', hostile)]);
        const { page, faults, close } = await openBoard(
          browser,
          `${url}#/names?stream=${encodeURIComponent(mediaSessionId)}`,
        );
        const field = (name: string) =>
          page
            .locator('.fields > div')
            .filter({ has: page.getByText(name, { exact: true }) })
            .locator('dd');
        await field('mediaSessionId').waitFor();
        equal(await field('mediaSessionId').textContent(), mediaSessionId, 'the id');
        for (const name of ['name', 'nodeId', 'appKey', 'info', 'mediaProvider', 'videoCodec']) {
          equal(await field(name).textContent(), SCRIPT, name);
        }
        await page.getByRole('button', { name: 'Stop …' }).first().click();
        await page.getByRole('dialog').waitFor();
        await shoot(page, 'hostile-fields');
        equal(faults, [], 'faults');
        await close();
      }
      clients.close();
    },
  ],
];
