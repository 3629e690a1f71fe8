/** What nobody should send to the board, and rows that somebody has prepared. */
import assert from 'node:assert/strict';
import { NEVER_SHOWN } from '../../../lib/board/shown.ts';
import type { KindName } from '../../../lib/state/row.ts';
import { forgedToken } from '../../support/tokens.ts';
import { ask, inPath, jsonOf, type Check, type Given, type Setting } from './check.ts';
import { pathOf, send, sendRows, shownTexts, writeInto } from './rows.ts';

const KINDS: readonly KindName[] = ['stream', 'call', 'session'];
const LISTS = ['live?kind=streams', 'live?kind=calls', 'closed?kind=streams&minutes=60', 'closed?kind=calls', 'bans'];
const SCRIPT = '<script>alert(1)</script>';
/** All that a browser needs to take it for data. */
function assertData({ status, headers }: Given): void {
  assert.equal(status, 200);
  assert.match(headers.get('content-type') ?? '', /^application\/json\b/);
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'none'");
  assert.equal(headers.get('cache-control'), 'no-store');
}

/** The live list is up to 2 s old. */
const listIsNew = () => new Promise((resolve) => setTimeout(resolve, 2100));

export const ATTACKS: readonly Check[] = [
  [
    'ids with slashes, percent signs and worse name their rows, in the path and as a parameter',
    async (setting) => {
      for (const id of ['a/b', '/', 'a//b', '../x', '..', 'a%2Fb', '100%', '%', '%00', 'x/stop', 'ü+b c', SCRIPT]) {
        await sendRows(setting.stack, id);
        for (const kind of KINDS) {
          const paths = [`${pathOf(kind)}/${inPath(id)}`, `${pathOf(kind)}/-?id=${inPath(id)}`];
          // A client resolves dots itself, encoded or not.
          for (const path of /^\.\.?(?:\/|$)/.test(id) ? paths.slice(1) : paths) {
            const answer = await ask(setting, path);
            assert.deepEqual([path, answer.status], [path, 200]);
            const row = jsonOf(answer)[kind] as Record<string, unknown>;
            assert.ok(Object.values(row).includes(id), `${path} is the row of ${id}`);
          }
        }
      }
    },
  ],
  [
    'javascript: and <script> in every field are data',
    async (setting) => {
      const name = 'javascript:alert(document.domain)';
      const id = `javascript:${SCRIPT}`;
      await sendRows(setting.stack, id);
      const stream = { mediaSessionId: 'named', name, published: true, status: 'PUBLISHING', nodeId: SCRIPT };
      await send(setting.stack, 'StreamStatusEvent', { ...stream, appKey: SCRIPT, sessionId: SCRIPT });
      await writeInto(setting.stack, id, (kind) =>
        Object.fromEntries(shownTexts(kind).map((field) => [field, `${SCRIPT} ${field}`])),
      );
      for (const kind of KINDS) {
        const answer = await ask(setting, `${pathOf(kind)}/-?id=${inPath(id)}`);
        assertData(answer);
        const row = jsonOf(answer)[kind] as Record<string, unknown>;
        for (const field of shownTexts(kind)) assert.equal(row[field], `${SCRIPT} ${field}`);
      }
      const key = `name:${SCRIPT}`;
      assertData(await ask(setting, 'bans', { method: 'POST', body: { key, for: '1h', reason: SCRIPT } }));
      await listIsNew();
      const answers = await Promise.all(LISTS.map((path) => ask(setting, path)));
      answers.forEach(assertData);
      const [streams, , , , bans] = answers.map(({ text }) => text);
      assert.ok(streams?.includes(JSON.stringify(name)) && streams.includes(SCRIPT), 'the stream is listed');
      assert.ok(bans?.includes(SCRIPT), 'the ban is listed');
      assertData(await ask(setting, `bans?key=${inPath(key)}`, { method: 'DELETE' }));
      // What is wrong is told as data, too.
      for (const path of [`live?kind=${SCRIPT}`, `live?${SCRIPT}=1`, `streams/${inPath(`${SCRIPT}nobody`)}`]) {
        const { headers } = await ask(setting, path);
        assert.match(headers.get('content-type') ?? '', /^application\/problem\+json\b/);
        assert.equal(headers.get('x-content-type-options'), 'nosniff');
      }
    },
  ],
  [
    'no answer holds what is never shown',
    async (setting) => {
      const id = 'prepared';
      const secret = 'never-to-be-shown';
      await sendRows(setting.stack, id);
      // These keep the row in its indexes.
      const places: readonly string[] = ['live', 'closedIn', 'closedAt', 'expiresAt', 'rank'];
      const fields = [
        ...NEVER_SHOWN.filter((field) => !places.includes(field)),
        ...['token', 'authToken', 'custom', 'sipLogin', 'sipPassword', 'sipAuthenticationName', 'sipDomain', 'hash'],
      ];
      await writeInto(setting.stack, id, () =>
        Object.fromEntries(fields.map((field) => [field, `${secret} ${field}`])),
      );
      await writeInto(setting.stack, id, () => ({ rank: `9#${secret}` }));
      await listIsNew();
      const { items } = jsonOf(await ask(setting, 'live?kind=streams&limit=500')) as { items: object[] };
      assert.ok(JSON.stringify(items).includes(`"${id}"`), 'the row is listed');
      const paths = [...LISTS, ...KINDS.map((kind) => `${pathOf(kind)}/${id}`)];
      const answers = await Promise.all(paths.map((path) => ask(setting, path)));
      const stopped = await ask(setting, `streams/${id}/stop`, { method: 'POST', body: { reason: 'why' } });
      for (const { status, text } of [...answers, stopped]) {
        assert.equal(status, 200);
        assert.ok(!text.includes(secret), `${text.slice(0, 2000)} has ${secret}`);
        assert.doesNotMatch(text, /"(?:claims|rivals|rank|expiresAt|revision|closedIn|sip(?!Status)\w*|token)"/);
        assert.ok(setting.token === undefined || !text.includes(setting.token), 'the token comes back');
      }
    },
  ],
  [
    'another origin reads nothing and changes nothing',
    async (setting) => {
      await sendRows(setting.stack, 'of-origin');
      for (const origin of ['https://evil.example.com', 'null', 'https://ops.example.com.evil.com']) {
        const headers = { origin };
        const read = await ask(setting, 'live', { headers });
        const stop = await ask(setting, 'streams/of-origin/stop', { method: 'POST', body: {}, headers });
        const ban = await ask(setting, 'bans', { method: 'POST', body: { key: 'sub:origin' }, headers });
        for (const answer of [read, stop, ban]) {
          assert.equal(answer.status, 403);
          assert.equal(answer.headers.get('access-control-allow-origin'), null);
          assert.doesNotMatch(answer.text, /"items"|"totals"/);
        }
      }
      assert.equal((await setting.stack.row('of-origin'))?.['stop'], undefined);
      assert.ok(!(await ask(setting, 'bans')).text.includes('sub:origin'));
    },
  ],
  ['many requests at once are answered from few reads, none with 5xx', many],
];

