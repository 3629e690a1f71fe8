import { describe, expect, it } from 'vitest';
import { readToken, tokenIn } from '../../../../lib/board/page/token.ts';

const tokenOf = (claims: unknown) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${'signature'.repeat(3)}`;
const rightsOf = (claims: unknown) => [...readToken(tokenOf(claims)).rights];

describe('the token of a link', () => {
  it('is taken from the fragment, and nothing else is', () => {
    expect(tokenIn('#token=e30.e30.x')).toBe('e30.e30.x');
    expect(tokenIn('#/token=e30.e30.x')).toBe('e30.e30.x');
    expect(tokenIn('#token=a%2Eb')).toBe('a.b');
    expect(tokenIn('#token=%zz')).toBe('%zz');
    for (const fragment of ['', '#', '#token=', '#token=%20', '#/names?token=x', '#/names?search=token=x']) {
      expect(tokenIn(fragment)).toBeUndefined();
    }
  });
});

describe('what a token says', () => {
  it('are its rights, as a list or with commas', () => {
    expect(rightsOf({ board: ['read', 'stop'] })).toEqual(['read', 'stop']);
    expect(rightsOf({ board: 'read, ban' })).toEqual(['read', 'ban']);
    for (const claims of [{}, { board: true }, { board: {} }, [], null, 7]) expect(rightsOf(claims)).toEqual([]);
  });

  it('are its user and its end', () => {
    expect(readToken(tokenOf({ board: 'read', sub: 'Zoë שלום', exp: 1_790_000_000 }))).toEqual({
      rights: new Set(['read']),
      sub: 'Zoë שלום',
      expiresAt: 1_790_000_000_000,
    });
    expect(readToken(tokenOf({ sub: 7, exp: 'soon' }))).toEqual({ rights: new Set() });
  });

  it('is nothing if it is no token', () => {
    for (const text of ['', 'x', 'x.y.z', 'x.%.z', '...']) expect(readToken(text)).toEqual({ rights: new Set() });
  });

  it('is everything without one: the board is open then, or rejects what is asked', () => {
    expect([...readToken(undefined).rights]).toEqual(['read', 'stop', 'ban']);
  });
});
