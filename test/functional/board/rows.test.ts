import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NEVER_SHOWN, SHOWN } from '../../../lib/board/shown.ts';
import { KINDS, type KindName, type Row } from '../../../lib/state/row.ts';
import { boardToken, boardUnderTest } from '../../support/board-under-test.ts';

let board: ReturnType<typeof boardUnderTest>;
let token: string;
beforeEach(async () => {
  board = boardUnderTest();
  token = await boardToken('read', 'stop');
});

afterEach(() => void vi.useRealTimers());

describe('a row', () => {
  it('of a stream is shown', async () => {
    board.rows.stream.set('a', { phase: 'live', name: 'room-1', width: 640, published: true, revision: 3 });
    const { status, json } = await board.ask('GET', '/board/streams/a', { token });
    expect(status).toBe(200);
    expect(json).toEqual({
      stream: { mediaSessionId: 'a', phase: 'live', name: 'room-1', width: 640, published: true },
    });
  });

  it.each(['/', 'a/b', 'a//b/', '..', '../x', 'a%2Fb', '100%', '%', 'ü 日本', 'x/stop', 'a+b c', '"<script>'])(
    'is found by the id %j, in the path and as a parameter',
    async (id) => {
      board.rows.stream.set(id, { phase: 'live', name: 'it' });
      const path = await board.ask('GET', `/board/streams/${encodeURIComponent(id)}`, { token });
      const query = await board.ask('GET', '/board/streams/-', { token, query: `id=${encodeURIComponent(id)}` });
      for (const { status, json } of [path, query]) {
        expect(status).toBe(200);
        expect(json).toEqual({ stream: { mediaSessionId: id, phase: 'live', name: 'it' } });
      }
      const stopped = await board.ask('POST', `/board/streams/${encodeURIComponent(id)}/stop`, { token });
      expect(stopped.status).toBe(200);
      expect(board.rows.stream.get(id)).toMatchObject({ stop: true });
    },
  );

  it('is waited for six seconds, and no longer', async () => {
    vi.useFakeTimers();
    const ended = vi.fn();
    const asked = new Promise<void>((resolve) => {
      board.store.row = (_kind, _id, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => (ended(), reject(signal.reason as Error)));
          resolve();
        });
    });
    const answer = board.ask('GET', '/board/streams/a', { token });
    await asked;
    await vi.advanceTimersByTimeAsync(5999);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    expect(ended).toHaveBeenCalledOnce();
    expect((await answer).status).toBe(503);
    expect(board.lines.at(-1)).toMatchObject({ level: 'ERROR', fields: { cause: 'Error: not done within 6000 ms' } });
  });

  it('with a ? in its id is found by the parameter, as API Gateway cuts the path there', async () => {
    board.rows.stream.set('a?b', { phase: 'live' });
    expect((await board.ask('GET', '/board/streams/-', { token, query: 'id=a%3Fb' })).status).toBe(200);
  });

  it('is asked for by the id of its row, which has no secret', async () => {
    board.rows.stream.set('rtsp://cam/1', { phase: 'live' });
    const id = encodeURIComponent('rtsp://user:password@cam/1');
    expect((await board.ask('GET', `/board/streams/${id}`, { token })).json).toEqual({
      stream: { mediaSessionId: 'rtsp://cam/1', phase: 'live' },
    });
  });

  it.each(['streams', 'sessions'])(
    'of %s that is not there is a 404, and of an id that no row can have',
    async (kind) => {
      for (const id of ['nobody', 'x'.repeat(2049)]) {
        expect((await board.ask('GET', `/board/${kind}/${id}`, { token })).status).toBe(404);
      }
    },
  );

  it.each(Object.keys(KINDS) as KindName[])('of a %s shows each attribute, or never does', (kind) => {
    const decided: readonly string[] = [...SHOWN[kind], ...NEVER_SHOWN];
    expect(KINDS[kind].owned.filter((field) => !decided.includes(field))).toEqual([]);
    expect(SHOWN[kind].filter((field) => (NEVER_SHOWN as readonly string[]).includes(field))).toEqual([]);
  });

  it.each([
    ['stream', 'streams'],
    ['session', 'sessions'],
  ] as const)('of a %s shows nothing that is not for people, nor what somebody wrote beside it', async (kind, path) => {
    const secret = { ...Object.fromEntries(NEVER_SHOWN.map((field) => [field, 'hidden'])), revision: 7 };
    board.rows[kind].set('a', { phase: 'live', ...secret, sipPassword: 'hidden', custom: 'hidden' } as Row);
    const { body } = await board.ask('GET', `/board/${path}/a`, { token });
    expect(body).not.toMatch(/hidden|revision|7/);
  });
});

describe('POST /board/streams/{id}/stop', () => {
  it('sets stop with the reason and who it was', async () => {
    board.rows.stream.set('a', { phase: 'live' });
    const { status, json } = await board.ask('POST', '/board/streams/a/stop', { token, body: { reason: 'spam' } });
    expect(status).toBe(200);
    expect(json).toEqual({ stop: { mediaSessionId: 'a', reason: 'spam', by: 'alice' } });
    expect(board.rows.stream.get('a')).toEqual({ phase: 'live', stop: 'spam', stopBy: 'alice' });
    expect(board.lines.at(-1)?.fields).toMatchObject({
      method: 'POST /board/streams/{id}/stop',
      id: 'a',
      sub: 'alice',
    });
  });

  it('keeps no secret of a reason', async () => {
    board.rows.stream.set('a', { phase: 'live' });
    const body = { reason: 'copies rtsp://user:password@cam/1' };
    await board.ask('POST', '/board/streams/a/stop', { token, body });
    expect(board.rows.stream.get('a')?.stop).toBe('copies rtsp://cam/1');
  });

  it('makes no row', async () => {
    expect((await board.ask('POST', '/board/streams/nobody/stop', { token })).status).toBe(404);
    expect(board.rows.stream.size).toBe(0);
  });

  it.each([
    ['no JSON', 'reason=spam', {}, 400],
    ['an array', [], {}, 400],
    ['null', 'null', {}, 400],
    ['an unknown member', { why: 'spam' }, {}, 400],
    ['no text', { reason: 1 }, {}, 400],
    ['an empty reason', { reason: '' }, {}, 400],
    ['a long reason', { reason: 'x'.repeat(257) }, {}, 400],
    ['a long body', { reason: 'x'.repeat(5000) }, {}, 413],
    ['another type', { reason: 'spam' }, { 'content-type': 'text/plain' }, 415],
    ['a patch', { reason: 'spam' }, { 'content-type': 'application/json-patch+json' }, 415],
  ])('takes no body that is %s', async (_, body, headers, status) => {
    board.rows.stream.set('a', { phase: 'live' });
    expect((await board.ask('POST', '/board/streams/a/stop', { token, body, headers })).status).toBe(status);
    expect(board.rows.stream.get('a')).toEqual({ phase: 'live' });
  });
});