async function many(setting: Setting): Promise<void> {
  const kinds: readonly (readonly [path: string, status: number])[] = [
    ['live?kind=streams', 200],
    ['live?kind=streams&limit=1', 200],
    ['live?kind=streams&name=room', 200],
    ['closed?kind=streams', 200],
    ['live?kind=nothing', 400],
    ['nothing', 404],
    [`live?after=${inPath('../')}`, 400],
    ['streams/nobody', 404],
  ];
  const counts = new Map<string, number>();
  const reads = new Set<string>();
  let next = 0;
  const began = Date.now();
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      while (next < setting.requests) {
        const [path, expected] = kinds[next++ % kinds.length] ?? ['', 0];
        const answer = await ask(setting, path);
        const what = answer.status === expected ? String(expected) : `${answer.status} instead of ${expected}`;
        counts.set(what, (counts.get(what) ?? 0) + 1);
        const [, at] = /^\{"kind":"streams","at":"([^"]+)"/.exec(answer.text) ?? [];
        if (at !== undefined) reads.add(`${path.replace(/\?.*/, '')} ${at}`);
      }
    }),
  );
  const seconds = (Date.now() - began) / 1000;
  setting.say(
    `${setting.requests} requests in ${seconds.toFixed(1)} s: ${[...counts].map((one) => one.join(': ')).join(', ')}; ${reads.size} reads of lists`,
  );
  assert.deepEqual([...counts.keys()].toSorted(), ['200', '400', '404']);
  // Two lists, each read again after 2 s at the earliest.
  assert.ok(reads.size <= 2 * (seconds / 2 + 1), `${reads.size} reads`);
  assert.ok(seconds < 180, 'that took too long');
}

