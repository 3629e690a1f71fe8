/** What a caller's text costs at its worst, before authentication and behind it: at half of its size and at the whole of it, which may be twice. */
import { matchesGlob } from '../../../lib/access/glob.ts';
import { describe } from '../../../lib/platform/log.ts';
import { isReusable } from '../../../lib/wcs/reusable-id.ts';
import { verify } from '../../../lib/wcs/signature.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import { NOW, signToken, WITH_SECRET } from '../../support/tokens.ts';

/** What the gateway lets through of a header, and the handler of a body. */
const HEADER = 16_000;
const BODY = 260_000;
const RUNS = 7;

const at = NOW * 1000;
const CREDENTIALS = { secrets: ['secret', 'old secret'], basic: { user: 'u', password: 'p' } };
const LONG_LIST = Array.from({ length: 50 }, (_, n) => `*.example${n}.com`).join();
const open = hooksUnderTest();
const shut = hooksUnderTest({ HOOK_SECRET: 'secret', HOOK_USER: 'u', HOOK_PASSWORD: 'p' });
const guarded = hooksUnderTest({ ...WITH_SECRET, ALLOWED_ORIGINS: LONG_LIST });
const globs = Array.from({ length: 250 }, (_, n) => `*a${n}*b${n}*`);
const token = await signToken({ claims: { publish: globs } });
const custom = { token };
const ids = { mediaSessionId: 'm', sessionId: 's' };

const post = (hooks: typeof open, method: string, body: string, headers?: Record<string, string>) => () =>
  hooks.send({ method, body, at, ...(headers ? { headers } : {}) });
const object = (fields: object) => JSON.stringify({ ...ids, ...fields });

type Input = readonly [what: string, size: number, made: (size: number) => () => unknown];

const UNAUTHENTICATED: readonly Input[] = [
  [
    'Authorization: WCS x, blanks, y',
    HEADER,
    (n) => () => verify(`WCS x${' '.repeat(n)}y`, Buffer.alloc(0), CREDENTIALS),
  ],
  [
    'Authorization of blanks and tabs',
    HEADER,
    (n) => post(shut, 'connect', '{}', { authorization: ' \t'.repeat(n / 2) + 'x' }),
  ],
  [
    'Authorization: Basic, long',
    HEADER,
    (n) => post(shut, 'connect', '{}', { authorization: `Basic ${'A'.repeat(n)}` }),
  ],
  [
    'a wrong signature over a long body',
    BODY,
    (n) => post(shut, 'connect', 'x'.repeat(n), { authorization: `WCS ${'0'.repeat(32)}` }),
  ],
  ['a body far too long', 6_000_000, (n) => post(shut, 'connect', 'x'.repeat(n))],
  ['a path of slashes', HEADER, (n) => post(shut, `${'/'.repeat(n)}x${'/'.repeat(n)}`, '{}')],
  [
    'many headers',
    2000,
    (n) => post(shut, 'connect', '{}', Object.fromEntries(Array.from({ length: n }, (_, i) => [`h${i}`, 'x']))),
  ],
];

const AUTHENTICATED: readonly Input[] = [
  [
    'JSON that nests',
    BODY,
    (n) =>
      post(open, 'connect', object({ custom: 0 }).replace('0}', `{"a":${'['.repeat(n / 2)}${']'.repeat(n / 2)}}}`)),
  ],
  [
    'JSON of short members',
    BODY,
    (n) => post(open, 'connect', `{${Array.from({ length: n / 11 }, (_, i) => `"k${i}":1`).join()}}`),
  ],
  [
    'restClientConfig, again and again',
    BODY,
    (n) => post(open, 'connect', `{${Array.from({ length: n / 21 }, () => '"restClientConfig":1').join()}}`),
  ],
  ['a name of escapes', BODY, (n) => post(open, 'connect', `{"${'\\\\'.repeat(n / 2)}":"${'\\"'.repeat(10)}"}`)],
  [
    'mediaProviders of another type',
    BODY,
    (n) => post(open, 'connect', object({ mediaProviders: Array.from({ length: n / 2 }, () => 1) })),
  ],
  ['a name that is nearly a URI', BODY, (n) => post(open, 'publishStream', object({ name: 'a'.repeat(n) }))],
  ['a URI of question marks', BODY, (n) => post(open, 'publishStream', object({ name: `rtsp://${'?'.repeat(n)}` }))],
  ['a name of lone surrogates', BODY, (n) => post(open, 'publishStream', object({ name: '\ud800'.repeat(n / 6) }))],
  [
    '250 globs of a token, and a long name',
    BODY,
    (n) => post(guarded, 'publishStream', object({ custom, name: 'a1b'.repeat(n / 3) })),
  ],
  [
    '50 origins, and a long one',
    BODY,
    (n) => post(guarded, 'connect', object({ origin: `https://${'a.'.repeat(n / 2)}com` })),
  ],
  ['a token of dots', BODY, (n) => post(guarded, 'publishStream', object({ custom: { token: '.'.repeat(n) } }))],
  ['a sessionId of digits and colons', 2048, (n) => () => isReusable(`/${'1:'.repeat(n / 2)}`)],
  [
    'one glob of 8 KB that nearly matches',
    8000,
    (n) => () => matchesGlob('a'.repeat(2048), `*${`${'a'.repeat(500)}b*`.repeat(n / 502)}`),
  ],
  ['an error that quotes blanks', BODY, (n) => () => describe(new Error(' '.repeat(n)))],
];

async function median(call: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now();
    await call();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
}

export async function worstInputs(show: (what: string, figure: string) => void): Promise<void> {
  for (const [kind, inputs] of [['before', UNAUTHENTICATED] as const, ['behind', AUTHENTICATED] as const]) {
    for (const [what, size, made] of inputs) {
      const [half, whole] = [await median(made(size / 2)), await median(made(size))];
      show(`${kind} authentication: ${what}, ${size}`, `${half.toFixed(2)}, ${whole.toFixed(2)} ms`);
    }
  }
}
