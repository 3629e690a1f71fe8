import { beforeEach, describe, expect, it } from 'vitest';
import { createSecretSource, secretsUnder, type Secrets } from '../../../lib/platform/secrets.ts';

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

  it('are looked at before a refusal, at most once a minute', async () => {
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
