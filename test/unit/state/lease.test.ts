import { describe, expect, it } from 'vitest';
import { isHeardWithinLease, isLeaseFresh, whyLost } from '../../../lib/state/lease.ts';
import type { Row } from '../../../lib/state/row.ts';

const LEASE = { leaseSeconds: 120, maxAgeSeconds: 86_400 };
const SEEN = Date.parse('2026-01-01T00:00:00.000Z');
const live: Row = { phase: 'live', lastSeenAt: '2026-01-01T00:00:00.000Z' };

describe('a live stream', () => {
  it('that sends keep-alives is lost after its lease', () => {
    const row = { ...live, keepAlive: true };
    expect(whyLost(row, SEEN + 120_000, LEASE)).toBeUndefined();
    expect(whyLost(row, SEEN + 120_001, LEASE)).toBe('no keep-alive for 120 s');
  });

  it('that sends none is lost after the maximum age', () => {
    expect(whyLost(live, SEEN + 86_400_000, LEASE)).toBeUndefined();
    expect(whyLost(live, SEEN + 86_400_001, LEASE)).toBe('no hook for 86400 s');
  });
});

it('no other stream is lost', () => {
  for (const phase of ['seen', 'starting', 'denied', 'lost', 'ended']) {
    expect(whyLost({ ...live, phase }, SEEN + 1e12, LEASE)).toBeUndefined();
  }
  expect(whyLost({}, SEEN, LEASE)).toBeUndefined();
});

it('a lease is fresh while less than half of it is used', () => {
  expect(isLeaseFresh(live, SEEN + 59_999, LEASE)).toBe(true);
  expect(isLeaseFresh(live, SEEN + 60_000, LEASE)).toBe(false);
  expect(isLeaseFresh({}, SEEN, LEASE)).toBe(false);
});

it('a stream is heard within its lease up to its very end', () => {
  expect(isHeardWithinLease(live, SEEN + 120_000, LEASE)).toBe(true);
  expect(isHeardWithinLease(live, SEEN + 120_001, LEASE)).toBe(false);
  expect(isHeardWithinLease({}, SEEN, LEASE)).toBe(false);
});
