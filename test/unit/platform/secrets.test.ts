import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createSecretSource,
  isAddedTo,
  PARAMETERS,
  secretsUnder,
  type Secrets,
} from '../../../lib/platform/secrets.ts';

const MINUTE = 60_000;

describe('secrets', () => {
  let now = 0;
  let reads = 0;
  let answer: () => Promise<Secrets>;
  beforeEach(() => {
    now = 1e12;
    reads = 0;
    answer = () => Promise.resolve({ HOOK_SECRET: 'a' });
  });
  const source = () =>
    createSecretSource(
      () => {
        reads++;
        return answer();
      },
      () => now,
    );

  it('are read at once, and once for all who wait', async () => {
    const secrets = source();
    expect(reads).toBe(1);
    const [first, second] = await Promise.all([secrets.current(), secrets.current()]);
    expect(first).toEqual({ HOOK_SECRET: 'a' });
    expect(second).toBe(first);
    expect(await secrets.current()).toBe(first);
    expect(reads).toBe(1);
  });

  it('that could not be read are read again by the next who asks', async () => {
    answer = () => Promise.reject(new Error('throttled'));
    const secrets = source();
    await expect(secrets.current()).rejects.toThrow('throttled');
    answer = () => Promise.resolve({ HOOK_SECRET: 'b' });
    expect(await secrets.current()).toEqual({ HOOK_SECRET: 'b' });
  });

  it('are read again after four to five minutes, and are the same object while nothing changed', async () => {
    const secrets = source();
    const first = await secrets.current();
    now += 4 * MINUTE - 1;
    await secrets.current();
    expect(reads).toBe(1);
    now += MINUTE + 1;
    expect(await secrets.current()).toBe(first);
    expect(reads).toBe(2);
    answer = () => Promise.resolve({ HOOK_SECRET: 'b', HOOK_SECRET_PREVIOUS: 'a' });
    now += 5 * MINUTE;
    expect(await secrets.current()).toEqual({ HOOK_SECRET: 'b', HOOK_SECRET_PREVIOUS: 'a' });
  });

  it('are good while they cannot be read again, which is tried once a minute', async () => {
    const secrets = source();
    const first = await secrets.current();
    answer = () => Promise.reject(new Error('down'));
    now += 6 * MINUTE;
    expect(await secrets.current()).toBe(first);
    expect(await secrets.current()).toBe(first);
    expect(reads).toBe(2);
    now += MINUTE;
    expect(await secrets.current()).toBe(first);
    expect(reads).toBe(3);
  });

  it('are read again before a rejection, at most once a minute', async () => {
    const secrets = source();
    const first = await secrets.current();
    expect(await secrets.changedFrom(first)).toBeUndefined();
    expect(reads).toBe(1);
    now += MINUTE;
    expect(await secrets.changedFrom(first)).toBeUndefined();
    expect(reads).toBe(2);
    answer = () => Promise.resolve({ HOOK_SECRET: 'b' });
    expect(await secrets.changedFrom(first)).toBeUndefined();
    now += MINUTE;
    const changed = await secrets.changedFrom(first);
    expect(changed).toEqual({ HOOK_SECRET: 'b' });
    // Another hook that still knows the old ones needs no reading.
    expect(await secrets.changedFrom(first)).toBe(changed);
    expect(reads).toBe(3);
    now += MINUTE;
    answer = () => Promise.reject(new Error('down'));
    expect(await secrets.changedFrom(changed ?? {})).toBeUndefined();
  });

  it.each(Object.keys(PARAMETERS))('are others where %s is withdrawn, changed or added', async (name) => {
    const whole = Object.fromEntries(Object.keys(PARAMETERS).map((one) => [one, `${one}-1`]));
    const { [name]: _, ...withdrawn } = whole;
    answer = () => Promise.resolve(whole);
    const secrets = source();
    for (const next of [whole, withdrawn, whole, { ...whole, [name]: 'another' }]) {
      answer = () => Promise.resolve(next);
      now += 5 * MINUTE;
      expect(await secrets.current()).toEqual(next);
    }
  });

  it('that were withdrawn are gone before a hook is rejected, too', async () => {
    answer = () => Promise.resolve({ HOOK_SECRET: 'new', HOOK_SECRET_PREVIOUS: 'leaked' });
    const secrets = source();
    const first = await secrets.current();
    answer = () => Promise.resolve({ HOOK_SECRET: 'new' });
    now += MINUTE;
    expect(await secrets.changedFrom(first)).toEqual({ HOOK_SECRET: 'new' });
    expect(await secrets.current()).toEqual({ HOOK_SECRET: 'new' });
  });

  it('are waited for by the first hook, which can do nothing without them, and by no other', async () => {
    const patience: number[] = [];
    const secrets = createSecretSource(
      (milliseconds) => {
        patience.push(milliseconds);
        // The reading at the start, before the container may be frozen, fails.
        return patience.length === 1 ? Promise.reject(new Error('away')) : Promise.resolve({ HOOK_SECRET: 'a' });
      },
      () => now,
    );
    expect(await secrets.early).toBe(false);
    await secrets.current();
    now += 5 * MINUTE;
    await secrets.current();
    const [atStart = 0, first = 0, later = 0] = patience;
    expect(atStart).toBeLessThan(1500);
    // A function has 10 s, 6 of which are for keys, a SIP account, store and queue.
    expect(first).toBeGreaterThanOrEqual(3000);
    expect(first).toBeLessThanOrEqual(4000);
    expect(later).toBeLessThanOrEqual(1000);
  });

  it('are read again by one container sooner, by another later', async () => {
    const readAgainAfter = async (random: number) => {
      vi.spyOn(Math, 'random').mockReturnValue(random);
      reads = 0;
      const secrets = source();
      await secrets.current();
      const read = now;
      while (reads === 1) {
        now += MINUTE / 4;
        await secrets.current();
      }
      return now - read;
    };
    expect([await readAgainAfter(0), await readAgainAfter(0.999)]).toEqual([5 * MINUTE, 4.25 * MINUTE]);
  });
  afterEach(() => void vi.restoreAllMocks());

  it('are added to where each that was known still holds, under whatever name', () => {
    const known = { HOOK_SECRET: 'a', HOOK_USER: 'u', HOOK_PASSWORD: 'p' };
    expect(isAddedTo(known, { ...known, TOKEN_SECRET: 't' })).toBe(true);
    expect(isAddedTo(known, { ...known, HOOK_SECRET: 'b', HOOK_SECRET_PREVIOUS: 'a' })).toBe(true);
    expect(isAddedTo(known, { ...known, HOOK_SECRET: 'b' })).toBe(false);
    expect(isAddedTo(known, { HOOK_SECRET: 'a', HOOK_USER: 'u' })).toBe(false);
    expect(isAddedTo(known, {})).toBe(false);
  });

  it('have names under a path, and those that are not there are left out', async () => {
    const asked: string[] = [];
    const read = secretsUnder('/wcs-hooks/prod', (names) => {
      asked.push(...names);
      return Promise.resolve(
        new Map([
          ['/wcs-hooks/prod/hook-secret', 's'],
          ['/wcs-hooks/prod/hook-user', ''],
        ]),
      );
    });
    expect(await read(1)).toEqual({ HOOK_SECRET: 's' });
    expect(asked).toEqual(
      [
        'hook-secret',
        'hook-secret-previous',
        'hook-user',
        'hook-password',
        'token-secret',
        'token-secret-previous',
      ].map((name) => `/wcs-hooks/prod/${name}`),
    );
  });
});
