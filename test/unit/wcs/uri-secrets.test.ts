import { describe, expect, it } from 'vitest';
import { withoutUriSecrets } from '../../../lib/wcs/uri-secrets.ts';

describe('a text without the secrets of its URIs', () => {
  it.each([
    // The user part ends at the last `@` from which on there is a host.
    ['rtsp://u:p@host/live/alice@work', 'rtsp://host/live/alice@work'],
    ['rtsp://u:SE@/CRET@host/x', 'rtsp://@host/x'],
    ['rtsp://u:p@/x', 'rtsp://@/x'],
    ['rtsp://user:password@/x', 'rtsp://@/x'],
    ['rtsp://u:p@%2Fx', 'rtsp://@%2Fx'],
    ['rtsp://host%3A55x/SECRET@host', 'rtsp://@host'],
    [`rtsp://${'a'.repeat(301)}/SECRET@host`, 'rtsp://@host'],
    // A file has no user, unless it has a password.
    ['vod://u%3ASECRET@work.mp4', 'vod://work.mp4'],
    ['rtsp://?password=p', 'rtsp://'],
    ['rtsp://host/x;password=a;b/trackID=1', 'rtsp://host/x/trackID=1'],
    ['rtsp%3A%2F%2Fhost%2Fx%3Bpassword%3Da%3Bb%2FtrackID%3D1', 'rtsp%3A%2F%2Fhost%2Fx%2FtrackID%3D1'],
    // What is left must not begin another URI.
    ['rtsp://host/ab:/token=t/b', 'rtsp://host/ab:/-/b'],
    ['a%2Frtmp://host/app/x?KEY', 'a%2Frtmp://host/app/x'],
    ['77rtmp://host/app/x?KEY', '77rtmp://host/app/x'],
  ])('%s: %s', (text, shown) => expect(withoutUriSecrets(text)).toBe(shown));

  it.each([
    'alice@work rtsp://host/x',
    'alice@work rtsp://a:b:c/x',
    // Of a host that is not clear the mark stays.
    ...['rtsp://@/x@y', 'rtsp://@host/x', 'rtsp://@[::1]:554/x@y'],
    // Another's query, as a part of a path.
    'rtsp://host/a%3Fpassword%3Dx',
    'xrtmp://host/app/user7?channel',
    'rtsp://?channel=1',
    'rtmp://host/app/user7?',
    `rtsp://${'a'.repeat(300)}/alice@work`,
  ])('%s is its own', (text) => expect(withoutUriSecrets(text)).toBe(text));

  it('is whole up to 16,384 characters; what is left out behind them may be the end of a user part', () => {
    const whole = `rtsp://${'x'.repeat(16_384 - 7)}`;
    expect(withoutUriSecrets(whole)).toBe(whole);
    expect(withoutUriSecrets(`${whole}x`)).toBe('rtsp://@');
    // Without a URI there is nothing to leave out.
    expect(withoutUriSecrets('x'.repeat(20_000))).toBe('x'.repeat(20_000));
  });
});