export const ATTACKS_WITH_TOKENS: readonly Check[] = [
  [
    'an origin of BOARD_ORIGINS reads, after a preflight',
    async (setting) => {
      const origin = 'https://ops.example.com';
      const asks = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
      const preflight = await ask(setting, 'bans', { method: 'OPTIONS', token: '', headers: { origin, ...asks } });
      assert.ok([200, 204].includes(preflight.status));
      assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /Authorization/i);
      const read = await ask(setting, 'live', { headers: { origin } });
      assertData(read);
      for (const { headers } of [preflight, read]) assert.equal(headers.get('access-control-allow-origin'), origin);
      const evil = { origin: 'https://evil.example.com', ...asks };
      const refused = await ask(setting, 'bans', { method: 'OPTIONS', token: '', headers: evil });
      assert.equal(refused.headers.get('access-control-allow-origin'), null);
    },
  ],
  [
    'without a token that is right the board says nothing',
    async (setting) => {
      const { ofBoard } = setting;
      const past = Math.floor(Date.now() / 1000) - 3600;
      const claims = { sub: 'eve', board: ['read', 'stop', 'ban'], exp: past + 7200 };
      const tokens = {
        none: '',
        expired: await ofBoard({ exp: past }),
        'of another audience': await ofBoard({ aud: 'shop' }),
        'of another issuer': await ofBoard({ iss: 'https://evil.example.com' }),
        'that begins later': await ofBoard({ nbf: past + 7200 }),
        'without a signature': forgedToken({ alg: 'none' }, '', claims),
        'with a signature of its own': forgedToken({ alg: 'HS256' }, 'AAAA', claims),
        nonsense: 'nonsense',
      };
      for (const [title, token] of Object.entries(tokens)) {
        for (const path of [...LISTS, 'streams/rings', 'calls/rings', 'sessions/s']) {
          const answer = await ask(setting, path, { token });
          assert.deepEqual([title, path, answer.status], [title, path, 401]);
          assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer realm="wcs-hooks"/);
          assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
          assert.ok(token === '' || !answer.text.includes(token), 'the token comes back');
        }
        const ban = await ask(setting, 'bans', { method: 'POST', body: { key: 'sub:eve' }, token });
        assert.deepEqual([title, ban.status], [title, 401]);
      }
      assert.ok(!(await ask(setting, 'bans')).text.includes('sub:eve'));
    },
  ],
  [
    'a right does what it says, and nothing else',
    async (setting) => {
      const { stack, ofBoard } = setting;
      await sendRows(stack, 'of-rights');
      const asks = {
        read: (token: string) => ask(setting, 'streams/of-rights', { token }),
        stop: (token: string) => ask(setting, 'streams/of-rights/stop', { method: 'POST', body: {}, token }),
        ban: (token: string) => ask(setting, 'bans', { method: 'POST', body: { key: 'sub:right', for: '1h' }, token }),
        lift: (token: string) => ask(setting, 'bans?key=sub:right', { method: 'DELETE', token }),
      };
      const may = async (board: unknown) => {
        const token = await ofBoard({ board });
        const status = new Map<string, number>();
        for (const [name, run] of Object.entries(asks)) status.set(name, (await run(token)).status);
        return [...status].flatMap(([name, one]) => (one === 200 ? [name] : one === 403 ? [] : [`${name}: ${one}`]));
      };
      assert.deepEqual(await may(['read']), ['read']);
      assert.equal((await stack.row('of-rights'))?.['stop'], undefined);
      for (const board of [[], 'Read', { read: true }, ['admin', '*'], undefined])
        assert.deepEqual(await may(board), []);
      assert.deepEqual(await may(['stop']), ['stop']);
      assert.deepEqual(await may('ban'), ['ban', 'lift']);
    },
  ],
];
