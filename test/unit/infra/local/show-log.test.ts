import { describe, expect, it } from 'vitest';
import { showLog, type Stdout } from '../../../../infra/local/show-log.ts';
import { streamStatusLine } from '../../../support/log-lines.ts';

const LINE = `${JSON.stringify(streamStatusLine)}\n`;

function shownOn(isTTY: boolean) {
  const shown: (string | Uint8Array)[] = [];
  const kept: string[] = [];
  const stdout: Stdout = { isTTY, write: (chunk) => shown.push(chunk) > 0 };
  showLog(
    stdout,
    (line) => kept.push(line),
    (_, text) => text,
  );
  return { stdout, shown, kept };
}

describe('the log', () => {
  it('is short on a terminal, and kept as it is', () => {
    const { stdout, shown, kept } = shownOn(true);
    stdout.write(LINE);
    expect(shown).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d StreamStatusEvent PUBLISHING b4e7 applied 29 ms\n$/),
    ]);
    expect(kept).toEqual([LINE]);
  });

  it('stays JSON where no person reads it', () => {
    const { stdout, shown, kept } = shownOn(false);
    stdout.write(LINE);
    expect([shown, kept]).toEqual([[LINE], [LINE]]);
  });

  it('leaves alone what is not a log line', () => {
    const { stdout, shown, kept } = shownOn(true);
    const others = ['ready http://127.0.0.1:3000\n', '{"time":"half', new Uint8Array([1])];
    for (const other of others) stdout.write(other);
    expect([shown, kept]).toEqual([others, []]);
  });

  it('does not show a sweep that found nothing, but keeps it', () => {
    const { stdout, shown, kept } = shownOn(true);
    const sweep = `${JSON.stringify({ time: streamStatusLine.time, level: 'INFO', message: 'sweep', lost: 0 })}\n`;
    expect(stdout.write(sweep)).toBe(true);
    expect([shown, kept]).toEqual([[], [sweep]]);
  });
});
