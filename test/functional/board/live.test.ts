import { beforeEach, describe, expect, it } from 'vitest';
import { boardToken, boardUnderTest } from '../../support/board-under-test.ts';

let board: ReturnType<typeof boardUnderTest>;
let token: string;
beforeEach(async () => {
  board = boardUnderTest();
  token = await boardToken('read');
});

const AT = '2026-11-25T10:00:00.';
const stream = (id: string, fields: object = {}) =>
  board.rows.stream.set(id, {
    phase: 'live',
    live: 'publishing',
    name: `name of ${id}`,
    published: true,
    nodeId: 'abc@10.0.0.1',
    appKey: 'app',
    sessionId: `session of ${id}`,
    startedAt: `${AT}000Z`,
    ...fields,
  });
const live = async (query = '') => {
  const { status, json } = await board.ask('GET', '/board/live', { query, token });
  expect(status).toBe(200);
  return json as { items: Record<string, unknown>[]; totals: object; next?: string; at: string };
};
const idsOf = ({ items }: { items: Record<string, unknown>[] }) => items.map(({ mediaSessionId }) => mediaSessionId);

describe('GET /board/live', () => {
  it('shows what is live, publishers first, each in the order of its start', async () => {
    stream('late', { startedAt: `${AT}900Z` });
    stream('viewer', { live: 'playing', published: false, startedAt: `${AT}100Z` });
    stream('early', { startedAt: `${AT}200Z` });
    board.rows.stream.set('over', { phase: 'ended', name: 'over' });
    const { items, ...rest } = await live();
    expect(rest).toEqual({ kind: 'streams', at: '2023-11-14T22:13:20.000Z', totals: { publishing: 2, playing: 1 } });
    expect(items[0]).toEqual({
      mediaSessionId: 'early',
      role: 'publishing',
      name: 'name of early',
      published: true,
      nodeId: 'abc@10.0.0.1',
      appKey: 'app',
      sessionId: 'session of early',
      startedAt: `${AT}200Z`,
    });
    expect(idsOf({ items })).toEqual(['early', 'late', 'viewer']);
  });

  it.each([
    ['name=name%20of%20b', ['b']],
    ['node=abc%4010.0.0.2', ['c']],
    ['node=10.0.0.2', ['c']],
    ['node=0.0.2', []],
    ['app=other', ['b', 'c']],
    ['app=other&node=10.0.0.1', ['b']],
    ['kind=streams', ['a', 'b', 'c']],
  ])('?%s shows %j, and counts all that is live', async (query, ids) => {
    stream('a');
    stream('b', { appKey: 'other' });
    stream('c', { appKey: 'other', nodeId: 'abc@10.0.0.2' });
    const found = await live(query);
    expect(idsOf(found)).toEqual(ids);
    expect(found.totals).toEqual({ publishing: 3, playing: 0 });
  });

  it('comes in pages that show each stream once, whatever comes and goes between them', async () => {
    const ids = Array.from({ length: 25 }, (_, n) => `stream ${n + 10}`);
    for (const id of ids) stream(id);
    const seen: unknown[] = [];
    let next: string | undefined;
    do {
      const page = await live(`limit=10${next === undefined ? '' : `&after=${next}`}`);
      seen.push(...idsOf(page));
      next = page.next;
      // A newer one is behind all others; the cursor's own stream goes.
      stream(`newer ${seen.length}`, { startedAt: `${AT}00${seen.length / 10}Z` });
      board.rows.stream.delete(String(seen.at(-1)));
      board.clock.now += 2000;
    } while (next !== undefined && seen.length < 100);
    expect(seen).toEqual([...ids, 'newer 10', 'newer 20']);
  });

  it('has a next page behind a stream whose id is as long as a key can be', async () => {
    for (const n of [1, 2]) stream(`${n}${'x'.repeat(2047)}`);
    const { next } = await live('limit=1');
    expect(idsOf(await live(`after=${next}`))).toEqual([`2${'x'.repeat(2047)}`]);
  });

  it('has 100 items where nothing else is asked for, and no next where there are no more', async () => {
    for (let n = 0; n < 101; n++) stream(`stream ${n}`);
    const first = await live();
    expect(first.items).toHaveLength(100);
    const second = await live(`after=${first.next}`);
    expect(second.items).toHaveLength(1);
    expect(second.next).toBeUndefined();
  });

  it('ends a page before it is too large for Lambda', async () => {
    for (let n = 0; n < 500; n++) stream(`stream ${n}`, { name: `${'\u0001'.repeat(2040)}${n}` });
    const { body } = await board.ask('GET', '/board/live', { query: 'limit=500', token });
    expect(body?.length).toBeLessThan(4_100_000);
    expect(JSON.parse(String(body))).toHaveProperty('next');
  });

  it('is read once within 2 s, however many ask for whatever of it', async () => {
    stream('a');
    await Promise.all(Array.from({ length: 50 }, (_, n) => live(n % 2 ? 'app=app' : `limit=${n + 1}`)));
    expect(board.control.reads).toBe(1);
    board.clock.now += 1999;
    stream('b');
    expect(idsOf(await live())).toEqual(['a']);
    board.clock.now += 1;
    expect(idsOf(await live())).toEqual(['a', 'b']);
    expect(board.control.reads).toBe(2);
  });

  it('is 503 while DynamoDB does not answer, without its words, and is back right after', async () => {
    stream('a');
    board.control.isDown = true;
    const { status, json, headers } = await board.ask('GET', '/board/live', { token });
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('2');
    expect(JSON.stringify(json)).not.toContain('10.1.2.3');
    expect(board.lines.at(-1)).toMatchObject({
      level: 'ERROR',
      fields: { cause: 'Error: connect ECONNREFUSED 10.1.2.3:443' },
      metrics: { boardRequests: 1, boardFailed: 1 },
    });
    board.control.isDown = false;
    expect(idsOf(await live())).toEqual(['a']);
  });

  it.each([
    ['limit=0', 'limit', 'limit is less than 1'],
    ['limit=501', 'limit', 'limit is more than 500'],
    ['limit=ten', 'limit', 'limit is not a whole number: expected 1 to 500'],
    ['limit=1e2', 'limit', 'limit is not a whole number: expected 1 to 500'],
    ['limit=1&limit=2', 'limit', 'limit is given twice: give it once'],
    ['kind=sessions', 'kind', /^kind is unknown: expected streams/],
    ['name=', 'name', 'name is empty: give one, or leave it out'],
    [`name=${'x'.repeat(2049)}`, 'name', 'name has more than 2048 bytes'],
    ['after=%21', 'after', 'after is not the "next" of an answer: leave it out to start from the beginning'],
    ['after=', 'after', 'after is empty: give one, or leave it out'],
    [`after=${'A'.repeat(3001)}`, 'after', 'after has more than 3000 bytes'],
    ['nam=x', 'nam', 'unknown parameter: expected any of kind, limit, after, name, node, app'],
  ])('?%.40s is a 400 that names %s and what is right', async (query, parameter, detail) => {
    const { status, json, headers } = await board.ask('GET', '/board/live', { query, token });
    expect(status).toBe(400);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(json).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      parameter,
      detail: typeof detail === 'string' ? detail : (expect.stringMatching(detail) as unknown),
    });
  });
});
