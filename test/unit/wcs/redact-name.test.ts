import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { redactName } from '../../../lib/wcs/redact-name.ts';

describe('the name of a stream', () => {
  it.each([
    // A camera of the field, and what else its URI may look like.
    [
      'rtsp://operator:s3cr%40t@192.0.2.55:554/cam/realmonitor?channel=1&subtype=0',
      'rtsp://192.0.2.55:554/cam/realmonitor?channel=1&subtype=0',
    ],
    ['rtsp://user@host/x', 'rtsp://host/x'],
    ['rtsp://:pw@host/x', 'rtsp://host/x'],
    ['RTSP://u:p@HOST/x', 'RTSP://HOST/x'],
    [' rtsp://u:p@host/x', ' rtsp://host/x'],
    ['rtsp:/u:p@host/x', 'rtsp:/host/x'],
    ['rtsp:\\\\u:p@host/x', 'rtsp:\\\\host/x'],
    ['//u:p@host/x', '//host/x'],
    ['u:p@192.0.2.55/x', '192.0.2.55/x'],
    ['u%3Ap@192.0.2.55/x', '192.0.2.55/x'],
    ['u:p%40192.0.2.55/x', '192.0.2.55/x'],
    ['sipx:u@192.0.2.55', '192.0.2.55'],
    ['rtsp://u:p@ss@host/x', 'rtsp://host/x'],
    ['rtsp://u:p@[2001:db8::1]:554/x', 'rtsp://[2001:db8::1]:554/x'],
    ['rtsp://proxy/http://u:p@host/x', 'rtsp://proxy/http://host/x'],
    ['rtsp%3A%2F%2Fu%3Ap%40host%2Fx%3Fchannel%3D1%26password%3Dp', 'rtsp%3A%2F%2Fhost%2Fx%3Fchannel%3D1'],
    ['rtsp://wcs:554/rtsp%3A%2F%2Fu%3Aa%252Fb%40host%2Fx', 'rtsp://wcs:554/rtsp%3A%2F%2Fhost%2Fx'],
    ['rtsp%253A%252F%252Fu%253Ap%2540host%252Fx', 'rtsp%253A%252F%252Fhost%252Fx'],
    // Parameters that carry secrets, wherever they are.
    ['rtsp://host/x?user=admin&password=p&channel=1', 'rtsp://host/x?channel=1'],
    ['rtsp://host/x?channel=1&Password=p', 'rtsp://host/x?channel=1'],
    ['rtsp://host/x?%70assword=p&channel=1', 'rtsp://host/x?channel=1'],
    ['rtsp://host/x?password=p', 'rtsp://host/x'],
    ['rtsp://host/x?password=a;b?c#d&channel=1', 'rtsp://host/x?channel=1'],
    ['rtsp://host/x?access_token=t&X-Amz-Signature=s&aclAuth=a&wsSecret=w&channel=1', 'rtsp://host/x?channel=1'],
    ['rtsp://host/x?api_key=k&Auth-Key=a&Pass%20word=p&channel=1', 'rtsp://host/x?channel=1'],
    ['rtsp://host/x?whatever=eyJhbGciOi.eyJzdWIi.c2ln&channel=1', 'rtsp://host/x?channel=1'],
    ['rtsp://host/x#token=t', 'rtsp://host/x'],
    ['rtsp://host/x;password=p/trackID=1', 'rtsp://host/x/trackID=1'],
    ['rtsp://host;password=p', 'rtsp://host'],
    ['rtsp://host/live/token=t/x', 'rtsp://host/live/x'],
    ['rtsp://host/live/eyJhbGciOi.eyJzdWIi.c2ln/x', 'rtsp://host/live/x'],
    [
      'rtsp://host/user=u&password=p&channel=1&stream=0.sdp?real_stream',
      'rtsp://host/channel=1&stream=0.sdp?real_stream',
    ],
    ['rtsp://host/user=u_password=p_channel=1_stream=0.sdp', 'rtsp://host/channel=1_stream=0.sdp'],
    ['srt://host:9000?passphrase=p&streamid=1', 'srt://host:9000?streamid=1'],
    // The key of an RTMP encoder.
    ['user7?SECRETKEY', 'user7'],
    ['user7?key=k&x=1', 'user7'],
    ['?SECRETKEY', ''],
    // A URI behind the key's ? is part of the key.
    ['user7?http://host/SECRET', 'user7'],
    ['?SECRET//host', ''],
    ['?rtsp://host/SECRET', ''],
    ['rtmp://host/app/user7?SECRETKEY', 'rtmp://host/app/user7'],
  ])('%s is %s', (name, shown) => expect(redactName(name)).toBe(shown));

  it.each([
    'b4e7',
    'room#1',
    'alice@example.com',
    ...['sip:alice@example.com', ' sips:alice@example.com', 'tel:1@example.com', 'im:a@b', 'pres:a@b', 'xmpp:a@b'],
    ...['MAILTO:a@b', 'room/u:p@host'],
    'vod://alice@work.mp4',
    'C:/alice@work.mp4',
    'token=1',
    'rtsp://host:554/Streaming/Channels/101?transportmode=unicast&profile=Profile_1',
    'rtsp://host/live/alice@example.com',
    'rtsp://host/x?real_stream',
    'rtsp://?channel=1',
    'rtsp://host/x?keyframe=1&passage=2&author=3&userid=4&tokens=5',
    'rtsp%3A%2F%2Fhost%2Fx%3Fchannel%3D1',
  ])('%s is its own', (name) => expect(redactName(name)).toBe(name));

  it('of a URI whose host is not clear is marked, so that no list takes it for a host that it names', () => {
    for (const unclear of [
      'evil\\@allowed',
      'evil:a/b@allowed',
      'evil:a?b@allowed',
      'evil:a#b@allowed',
      'evil%40allowed',
    ]) {
      expect(redactName(`rtsp://${unclear}/x`)).toBe('rtsp://@allowed/x');
    }
  });

  it('of one who writes a user part longer than any name has nothing of it', () => {
    const name = redactName(`rtsp://admin:${'SECRET'.repeat(40_000)}@host/x`);
    expect(name).toBe('rtsp://@');
  });
});

