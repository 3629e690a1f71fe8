import { beforeEach, describe, expect, it } from 'vitest';
import { boardToken, boardUnderTest } from '../../support/board-under-test.ts';
import { NOW } from '../../support/tokens.ts';

let board: ReturnType<typeof boardUnderTest>;
let token: string;
beforeEach(async () => {
  board = boardUnderTest();
  token = await boardToken('read');
});

const ago = (minutes: number) => new Date(NOW * 1000 - minutes * 60_000).toISOString();
const closed = async (query = '') => {
  const { status, json } = await board.ask('GET', '/board/closed', { query, token });
  expect(status).toBe(200);
  return json as { items: Record<string, unknown>[]; next?: string };
};
const end = (id: string, minutes: number, fields: object = {}) =>
  board.rows.stream.set(id, { phase: 'ended', status: 'UNPUBLISHED', closedAt: ago(minutes), ...fields });

describe('GET /board/closed', () => {
  it('shows what ended, was denied or got lost in the last 15 minutes and why, the latest first', async () => {
    end('long ago', 15.1);
    end('over', 14, {
      name: 'room-1',
      startedAt: ago(20),
      sub: 'alice',
      sessionId: 's',
      claims: 'hidden',
      rank: 'hidden',
    });
    end('no', 3, { phase: 'denied', status: 'DENIED', denied: 'token: no token' });
    end('gone', 5, { phase: 'lost', status: 'PUBLISHING', lost: 'no keep-alive' });
    board.rows.stream.set('live', { phase: 'live', live: 'publishing' });
    expect(await closed()).toEqual({
      kind: 'streams',
      at: ago(0),
      items: [
        { mediaSessionId: 'no', phase: 'denied', status: 'DENIED', denied: 'token: no token', closedAt: ago(3) },
        { mediaSessionId: 'gone', phase: 'lost', status: 'PUBLISHING', lost: 'no keep-alive', closedAt: ago(5) },
        {
          ...{ mediaSessionId: 'over', phase: 'ended', status: 'UNPUBLISHED', name: 'room-1', startedAt: ago(20) },
          ...{ sessionId: 's', sub: 'alice', closedAt: ago(14) },
        },
      ],
    });
  });

  it('shows calls with whom they were between', async () => {
    board.rows.call.set('c', {
      ...{ phase: 'ended', status: 'FAILED', sipStatus: 486, caller: '100', callee: '200', incoming: true },
      ...{ closedAt: ago(1), talkSeconds: 7, sipMessageRaw: 'hidden' },
    });
    expect((await closed('kind=calls')).items).toEqual([
      {
        ...{ callId: 'c', phase: 'ended', status: 'FAILED', sipStatus: 486, caller: '100', callee: '200' },
        ...{ incoming: true, talkSeconds: 7, closedAt: ago(1) },
      },
    ]);
  });

  it.each([
    ['minutes=1', 1],
    ['minutes=15', 15],
    ['minutes=16', 16],
    ['minutes=60', 60],
  ])('?%s shows just those', async (query, count) => {
    for (let minute = 0; minute < 70; minute++) end(`${minute}`, minute + 0.5);
    expect((await closed(`limit=100&${query}`)).items).toHaveLength(count);
  });

  it('reads two windows at most, whoever thinks of which numbers', async () => {
    await Promise.all(Array.from({ length: 60 }, (_, n) => closed(`minutes=${n + 1}`)));
    expect(board.control.reads).toBe(2);
  });

  it('comes in pages', async () => {
    for (let n = 0; n < 25; n++) end(`stream ${n}`, 1 + Math.floor(n / 10));
    const seen: unknown[] = [];
    let next: string | undefined;
    do {
      const page = await closed(`limit=10${next === undefined ? '' : `&after=${next}`}`);
      seen.push(...page.items.map(({ mediaSessionId }) => mediaSessionId));
      next = page.next;
    } while (next !== undefined);
    expect(new Set(seen).size).toBe(25);
    expect(seen).toHaveLength(25);
  });

  it.each([
    ['minutes=0', 'minutes is less than 1'],
    ['minutes=61', 'minutes is more than 60'],
    ['name=room-1', 'unknown parameter: expected any of kind, limit, after, minutes'],
  ])('?%s is a 400', async (query, detail) => {
    const { status, json } = await board.ask('GET', '/board/closed', { query, token });
    expect([status, json?.['detail']]).toEqual([400, detail]);
  });
});
