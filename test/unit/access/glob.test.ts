import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { matchesGlob, namesStream } from '../../../lib/access/glob.ts';

describe('a glob', () => {
  it.each([
    ['room-1', 'room-1', true],
    ['room-1', 'room-2', false],
    ['room-1', 'room-*', true],
    ['room-', 'room-*', true],
    ['Room-1', 'room-*', false],
    ['my-room-1', 'room-*', false],
    ['anything at all', '*', true],
    ['', '*', true],
    ['', '', true],
    ['a', '', false],
    ['ab', 'a*b', true],
    ['a-b', 'a*b', true],
    ['aXbX', 'a*b', false],
    ['a', 'a*a', false],
    ['aa', 'a*a', true],
    ['a1b2c', 'a*b*c', true],
    ['acb', 'a*b*c', false],
    ['abab', '*ab', true],
    ['ab', 'a*b*b', false],
    ['abb', 'a*b*b', true],
    ['rtsp://host:554/room/1', 'rtsp://host:554/room/*', true],
    ['roomX1', 'room.1', false],
    ['room1', 'room[0-9]', false],
    ['room1', 'room\\d', false],
    ['room', 'room?', false],
    ['a', '(a|b)', false],
    ['ab', '^ab$', false],
    ['a*b', 'a*b', true],
    // A Cyrillic a, a wide a, a with a combining mark instead of one character.
    ['\u0430dmin', 'admin', false],
    ['\uff41dmin', 'admin', false],
    ['caf\u00e9', 'cafe\u0301', false],
    ['\u{1f600}', '*\ude00', true],
  ])('%j by %j: %s', (name, glob, matches) => {
    expect(matchesGlob(name, glob)).toBe(matches);
  });

  /** The same, by another way that is slow but plain. */
  function matchesPlainly(name: string, glob: string): boolean {
    if (glob === '') return name === '';
    if (glob[0] !== '*') return name[0] === glob[0] && name !== '' && matchesPlainly(name.slice(1), glob.slice(1));
    return matchesPlainly(name, glob.slice(1)) || (name !== '' && matchesPlainly(name.slice(1), glob));
  }
  const few = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 7 });

  test.prop([few, few], { numRuns: 20_000 })('means what its stars say', (name, glob) => {
    expect(matchesGlob(name, glob)).toBe(matchesPlainly(name, glob));
  });

  it('of 10,000 stars, or of many parts that almost match, is no work', () => {
    expect(matchesGlob('a'.repeat(2048), '*'.repeat(10_000))).toBe(true);
    expect(matchesGlob('a'.repeat(2048), `${'*a'.repeat(2049)}*`)).toBe(false);
    expect(matchesGlob('a'.repeat(2048), `${'a*'.repeat(1000)}b`)).toBe(false);
    expect(matchesGlob('a'.repeat(200_000), `*${'a'.repeat(1000)}b*`)).toBe(false);
  });
});

describe('a glob of streams', () => {
  it.each([
    ['room-1', 'room-*', true],
    ['rtsp://host:554/room-1', '*:554/room-1', true],
    // What a client can write anything into counts only where the glob speaks of it.
    ['rtsp://host/secret?x=:554/room-1', '*:554/room-1', false],
    ['rtsp://host/secret#x=:554/room-1', '*:554/room-1', false],
    ['rtsp://host/x?channel=1', '*channel=1', false],
    ['rtsp://host/x?channel=1', '*?channel=1', true],
    ['rtsp://host/x#t', '*#t', true],
    ['rtsp://host/x?channel=1', 'rtsp://host/x*', true],
    ['rtsp://host/x?channel=1', 'rtsp://host/x', false],
    // No URI: whatever is in it is its name.
    ['user7?http://host/x', 'user7*x', true],
  ])('is of %j: %j: %s', (name, glob, matches) => {
    expect(namesStream(glob, name)).toBe(matches);
  });
});
