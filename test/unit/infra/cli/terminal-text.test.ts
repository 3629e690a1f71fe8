import { describe, expect, it } from 'vitest';
import { HELP } from '../../../../infra/cli/doctor/options.ts';
import { columnsOf, fold, shorten, widthOf } from '../../../../infra/cli/terminal-text.ts';

describe('text on a terminal', () => {
  it('is as wide as it is where it goes elsewhere, and never asks for less than a line can hold', () => {
    expect(columnsOf({ columns: 100 })).toBeUndefined();
    expect(columnsOf({ isTTY: true, columns: 100 })).toBe(100);
    expect(columnsOf({ isTTY: true, columns: 0 })).toBe(80);
    expect(columnsOf({ isTTY: true, columns: 3 })).toBe(40);
    expect(fold('a b c', undefined)).toBe('a b c');
  });

  it('is broken at spaces, and continues below its beginning', () => {
    expect(fold('one two three', 8)).toBe('one two\nthree');
    expect(fold('  --name NAME  every stream of it', 24)).toBe(
      '  --name NAME  every\n               stream of\n               it',
    );
    expect(fold('left out  check: not asked', 20)).toBe('left out  check: not\n          asked');
    expect(fold('    > do this now', 12)).toBe('    > do\n      this\n      now');
    expect(fold('a\n\nb', 10)).toBe('a\n\nb');
    const widest = Math.max(
      ...fold(HELP, 80)
        .split('\n')
        .map((line) => line.length),
    );
    expect(widest).toBeLessThanOrEqual(80);
  });

  it('keeps a word whole that is too long, to be copied', () => {
    expect(fold('see https://example.com/long/path now', 12)).toBe('see\nhttps://example.com/long/path\nnow');
  });

  it('loses its middle where it must be shorter, and counts what some terminals show wide as two', () => {
    expect(shorten('stream-0-6d8a3b0c', 9)).toBe('stre…3b0c');
    expect(shorten('short', 5)).toBe('short');
    expect(widthOf('広い文字')).toBe(8);
    for (const columns of [0, 1, 2, 5, 9])
      expect(widthOf(shorten('広い文字 and more', columns))).toBeLessThanOrEqual(Math.max(columns, 1));
  });
});
