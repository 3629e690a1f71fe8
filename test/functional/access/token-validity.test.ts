import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, publish, SESSION } from '../../support/client.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import {
  ALL_RIGHTS,
  byRsa,
  forgedToken,
  NOW,
  signToken,
  startKeyServer,
  TOKEN_SECRET,
  WITH_SECRET,
  type KeyServer,
  type TokenParts,
} from '../../support/tokens.ts';

describe('a token', () => {
  let keys: KeyServer;
  beforeAll(async () => {
    keys = await startKeyServer();
  });
  afterAll(() => keys.close());

  const deniedBySecret: [string, () => Promise<unknown>, string][] = [
    ['expired', () => signToken({ claims: { ...ALL_RIGHTS, exp: NOW - 61 } }), 'expired'],
    ['not yet valid', () => signToken({ claims: { ...ALL_RIGHTS, nbf: NOW + 62 } }), 'not yet valid'],
    ['for another audience', () => signToken({ claims: { ...ALL_RIGHTS, aud: 'other' } }), 'another audience'],
    ['for no audience', () => signToken({ claims: { ...ALL_RIGHTS, aud: undefined } }), 'another audience'],
    ['of another issuer', () => signToken({ claims: { ...ALL_RIGHTS, iss: 'https://evil.net' } }), 'another issuer'],
    ['of no issuer', () => signToken({ claims: { ...ALL_RIGHTS, iss: undefined } }), 'another issuer'],
    ['without an expiry', () => signToken({ claims: { ...ALL_RIGHTS, exp: undefined } }), 'without a usable expiry'],
    ['with an expiry in words', () => Promise.resolve(forgedSecret({ exp: '2099' })), 'without a usable expiry'],
    ['signed with another key', () => signToken({ claims: ALL_RIGHTS, key: new Uint8Array(32) }), 'wrong signature'],
    ['of alg none', () => Promise.resolve(forgedToken({ alg: 'none' }, '')), 'another algorithm'],
    ['of alg None', () => Promise.resolve(forgedToken({ alg: 'None' }, '')), 'another algorithm'],
    [
      'of HS384',
      () => signToken({ claims: ALL_RIGHTS, header: { alg: 'HS384' }, key: new Uint8Array(48) }),
      'another algorithm',
    ],
    ['of RS256 where a secret is configured', () => signToken(byRsa(keys)), 'another algorithm'],
    [
      'without a signature',
      async () => (await signToken({ claims: ALL_RIGHTS })).split('.', 2).join('.') + '.',
      'wrong signature',
    ],
    ['encrypted', () => Promise.resolve('a.b.c.d.e'), 'no valid token'],
    ['no JWT', () => Promise.resolve('junk'), 'no valid token'],
    ['a number', () => Promise.resolve(5), 'not a string'],
    ['an object', () => Promise.resolve({ claims: ALL_RIGHTS }), 'not a string'],
    ['true', () => Promise.resolve(true), 'not a string'],
    ['of 10 KB', () => signToken({ claims: { ...ALL_RIGHTS, x: 'x'.repeat(8000) } }), 'over 8192 bytes'],
    ['with publish as a string', () => signToken({ claims: { publish: '*' } }), 'unusable claim publish'],
    [
      'with an unknown critical header',
      () => Promise.resolve(forgedSecret({}, { crit: ['x'], x: 1 })),
      'no valid token',
    ],
  ];
  const forgedSecret = (claims: object, header: object = {}) => {
    const token = forgedToken({ alg: 'HS256', ...header }, '', claims).slice(0, -1);
    return `${token}.${createHmac('sha256', TOKEN_SECRET).update(token).digest('base64url')}`;
  };

  it.each(deniedBySecret)('that is %s is denied, on a hook and at connect', async (_, make, problem) => {
    const token = await make();
    const hooks = hooksUnderTest(WITH_SECRET);
    const answer = await publish(hooks, 'x', { custom: { token } });
    expect(answer.statusCode).toBe(403);
    expect(answer.body).toBe('{"error":"Forbidden","message":"denied by the policy token"}');
    expect(hooks.memory.rows.get('stream-x')?.denied).toBe(`token: ${problem}`);
    expect((await connect(hooks, token)).statusCode).toBe(403);
    expect(hooks.memory.sessions.get(SESSION)).toMatchObject({ phase: 'denied', denied: `token: ${problem}` });
    expect((await publish(hooks, 'y')).statusCode).toBe(403);
  });

  it.each([
    ['expired within the tolerance', { exp: NOW - 58 }],
    ['valid within the tolerance', { nbf: NOW + 58 }],
    ['for several audiences', { aud: ['other', 'wcs'] }],
  ])('that is %s is valid', async (_, claims) => {
    const token = await signToken({ claims: { ...ALL_RIGHTS, ...claims } });
    expect((await publish(hooksUnderTest(WITH_SECRET), 'x', { custom: { token } })).statusCode).toBe(200);
  });

  it('signed with the secret of before a rotation is valid as long as that is known, and checked as any other', async () => {
    const key = new TextEncoder().encode('the secret of before, of 32 bytes or more');
    const statusOfToken = async (settings: Record<string, string>, parts: TokenParts) => {
      const token = await signToken({ claims: ALL_RIGHTS, ...parts });
      const hooks = hooksUnderTest({ ...WITH_SECRET, ...settings });
      const { statusCode } = await publish(hooks, 'x', { custom: { token } });
      return [statusCode, hooks.memory.rows.get('stream-x')?.denied];
    };
    const rotating = { TOKEN_SECRET_PREVIOUS: new TextDecoder().decode(key) };
    expect(await statusOfToken(rotating, { key })).toEqual([200, undefined]);
    expect(await statusOfToken(rotating, {})).toEqual([200, undefined]);
    expect(await statusOfToken({}, { key })).toEqual([403, 'token: wrong signature']);
    const expired = { ...ALL_RIGHTS, exp: NOW - 61 };
    expect(await statusOfToken(rotating, { key, claims: expired })).toEqual([403, 'token: expired']);
    expect(await statusOfToken(rotating, { claims: expired })).toEqual([403, 'token: expired']);
    const other = new Uint8Array(32);
    expect(await statusOfToken(rotating, { key: other })).toEqual([403, 'token: wrong signature']);
  });
});
