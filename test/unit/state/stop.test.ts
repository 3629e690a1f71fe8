import { expect, it } from 'vitest';
import { bansOf } from '../../../lib/state/bans.ts';
import { whyStop } from '../../../lib/state/stop.ts';

const AT = Date.parse('2026-01-01T00:10:00.000Z');
const before = (ms: number) => new Date(AT - ms).toISOString();
const RULES = { stopsStreams: true, maxDurationSeconds: 60 };

it('nothing is stopped while streams are not to be stopped, whatever the row says', () => {
  const row = { stop: true, stopAt: before(1), startedAt: before(1e6) };
  expect(whyStop(row, AT, { ...RULES, stopsStreams: false })).toBeUndefined();
});

it("the operator's stop comes first, then stopAt, then the maximum duration", () => {
  const row = { stop: true, stopAt: before(0), startedAt: before(60_000) };
  expect(whyStop(row, AT, RULES)).toBe('stop');
  expect(whyStop({ ...row, stop: false }, AT, RULES)).toBe('stopAt');
  expect(whyStop({ startedAt: row.startedAt }, AT, RULES)).toBe('maximum duration');
  expect(whyStop({}, AT, RULES)).toBeUndefined();
});

it('a ban stops who it names while it holds, after the operator’s stop and before stopAt', () => {
  const bans = bansOf([{ key: 'name:room-1', until: AT / 1000 + 1 }]);
  const row = { name: 'room-1', stopAt: before(0) };
  expect(whyStop({ ...row, stop: true }, AT, RULES, bans)).toBe('stop');
  expect(whyStop(row, AT, RULES, bans)).toBe('ban');
  expect(whyStop({ ...row, name: 'room-2' }, AT, RULES, bans)).toBe('stopAt');
  expect(whyStop(row, AT + 1000, RULES, bans)).toBe('stopAt');
  expect(whyStop(row, AT, { ...RULES, stopsStreams: false }, bans)).toBeUndefined();
});

it('a stream is stopped from the very millisecond on, and not one before', () => {
  expect(whyStop({ stopAt: before(-1) }, AT, RULES)).toBeUndefined();
  expect(whyStop({ stopAt: before(0) }, AT, RULES)).toBe('stopAt');
  expect(whyStop({ startedAt: before(59_999) }, AT, RULES)).toBeUndefined();
  expect(whyStop({ startedAt: before(60_000) }, AT, RULES)).toBe('maximum duration');
});

it('a stream without a maximum duration, or with a stopAt that is not a time, continues', () => {
  expect(whyStop({ startedAt: before(1e12) }, AT, { ...RULES, maxDurationSeconds: undefined })).toBeUndefined();
  expect(whyStop({ stopAt: 'tomorrow' }, AT, RULES)).toBeUndefined();
});
