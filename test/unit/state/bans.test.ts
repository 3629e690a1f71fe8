import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { banKey, banOn, bansOf, isOver, readBanKey, readDuration, userByConnection } from '../../../lib/state/bans.ts';

const AT = 1_700_000_000_000;
const bans = bansOf([
  { key: 'sub:alice', until: 1_700_000_001, reason: 'spam' },
  { key: 'name:room-1' },
  { key: 'session:s' },
]);

describe('a ban', () => {
  it.each([
    [{ sub: 'alice' }, 'sub:alice'],
    [{ name: 'room-1' }, 'name:room-1'],
    [{ sessionId: 's' }, 'session:s'],
    [{ sub: 'bob', name: 'room-1', sessionId: 's' }, 'name:room-1'],
    [{ sub: 'Alice' }, undefined],
    [{ sub: 'alice ' }, undefined],
    [{ name: 'alice', sessionId: 'alice' }, undefined],
    [{ name: 'room-11' }, undefined],
    [{ sub: undefined, name: undefined }, undefined],
    [{}, undefined],
  ])('on %j is %s', (who, key) => {
    expect(banOn(bans, who, AT)?.key).toBe(key);
  });

  it('is over by its time, whenever DynamoDB removes it', () => {
    expect(banOn(bans, { sub: 'alice' }, 1_700_000_000_999)).toBeDefined();
    expect(banOn(bans, { sub: 'alice' }, 1_700_000_001_000)).toBeUndefined();
    expect(isOver({ key: 'name:room-1' }, Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  it('of somebody that is over hides none of something else', () => {
    expect(banOn(bans, { sub: 'alice', name: 'room-1' }, AT + 5000)?.key).toBe('name:room-1');
  });

  it('of a word that somebody wrote there is on nobody', () => {
    expect(banOn(bansOf([{ key: 'sub:undefined' }, { key: 'name:undefined' }]), {}, AT)).toBeUndefined();
  });

  it('knows whether it is of users, as a hook may not say whose it is', () => {
    expect(bansOf([{ key: 'name:x' }, { key: 'sub:alice' }]).hasUsers).toBe(true);
    expect(bansOf([{ key: 'name:sub:x' }]).hasUsers).toBe(false);
  });
});

describe('the user of a stream', () => {
  const stream = { nodeId: 'n', appKey: 'a', sessionId: 's' };
  it.each([
    [{ ...stream, sub: 'alice', phase: 'connected' }, 'alice'],
    [{ sub: 'alice' }, 'alice'],
    [{ ...stream, sub: 'alice', phase: 'ended' }, undefined],
    [{ ...stream, sub: 'alice', nodeId: 'another' }, undefined],
    [{ ...stream, sub: 'alice', appKey: 'another' }, undefined],
    [{ ...stream, nodeId: 'another', rivals: JSON.stringify([{ ...stream, sub: 'alice' }]) }, 'alice'],
    [{}, undefined],
  ] as const)('whose connection is %j is %s', (session, sub) => {
    expect(userByConnection(stream, session)).toBe(sub);
  });
});

describe('the key of a ban', () => {
  it('has a name and an id as rows have them', () => {
    expect(banKey('name', 'rtsp://user:password@cam/1')).toBe('name:rtsp://cam/1');
    expect(banKey('session', '/10.0.0.1:5000/10.0.0.2:8443')).toBe('session:/10.0.0.1:5000/10.0.0.2:8443');
    expect(readBanKey('sub:a:b')).toBe('sub:a:b');
    expect(readBanKey('session:rtsp://user:password@cam/1')).toBe('session:rtsp://cam/1');
    expect(readBanKey('sub:a\ud800')).toBe('sub:a\ufffd');
    // A user is a word of tokens: nothing of it is a secret.
    expect(readBanKey('sub:rtsp://user:password@cam/1')).toBe('sub:rtsp://user:password@cam/1');
    expect(readBanKey(`sub:${'ä'.repeat(1022)}`)).toHaveLength(4 + 1022);
  });

  it.each([
    ['key does not start with sub:, name:, session:', ['alice', 'user:alice', 'Sub:alice', 'sub', '']],
    ['sub is empty: expected whom to ban', ['sub:']],
    ['name is empty: expected whom to ban', ['name:']],
    ['sub has more than 2044 bytes', [`sub:${'ä'.repeat(1022)}x`]],
    ['name has more than 2043 bytes', [`name:${'x'.repeat(2044)}`]],
  ])('is none where %s', (problem, keys) => {
    for (const key of keys) {
      expect(() => readBanKey(key)).toThrow(problem);
      expect(() => readBanKey(key)).toThrow(RangeError);
    }
  });

  test.prop([fc.constantFrom('sub', 'name', 'session'), fc.string({ unit: 'binary', maxLength: 20 })])(
    'is read as it was made',
    (kind, who) => {
      let key: string;
      try {
        key = banKey(kind, who);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        return;
      }
      expect(readBanKey(key)).toBe(key);
      expect(key.isWellFormed()).toBe(true);
    },
  );
});

describe('a duration', () => {
  it.each([
    ['90s', 90],
    ['15m', 900],
    ['1h', 3600],
    ['7d', 604_800],
    ['36500d', 3_153_600_000],
  ])('%s is %i seconds', (text, seconds) => {
    expect(readDuration(text)).toBe(seconds);
  });

  it.each([
    [''],
    ['1'],
    ['0s'],
    ['1.5h'],
    ['-1h'],
    ['1H'],
    ['1 h'],
    ['1w'],
    ['1000000s'],
    ['36501d'],
    ['x1s'],
    ['1sx'],
  ])('is not %j', (text) => {
    expect(() => readDuration(text)).toThrow('for is not a duration: expected a number and s, m, h or d, such as 1h');
  });
});
