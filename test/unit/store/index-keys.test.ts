import { describe, expect, it } from 'vitest';
import { inItsShards, keysOf, liveKeysOf, readAs, shardKeyOf, storedAs } from '../../../lib/store/index-keys.ts';

const ids = Array.from({ length: 200 }, (_, n) => `id-${n}`);

describe('the keys of an index', () => {
  it('are the value itself, and the shards behind it', () => {
    expect(keysOf('2026-11-25T10')).toEqual(['2026-11-25T10', '2026-11-25T10.1', '2026-11-25T10.2', '2026-11-25T10.3']);
    expect(liveKeysOf('stream')).toEqual([...keysOf('publishing'), ...keysOf('playing')]);
    expect(liveKeysOf('call')).toEqual([...keysOf('ringing'), ...keysOf('talking')]);
    expect(liveKeysOf('session')).toEqual([]);
  });

  it.each([1, 2, 3, 4])('of %i shards are all used, each by the ids that have it alone, and read back', (shards) => {
    for (const value of ['playing', 'talking', '2026-11-25T10']) {
      const used = ids.map((id) => shardKeyOf(value, id, shards));
      expect([...new Set(used)].sort()).toEqual(keysOf(value).slice(0, shards));
      expect(ids.map((id) => shardKeyOf(value, id, shards))).toEqual(used);
      for (const key of used) expect([readAs('live', key), readAs('closedIn', key)]).toEqual([value, value]);
    }
  });

  it('spread the fields that are keys, and no other', () => {
    const settings = { liveShards: 4 };
    const row = { live: 'playing', closedIn: '2026-11-25T10', closedAt: '2026-11-25T10:00:00.500Z', name: 'a.1' };
    const [id = ''] = ids.filter((one) => shardKeyOf('playing', one, 4) === 'playing.2');
    expect(inItsShards(row, id, settings)).toEqual({ ...row, live: 'playing.2', closedIn: '2026-11-25T10.2' });
    for (const [field, value] of Object.entries(row)) {
      const stored = storedAs(field, value, id, settings);
      expect(stored).toBe(inItsShards(row, id, settings)[field as 'name']);
      expect(readAs(field, String(stored))).toBe(value);
    }
    expect(inItsShards({ name: 'a' }, id, settings)).toEqual({ name: 'a' });
  });
});
