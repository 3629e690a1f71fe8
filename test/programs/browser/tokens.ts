/** A board that only a token opens; and bans, which need users. */
import { signToken } from '../../support/tokens.ts';
import { openBoard, seriousFaults } from './board.ts';
import { equal, that, until, type Check } from './check.ts';
import { starts } from '../../simulator/sessions.ts';
import { createClients } from './wcs.ts';

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const boardToken = (board: string, claims: Record<string, unknown> = {}) =>
  signToken({ claims: { sub: 'support', board, exp: inSeconds(600), ...claims } });
/** The browser writes a line about each answer that is no 200. */
const REJECTED = /Failed to load resource.*40[13]/;

export const TOKENS: readonly Check[] = [
  [
    'without a token, with an expired one and with that of others the board says so, and shows nothing',
    async ({ browser, url, shoot }) => {
      const cases = [
        ['no-token', url, 'The board needs a token'],
        ['expired', `${url}#token=${await boardToken('read', { exp: inSeconds(-3600) })}`, 'Your token has expired'],
        ['other-audience', `${url}#token=${await boardToken('read', { aud: 'shop' })}`, 'Your token was not accepted'],
        ['no-token-at-all', `${url}#token=nonsense`, 'Your token was not accepted'],
        ['no-right', `${url}#token=${await boardToken('stop')}`, 'lacks "read"'],
      ] as const;
      for (const [name, link, text] of cases) {
        const { page, faults, close } = await openBoard(browser, link, { expected: REJECTED });
        await page.getByRole('alert').filter({ hasText: text }).waitFor();
        equal(await page.locator('table, nav').count(), 0, 'what is shown');
        equal(await seriousFaults(page), [], name);
        await shoot(page, name);
        if (name === 'no-token') {
          await page.getByLabel('Token').fill(await boardToken('read'));
          await page.getByRole('button', { name: 'Open' }).click();
          await page.locator('.state.live').waitFor();
        }
        equal(faults, [], 'faults');
        await close();
      }
    },
  ],
  [
    'the token of a link leaves the URL, and is in none that is requested, nor in a log',
    async ({ browser, stack, url }) => {
      const token = await boardToken('read,stop,ban');
      const { page, faults, requested, close } = await openBoard(browser, `${url}#token=${token}`);
      await page.locator('.state.live').waitFor();
      equal(page.url(), `${url}#/names`, 'the URL');
      await page.reload();
      await page.locator('.state.live').waitFor();
      equal(
        await page.evaluate(() => [Object.values(sessionStorage).length, localStorage.length, document.cookie]),
        [1, 0, ''],
        'where it is kept',
      );
      const [, , signature = token] = token.split('.');
      equal(
        requested.filter((one) => one.includes(signature)),
        [],
        'URLs with the token',
      );
      that(!stack.output().includes(signature), 'the token is in the log');
      equal(faults, [], 'faults');
      await close();
    },
  ],
  [
    'who may only read gets no buttons, and 403 all the same',
    async ({ browser, stack, url }) => {
      const clients = createClients(stack.url, 5);
      const client = clients.client({ name: 'only-read', token: await userToken('bob') });
      equal(await clients.start(client), { connect: 200, start: 200 }, 'bob');
      const token = await boardToken('read');
      const { page, faults, close } = await openBoard(browser, `${url}#token=${token}`);
      await page.locator('tbody').getByRole('link', { name: 'only-read' }).click();
      await page.getByRole('link', { name: client.mediaSessionId }).click();
      await page.locator('.fields').getByText('bob').waitFor();
      equal(await page.getByRole('button', { name: /Stop|Ban/ }).count(), 0, 'buttons');
      await page.getByRole('link', { name: 'Bans' }).click();
      await page.getByText('Nobody is banned.').waitFor();
      equal(await page.getByRole('button', { name: /Stop|Ban|Lift/ }).count(), 0, 'buttons of bans');
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const stopped = await fetch(`${url}/streams/${client.mediaSessionId}/stop`, {
        method: 'POST',
        headers,
        body: '{}',
      });
      equal([stopped.status, stopped.headers.get('content-type')], [403, 'application/problem+json'], 'stop');
      const banned = await fetch(`${url}/bans`, { method: 'POST', headers, body: '{"key":"sub:bob","for":"1h"}' });
      equal(banned.status, 403, 'ban');
      equal((await stack.row(client.mediaSessionId))?.['stop'], undefined, 'the row');
      await clients.end(client);
      equal(faults, [], 'faults');
      clients.close();
      await close();
    },
  ],
];

