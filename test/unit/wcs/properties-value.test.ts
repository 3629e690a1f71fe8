import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { changesInProperties, propertiesWarnings } from '../../../lib/wcs/properties-value.ts';

/** The value as java.util.Properties.load reads it in a file that an editor wrote in UTF-8. */
function readByJava(secret: string): string {
  const file = Buffer.from(`rest_hook_secret_key=${secret}\n`).toString('latin1');
  const [, line = ''] = /^rest_hook_secret_key=[ \t\f]*((?:[^\\\r\n]|\\\r\n|\\[^])*)/.exec(file) ?? [];
  return line
    .replace(/\\(?:\r\n|[\r\n])[ \t\f]*/g, '')
    .replace(/\\(?:u([0-9a-f]{4})|([^]))/gi, (_, hex: string | undefined, other: string) =>
      hex ? String.fromCharCode(parseInt(hex, 16)) : (ESCAPED[other] ?? other),
    );
}
const ESCAPED: Record<string, string> = { t: '\t', n: '\n', r: '\r', f: '\f' };

/** Mostly what Java looks at. */
const secrets = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\\',
      'u',
      'n',
      '0',
      ' ',
      '\t',
      '\f',
      '\r',
      '\n',
      '#',
      '!',
      '=',
      ':',
      '"',
      '$',
      'é',
      'ÿ',
      '€',
      '\0',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  minLength: 1,
  maxLength: 8,
});

describe('a secret in flashphoner.properties', () => {
  test.prop([secrets], { numRuns: 5_000 })('that Java reads as another one is warned of', (secret) => {
    if (readByJava(secret) !== secret) expect(changesInProperties(secret)).not.toEqual([]);
  });

  test.prop([secrets], { numRuns: 5_000 })('that Java reads as it is is not, but for what nobody sees', (secret) => {
    const isPlain = readByJava(secret) === secret && secret.trimEnd() === secret;
    if (isPlain) expect(changesInProperties(secret)).toEqual([]);
  });

  it.each([
    ['s3cr\\et=#1', ['a backslash']],
    [' s3cret', ['blanks at an end']],
    ['s3cret\t', ['blanks at an end']],
    ['s3cret\n', ['a line end']],
    ['s3c\rret', ['a line end']],
    ['s\u20acret', ['characters outside ASCII']],
    ['s\u00e9cret', ['characters outside ASCII']],
    [' \\\u00e9\n', ['a backslash', 'a line end', 'blanks at an end', 'characters outside ASCII']],
    ['#!=:s3 cret=#!:"\'$%,;', []],
    ['5d0e'.repeat(16), []],
    ['', []],
  ])('%j: %j', (secret, changes) => {
    expect(changesInProperties(secret)).toEqual(changes.map((change) => expect.stringContaining(change) as string));
  });

  it('is warned of by its name, never by its value, with what to do', () => {
    expect(propertiesWarnings({ HOOK_SECRET: 'hex', HOOK_SECRET_PREVIOUS: undefined })).toEqual([]);
    const warnings = propertiesWarnings({ HOOK_SECRET: 'hid\\den', HOOK_SECRET_PREVIOUS: 'hidden\u20ac' });
    expect(warnings).toEqual([
      expect.stringMatching(/^HOOK_SECRET has a backslash.*openssl rand -hex 32\.$/),
      expect.stringMatching(/^HOOK_SECRET_PREVIOUS has characters outside ASCII.*openssl rand -hex 32\.$/),
    ]);
    expect(warnings.join()).not.toMatch(/hid/);
    expect(propertiesWarnings({ HOOK_SECRET: '\\\u20ac' })).toEqual([
      expect.stringMatching(/^HOOK_SECRET has a backslash, [^;]*; characters outside ASCII, /),
    ]);
  });
});
