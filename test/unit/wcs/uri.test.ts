import { describe, expect, it } from 'vitest';
import { delimiter, findUri, LEVELS } from '../../../lib/wcs/uri.ts';

describe('the first URI of a text', () => {
  it.each([
    ['rtsp://host/x', { scheme: 'rtsp', colonAt: 4, hostAt: 7, level: 0 }],
    ['rtsp:/host', { scheme: 'rtsp', colonAt: 4, hostAt: 6, level: 0 }],
    ['rtsp:\\/\\host', { scheme: 'rtsp', colonAt: 4, hostAt: 8, level: 0 }],
    ['//host', { scheme: '', colonAt: 0, hostAt: 2, level: 0 }],
    [' \t\\\\host', { scheme: '', colonAt: 0, hostAt: 4, level: 0 }],
    ['see My-App+1.x://host', { scheme: 'My-App+1.x', colonAt: 14, hostAt: 17, level: 0 }],
    ['77rtmp://host', { scheme: 'rtmp', colonAt: 6, hostAt: 9, level: 0 }],
    ['a%2Frtmp://host', { scheme: 'rtmp', colonAt: 8, hostAt: 11, level: 0 }],
    ['://host', { scheme: '', colonAt: 0, hostAt: 3, level: 0 }],
    [`${'x'.repeat(25)}://host`, { scheme: 'x'.repeat(20), colonAt: 25, hostAt: 28, level: 0 }],
    ['rtsp%3A%2F%2Fhost', { scheme: 'rtsp', colonAt: 4, hostAt: 13, level: 1 }],
    ['rtsp:%2F%2Fhost', { scheme: 'rtsp', colonAt: 4, hostAt: 11, level: 1 }],
    ['rtsp%253a%252f%255chost', { scheme: 'rtsp', colonAt: 4, hostAt: 19, level: 2 }],
    ['rtsp%2525253A%2525252Fhost', { scheme: 'rtsp', colonAt: 4, hostAt: 22, level: 4 }],
  ])('%s: %j', (text, uri) => expect(findUri(text, 0)).toEqual(uri));

  it.each(['', 'host', '/host', 'a//host', 'C:/x', 'c:\\x', 'see C:/x', 'rtsp:host', 'rtsp%252525253A%252525252Fhost'])(
    'is none in %j',
    (text) => expect(findUri(text, 0)).toBeUndefined(),
  );

  it('is looked for from a place on', () => {
    const text = 'rtsp://a/http://b';
    expect(findUri(text, 4)).toMatchObject({ scheme: 'rtsp', hostAt: 7 });
    expect(findUri(text, 7)).toEqual({ scheme: 'http', colonAt: 13, hostAt: 16, level: 0 });
    expect(findUri(text, 16)).toBeUndefined();
  });
});

it('a delimiter is plain, or encoded as often as its URI, in either case of its digits', () => {
  const patterns = delimiter('/?', '|_');
  expect(patterns).toHaveLength(LEVELS.length);
  const matching = (text: string) => LEVELS.filter((level) => patterns[level]?.test(text));
  for (const plain of ['/', '?', '_']) expect(matching(plain)).toEqual([0, 1, 2, 3, 4]);
  expect([matching('%2F'), matching('%3f')]).toEqual([[1], [1]]);
  expect([matching('%252f'), matching('%2525253F')]).toEqual([[2], [4]]);
  expect([matching('%26'), matching('2F'), matching('.')]).toEqual([[], [], []]);
});
