import { describe, expect, it } from 'vitest';
import { createOriginPolicy, problemOfOrigin } from '../../../lib/access/origin-policy.ts';

const policy = createOriginPolicy([
  'https://example.com',
  'https://app.test:8443',
  '*.example.org',
  'capacitor://localhost',
]);
const from = (origin: unknown) => policy.decide({ method: 'connect', body: { origin }, at: 0 }, { problem: 'none' });
const ANOTHER = { effect: 'deny', reason: 'another origin' };
const allDenied = (origins: string[]) => {
  for (const origin of origins) expect([origin, from(origin)]).toEqual([origin, ANOTHER]);
};
const allAllowed = (origins: string[]) => {
  for (const origin of origins) expect([origin, from(origin)]).toEqual([origin, { effect: 'allow' }]);
};

describe('policy origin', () => {
  it('takes a listed origin with its port, and no other port', () => {
    allAllowed(['https://example.com', 'https://app.test:8443', 'capacitor://localhost']);
    allDenied(['https://app.test', 'https://app.test:844', 'https://app.test:84430', 'https://example.com:8443']);
    // As no browser writes it.
    allDenied(['https://example.com:443', 'https://a.example.org:443']);
  });

  it('takes any depth of subdomains under *., on any port, over https only', () => {
    allAllowed(['https://a.example.org', 'https://a.b.c.d.e.example.org', 'https://x-1.a.example.org:65535']);
    allDenied(['https://example.org', 'https://aexample.org', 'https://a.example.org.evil.net']);
    allDenied(['http://a.example.org', 'wss://a.example.org', 'ftp://a.example.org', 'capacitor://a.example.org']);
    allDenied(['https://.example.org', 'https://a..example.org', 'https://a.example.org.', 'a.example.org']);
  });

  it('says of a client without an origin that it has none', () => {
    for (const origin of [undefined, null, '', 5, ['https://example.com']]) {
      expect(from(origin)).toEqual({ effect: 'deny', reason: 'no origin' });
    }
  });

  it('accepts no origin that is longer than 512 characters', () => {
    const ofLength = (length: number) => `https://${'a'.repeat(length - 'https://.example.org'.length)}.example.org`;
    expect(ofLength(512)).toHaveLength(512);
    expect(from(ofLength(512))).toEqual({ effect: 'allow' });
    expect(from(ofLength(513))).toEqual(ANOTHER);
  });

  it('decides connections by their origin and nothing else', () => {
    const { reads, ...rest } = createOriginPolicy([]);
    expect(rest).toMatchObject({ name: 'origin', decides: { connect: [] }, readsSession: 'never' });
    expect([reads('connect', 'origin'), reads('connect', 'custom')]).toEqual([true, false]);
  });
});

describe('an entry of ALLOWED_ORIGINS', () => {
  it.each([
    ...['https://example.com', 'http://localhost:8080', 'https://a.b.example.com:8443', 'http://[::1]:8080'],
    ...['capacitor://localhost', 'ionic://localhost:8100', 'my-app+1.x://a.b_c-d', 'app://[::1]:1', '*.example.com'],
    ...['*.a.b.example-1.com', '*.localhost.test'],
  ])('may be %s', (entry) => {
    expect(problemOfOrigin(entry)).toBeUndefined();
  });

  it.each([
    ...[
      'example.com',
      'https://example.com/',
      'https://example.com/path',
      'https://EXAMPLE.com',
      'https://*.example.com',
    ],
    ...['https://example.com:443', 'https://user@example.com', 'null', '', 'capacitor://', 'capacitor://localhost/'],
    ...['capacitor://local host', 'capacitor://localhost:0', 'capacitor://localhost:123456', 'capacitor://LOCALHOST'],
    ...['1app://localhost', 'app://localhost:1x', 'x capacitor://localhost', '*'],
  ])('is no %s', (entry) => {
    expect(problemOfOrigin(entry)).toMatch(/^expected an origin as browsers send it, such as https:\/\/example.com/);
  });

  it.each([
    '*.com',
    '*.',
    '*.example',
    '*.Example.com',
    '*.example.com:8443',
    '*.example.com/',
    '*..com',
    '*.*.com',
    '*.x*.a.com',
    'x*.a.b',
  ])('is no %s', (entry) => {
    expect(problemOfOrigin(entry)).toMatch(entry.startsWith('*.') ? /^expected \*\.example\.com, in/ : /^expected an/);
  });
});
