import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { cut, storable } from '../../../lib/state/storable.ts';

describe('storable', () => {
  it('leaves out what DynamoDB does not hold, and what WCS means by nothing', () => {
    for (const value of [
      '',
      0,
      -0,
      null,
      undefined,
      NaN,
      Infinity,
      -Infinity,
      5e-324,
      1e-131,
      1e126,
      -1e126,
      {},
      [],
      1n,
    ]) {
      expect(storable(value)).toBeUndefined();
    }
  });

  it('keeps the rest as it is', () => {
    for (const value of ['a', ' ', 1, -1, 1.5, 1e-130, 9.99e125, 1_664_260_776_957, true, false]) {
      expect(storable(value)).toBe(value);
    }
  });

  it('cuts a string at 256 bytes', () => {
    expect(storable('ä'.repeat(200))).toBe('ä'.repeat(128));
  });

  it('makes lone surrogates well-formed', () => {
    expect(storable('a\ud800b')).toBe('a\ufffdb');
    expect(storable('\udc00')).toBe('\ufffd');
  });
});

describe('cut', () => {
  it('cuts at a code point', () => {
    expect(cut('x'.repeat(2048), 2048)).toBe('x'.repeat(2048));
    expect(cut('x'.repeat(2049), 2048)).toBe('x'.repeat(2048));
    expect(cut(`x${'\u{1f600}'.repeat(600)}`, 2048)).toBe(`x${'\u{1f600}'.repeat(511)}`);
    expect(cut(`xx${'ä'.repeat(2000)}`, 2048)).toBe(`xx${'ä'.repeat(1023)}`);
    expect(cut(`x${'ä'.repeat(2000)}`, 2048)).toBe(`x${'ä'.repeat(1023)}`);
  });

  test.prop([fc.string({ unit: 'binary', maxLength: 3000 })], { numRuns: 2000 })(
    'gives a well-formed beginning of the text that fits an index key',
    (text) => {
      const result = cut(text, 2048);
      expect(result.isWellFormed()).toBe(true);
      expect(Buffer.byteLength(result)).toBeLessThanOrEqual(2048);
      expect(text.toWellFormed().startsWith(result)).toBe(true);
      if (Buffer.byteLength(text) <= 2048) expect(result).toBe(text.toWellFormed());
      else expect(Buffer.byteLength(result)).toBeGreaterThan(2048 - 4);
    },
  );
});