/** What names are made of that are hard to read. */
const PIECES = (
  'rtsp rtmp vod ab : / // :// \\ @ ? # & ; = _ - . [ ] % 25 %3A %2F %40 %3F %26 %3B %3D %253A %252F %2540 ' +
  'user password token= password= channel= _channel= stream x 1 eyJa.b.c vod:// \ud83d'
).split(' ');
const hostile = fc.array(fc.constantFrom(' ', ...PIECES), { maxLength: 16 }).map((pieces) => pieces.join(''));

const HOST = fc.constantFrom('192.0.2.55', 'cam.example.com:554', '[2001:db8::1]:554', 'camera');
const SCHEME = fc.constantFrom('rtsp', 'RTSP', 'rtmps', 'http', 'srt');
/** As a careless client writes it: nothing is encoded. With an `@` before a `/` it could be a host, too. */
const careless = fc
  .array(fc.constantFrom('@', ':', '/', '?', '#', '&', ';', '=', '%', '+', '\\', ' ', 'p'), { maxLength: 8 })
  .map((pieces) => `SE${pieces.join('')}CRET`)
  .filter((password) => !/@[^@/?#]+[/?#]/.test(password));
const PLAIN = fc.constantFrom('channel', 'subtype', 'profile', 'stream', 'x', 'id', 'unit');

describe('whatever the name,', () => {
  test.prop([hostile])('that of the name that is shown is the same', (name) => {
    expect(redactName(redactName(name))).toBe(redactName(name));
  });

  test.prop([SCHEME, careless, HOST])('nothing of a user part is in it', (scheme, password, host) => {
    const shown = redactName(`${scheme}://SECRET:${password}@${host}/x?channel=1`);
    expect(shown).not.toMatch(/SE|CRET/);
    expect(shown).toContain(`${host}/x`);
  });

  test.prop([SCHEME, HOST, fc.stringMatching(/^[\w.~-]{1,20}$/), fc.nat({ max: 4 })])(
    'it is the same with any credentials, however often its URI is encoded',
    (scheme, host, secret, level) => {
      const encoded = (text: string) => Array.from({ length: level }).reduce<string>(encodeURIComponent, text);
      const uri = (userPart: string, query: string) => encoded(`${scheme}://${userPart}${host}/x${query}`);
      expect(redactName(uri(`u:${secret}@`, `?password=${secret}&channel=1`))).toBe(uri('', '?channel=1'));
    },
  );

  test.prop([SCHEME, HOST, fc.array(fc.tuple(PLAIN, fc.stringMatching(/^[\w.~-]{0,8}$/)), { maxLength: 4 }), careless])(
    'what is no secret stays, so that two streams stay two',
    (scheme, host, parameters, secret) => {
      const query = parameters.map(([name, value]) => `${name}=${value}`).join('&');
      const uri = `${scheme}://${host}/x${query && `?${query}`}`;
      expect(redactName(uri)).toBe(uri);
      const password = encodeURIComponent(secret);
      const withSecret = `${scheme}://u:${password}@${host}/x?${query && `${query}&`}password=${password}`;
      expect(redactName(withSecret)).toBe(uri);
    },
  );
});

describe('the work for a name', () => {
  it('is linear: the longest that a hook can hold costs no more than others', () => {
    const times = PIECES.flatMap((piece) =>
      ['', 'rtsp://', 'ab:'].map((start) => {
        const name = `${start}${piece.repeat(262_144 / piece.length)}\u0001`;
        const begun = process.cpuUsage();
        redactName(name);
        return process.cpuUsage(begun).user / 1000;
      }),
    );
    // A quadratic expression takes ten seconds and more.
    expect(Math.max(...times)).toBeLessThan(1500);
  });
});
