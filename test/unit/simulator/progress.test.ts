import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgress, createStatusLine } from '../../simulator/progress.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

function screen(isTTY: boolean, columns?: number) {
  const written: string[] = [];
  return { isTTY, ...(columns && { columns }), written, write: (text: string) => written.push(text) };
}

describe('a line on a terminal', () => {
  it('counts down in place, and is gone when something is printed', () => {
    const terminal = screen(true);
    const line = createStatusLine(terminal);
    for (const until = Date.now() + 2500; Date.now() < until + 2000; vi.advanceTimersByTime(1000)) {
      line.showWait('waiting', until);
    }
    line.clear();
    line.clear();
    const shown = ['  waiting: 3 s', '  waiting: 2 s', '  waiting: 1 s', '  waiting: 0 s', '  waiting: 0 s', ''];
    expect(terminal.written).toEqual(shown.map((text) => `\r\x1b[K${text}`));
  });

  it('never wraps', () => {
    const terminal = screen(true, 10);
    createStatusLine(terminal).show('0123456789');
    expect(terminal.written).toEqual(['\r\x1b[K012345678']);
  });
});

describe('lines elsewhere', () => {
  it('are one for each wait', () => {
    const file = screen(false);
    const line = createStatusLine(file);
    const until = Date.now() + 60_000;
    for (const what of ['one', 'one', 'other', 'one']) {
      line.showWait(what, until);
      vi.advanceTimersByTime(1000);
    }
    line.clear();
    expect(file.written).toEqual(['  one: 60 s\n', '  other: 58 s\n', '  one: 57 s\n']);
  });
});

describe('progress', () => {
  it('tells how far it got, or what it waits for: the answer that is due first, or the keep-alive', async () => {
    const file = screen(false);
    const counts = { sent: 0, text: '0 sent' };
    const progress = createProgress(createStatusLine(file), () => counts);
    let answer = () => {};
    const answered = progress.answer(15_000, new Promise<void>((resolve) => (answer = resolve)));
    vi.advanceTimersByTime(3000);
    expect(file.written.splice(0)).toEqual(['  waiting for an answer: 14 s\n']);
    Object.assign(counts, { sent: 1, text: '1 sent' });
    vi.advanceTimersByTime(1000);
    expect(file.written.splice(0)).toEqual(['  1 sent\n']);
    answer();
    await answered;

    void progress.pause(9000);
    void progress.pause(5000);
    vi.advanceTimersByTime(2000);
    expect(file.written.splice(0)).toEqual(['  waiting for the next keep-alive: 4 s\n']);
    progress.stop();
    vi.advanceTimersByTime(5000);
    expect(file.written).toEqual([]);
  });
});
