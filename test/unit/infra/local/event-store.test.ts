import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { KEPT_MS, openEvents, type CapturedEvent } from '../../../../infra/local/event-store.ts';

const captured = (id: string, at = 0): CapturedEvent => ({
  id,
  subject: `stream ${id}`,
  at,
  event: { id, 'detail-type': 'Stream State Change', time: '2026-11-25T10:00:00Z', detail: { event: 'live', id } },
});

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'wcs-hooks-events-')), 'events.sqlite');
});
const idsOf = (events: readonly { id: string }[]) => events.map(({ id }) => id);

describe('the kept events', () => {
  it('are each there once, in the order in which they came, also for another process', () => {
    const events = openEvents(file);
    events.add([captured('b'), captured('a')], false);
    events.add([captured('b'), captured('c')], true);
    const reader = openEvents(file, { readOnly: true });
    expect(reader.after(0, 10)).toEqual([
      { ...captured('b'), position: 1, waits: 0 },
      expect.objectContaining({ id: 'a' }),
      expect.objectContaining({ id: 'c', waits: 1 }),
    ]);
    expect(idsOf(reader.after(reader.after(0, 1)[0]?.position ?? 0, 10))).toEqual(['a', 'c']);
    expect(() => reader.add([captured('d')], false)).toThrow('readonly');
    reader.close();
    events.close();
  });

  it('are all there or none of them', () => {
    const events = openEvents(file);
    const bad = { ...captured('bad'), subject: null as unknown as string };
    events.add([captured('a')], false);
    // IGNORE leaves a row without a subject out; a value that SQLite has not is an error.
    expect(() => events.add([captured('b'), { ...bad, at: {} as number }], false)).toThrow();
    expect(idsOf(events.after(0, 10))).toEqual(['a']);
    events.add([captured('b')], false);
    expect(idsOf(events.after(0, 10))).toEqual(['a', 'b']);
  });

  it('wait where they are to be sent, until they are settled', () => {
    const events = openEvents(file);
    events.add([captured('a')], false);
    events.add([captured('b'), captured('c')], true);
    const waiting = events.waiting(0, 10);
    expect(waiting.map(({ subject }) => subject)).toEqual(['stream b', 'stream c']);
    events.settle(waiting[0]?.position ?? 0);
    events.close();
    expect(openEvents(file).waiting(0, 10)).toEqual(waiting.slice(1));
  });

  it('are shown from a time on', () => {
    const events = openEvents(file);
    events.add([captured('a', 1000), captured('b', 2000)], false);
    expect(idsOf(events.after(0, 10, 2000))).toEqual(['b']);
  });

  it('are removed after a day, with a word of those that wait, and beyond the most that are kept, but for those that wait', () => {
    const events = openEvents(file);
    events.add([captured('old', 1), captured('older', 0)], true);
    events.add([captured('sent', 2), captured('sent before', 0)], false);
    expect(events.prune(KEPT_MS + 1)).toBe(1);
    expect(idsOf(events.after(0, 10))).toEqual(['old', 'sent']);
    events.add([captured('a', 3), captured('b', 3)], false);
    expect(events.prune(4, 2)).toBe(0);
    expect(idsOf(events.after(0, 10))).toEqual(['old', 'a', 'b']);
    expect(events.at(2)).toBeUndefined();
  });
});