/** The containers read the bans again after 5 s at most. */
const SOON_MS = 15_000;

export const BANS: readonly Check[] = [
  [
    'a ban keeps somebody out over connect, publish and play, ends what is live, and is lifted or over',
    async ({ browser, stack, url, shoot, say }) => {
      const clients = createClients(stack.url, 6);
      const ofAlice = await userToken('alice');
      const client = (published: boolean, token = ofAlice) => clients.client({ name: 'stage', published, token });
      const [live, watching, ofBob] = [client(true), client(false), client(true, await userToken('bob'))];
      for (const one of [live, watching, ofBob])
        equal(await clients.start(one), { connect: 200, start: 200 }, 'before the ban');

      const token = await boardToken('read,stop,ban');
      const { page, faults, close } = await openBoard(browser, `${url}#token=${token}`);
      await page.locator('.state.live').waitFor();
      await page.goto(`${url}#/names?stream=${live.mediaSessionId}`);
      await page.getByRole('button', { name: 'Ban …' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('radio', { name: 'the user alice' }).check();
      await dialog.getByLabel('For how long').selectOption({ label: '1 hour' });
      await dialog.getByLabel('Why').fill('sells watches');
      await shoot(page, 'ban-dialog');
      await dialog.getByRole('button', { name: 'Ban', exact: true }).click();
      await page.getByRole('status').filter({ hasText: 'sub:alice is banned' }).waitFor();
      await page.getByRole('link', { name: 'Bans' }).click();
      await page
        .locator('tbody tr')
        .filter({ hasText: 'sub:alice' })
        .filter({ hasText: 'sells watches' })
        .filter({ hasText: 'support' })
        .waitFor();
      await shoot(page, 'bans');

      /** Of one who is connected already, whom `connect` does not keep out. */
      const tries = async () => {
        const connect = (await clients.start(client(true))).connect;
        const [play] = await clients.send(firstOf({ ...client(false), sessionId: watching.sessionId }));
        const [publish] = await clients.send(firstOf({ ...client(true), sessionId: live.sessionId }));
        return [connect, publish?.status, play?.status];
      };
      const all = (status: number) => async () => (await tries()).every((one) => one === status);
      await until(all(403), 'alice is kept out over connect, publish and play', SOON_MS);
      await clients.keepAlive(live);
      await clients.keepAlive(watching);
      await clients.keepAlive(ofBob);
      equal([live, watching, ofBob].map(clients.stateOf), ['terminated', 'terminated', 'running'], 'what was live');
      equal(await clients.start(client(true, await userToken('bob'))), { connect: 200, start: 200 }, 'somebody else');

      await page.getByRole('button', { name: 'Lift the ban on sub:alice' }).click();
      await dialog.getByRole('button', { name: 'Lift the ban' }).click();
      await page.getByText('Nobody is banned.').waitFor();
      await until(all(200), 'alice is back after the lift', SOON_MS);

      const seconds = 12;
      const answer = await fetch(`${url}/bans`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ key: 'sub:alice', until: new Date(Date.now() + seconds * 1000).toISOString() }),
      });
      equal(answer.status, 200, 'a ban until then');
      await until(all(403), 'alice is kept out again', seconds * 1000);
      const began = Date.now();
      await until(all(200), 'alice is back when it is over', seconds * 1000 + SOON_MS);
      say(`back ${Math.round((Date.now() - began) / 1000)} s later`);
      equal(faults, [], 'faults');
      clients.close();
      await close();
    },
  ],
];

const userToken = (sub: string) => signToken({ claims: { sub, publish: ['*'], play: ['*'], exp: inSeconds(600) } });
const firstOf = (client: Parameters<typeof starts>[0]) => starts(client).slice(0, 1);
