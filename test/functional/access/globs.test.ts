import { describe, expect, it } from 'vitest';
import { publish, statusOf } from '../../support/client.ts';
import { hooksUnderTest } from '../../support/hooks-under-test.ts';
import { signToken, WITH_SECRET } from '../../support/tokens.ts';

describe('a name longer than a row shows', () => {
  const long = `alice-${'x'.repeat(5000)}`;
  it.each([
    ['alice-*', 200],
    ['*', 200],
    ['alice-*x*', 200],
    // What is behind the cut may be anything: no glob vouches for it but by a star at its end.
    [long, 403],
    [long.slice(0, 2048), 403],
    ['*x', 403],
    ['bob-*', 403],
  ])('may be published by the glob %.20s: %i', async (glob, status) => {
    const hooks = hooksUnderTest(WITH_SECRET);
    const token = await signToken({ claims: { publish: [glob] } });
    const hook = { mediaSessionId: 'long', custom: { token }, name: long };
    expect(await statusOf(hooks, 'publishStream', hook)).toBe(status);
    if (status === 200) {
      expect(hooks.memory.rows.get('long')).toMatchObject({ name: long.slice(0, 2048), nameCut: true });
    }
  });
});

describe('the glob of a token', () => {
  it.each([
    ['a*b', 'a--b', 200],
    ['a*b', 'a--bc', 403],
    ['room.1', 'roomx1', 403],
    ['room[0-9]+', 'room1', 403],
    ['(a+)+$', 'a'.repeat(40), 403],
    ['admin', '\u0430dmin', 403],
    ['caf\u00e9', 'cafe\u0301', 403],
    ['*'.repeat(5000), 'anything', 200],
    [`${'*a'.repeat(2500)}`, 'a'.repeat(2000), 403],
    ['', 'x', 403],
  ])('%.20j answers the name %.20j with %i', async (glob, name, status) => {
    const hooks = hooksUnderTest(WITH_SECRET);
    const token = await signToken({ claims: { publish: [glob] } });
    expect((await publish(hooks, name, { custom: { token } })).statusCode).toBe(status);
  });
});
