import { describe, expect, it } from 'vitest';
import { rankOf } from '../../../lib/state/rank.ts';
import type { Sighting } from '../../../lib/state/sighting.ts';

const AT = 1_700_000_000_000;

describe('rank', () => {
  const sighting = (
    level: Sighting['level'],
    at = AT,
    state: Omit<Sighting['state'], 'phase'> = { status: 'X' },
  ): Sighting => ({
    kind: 'stream',
    id: 'm',
    client: {},
    at,
    level,
    state: { phase: 'live', ...state },
    attributes: {},
  });

  it('sorts by level first', () => {
    for (const lower of [0, 1, 2, 3, 4, 5] as const) {
      expect(
        rankOf(sighting(lower, lower === 4 ? 9e12 : 1)) <
          rankOf(sighting((lower + 1) as Sighting['level'], lower === 3 ? 1 : 9e12)),
      ).toBe(true);
    }
  });

  it('inside a level prefers the first, in live the latest', () => {
    for (const one of [0, 1, 2, 3, 5, 6] as const)
      expect(rankOf(sighting(one, AT)) > rankOf(sighting(one, AT + 1))).toBe(true);
    expect(rankOf(sighting(4, AT)) < rankOf(sighting(4, AT + 1))).toBe(true);
  });

  it('breaks a tie by what was said, whatever the order of its fields', () => {
    expect(rankOf(sighting(4, AT, { status: 'A' }))).not.toBe(rankOf(sighting(4, AT, { status: 'B' })));
    expect(rankOf(sighting(4, AT, { status: 'A', width: 1 }))).toBe(rankOf(sighting(4, AT, { width: 1, status: 'A' })));
  });

  it('is ASCII and of one length', () => {
    for (const state of [{}, { status: '\u{1f600}' }]) {
      for (const at of [0, 1, AT, 9_999_999_999_999])
        expect(rankOf(sighting(4, at, state))).toMatch(/^\d#\d{13}#[0-9a-f]{8}$/);
    }
  });
});
