import { describe, expect, it } from 'vitest';
import { readSince } from '../../../../infra/cli/since.ts';

const NOW = Date.parse('2026-11-25T10:00:00.000Z');
const at = (text: string) => new Date(readSince(text, NOW)).toISOString();

describe('--since', () => {
  it('is a distance from now', () => {
    expect(['90s', '5m', '5min', '1h', '2d'].map(at)).toEqual([
      '2026-11-25T09:58:30.000Z',
      '2026-11-25T09:55:00.000Z',
      '2026-11-25T09:55:00.000Z',
      '2026-11-25T09:00:00.000Z',
      '2026-11-23T10:00:00.000Z',
    ]);
  });

  it('is a time', () => {
    expect(at('2026-11-24T10:25:19.123Z')).toBe('2026-11-24T10:25:19.123Z');
    expect(at('2026-11-24')).toBe('2026-11-24T00:00:00.000Z');
    expect(at('2026-11-25T12:00+02:30')).toBe('2026-11-25T09:30:00.000Z');
  });

  it('has its zone, whatever that of the machine, and is in the calendar', () => {
    for (const text of ['2026-11-24T10:00', '2026-11-24 10:00', '2026-11-24T10:00z', '2026-02-30', '2026-02-30T10:00Z'])
      expect(() => readSince(text, NOW), text).toThrow('expected 30m, 1h, 2d, or a time such as 2026-11-25T10:00Z');
  });

  it('is nothing else', () => {
    for (const text of ['', '1', 'h', '-1h', '1w', '1.5h', '1e3s', 'yesterday', '2026', '2026-13-01', '1h ago'])
      expect(() => readSince(text, NOW), text).toThrow('expected 30m, 1h, 2d, or a time');
    expect(() => readSince('2026-11-25T10:00:01Z', NOW)).toThrow('in the future');
  });
});
