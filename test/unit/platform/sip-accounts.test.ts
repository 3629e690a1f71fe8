import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { keepingSipAccounts, MOST_ACCOUNTS, sipAccountsFrom } from '../../../lib/platform/sip-accounts.ts';
import { readSipAccountIn } from '../../../lib/platform/sip-accounts-file.ts';

const MINUTE = 60_000;
const json = (sipLogin: string) => JSON.stringify({ sipLogin, sipPassword: 'S3CRET', sipDomain: 'd' });
const loginOf = (lookup: object) => (lookup as { account?: { sipLogin: string } }).account?.sipLogin;

describe('the SIP accounts of a stage', () => {
  let now = 0;
  let reads: string[] = [];
  let answer: (name: string) => Promise<string | undefined>;
  beforeEach(() => {
    now = 1e12;
    reads = [];
    answer = (name) => Promise.resolve(json(name));
    vi.restoreAllMocks();
  });
  const accounts = () =>
    keepingSipAccounts(
      sipAccountsFrom((name) => (reads.push(name), answer(name))),
      () => now,
    );

  it('are read when they are needed, and once for all who wait', async () => {
    const lookUp = accounts();
    expect(reads).toEqual([]);
    const all = await Promise.all([lookUp('a'), lookUp('a'), lookUp('b')]);
    expect(all.map(loginOf)).toEqual(['a', 'a', 'b']);
    await lookUp('a');
    expect(reads).toEqual(['a', 'b']);
  });

  it('are read again after four to five minutes', async () => {
    for (const [random, minutes] of [
      [0, 5],
      [1, 4],
    ] as const) {
      vi.spyOn(Math, 'random').mockReturnValue(random);
      const lookUp = accounts();
      await lookUp('a');
      answer = () => Promise.resolve(json('changed'));
      now += minutes * MINUTE - 1;
      expect(loginOf(await lookUp('a'))).toBe('a');
      now += 1;
      expect(loginOf(await lookUp('a'))).toBe('changed');
      answer = (name) => Promise.resolve(json(name));
    }
  });

  it('that are not there, not usable or cannot be read are read again by the next who needs them', async () => {
    const lookUp = accounts();
    answer = () => Promise.resolve(undefined);
    expect(await lookUp('a')).toEqual({ problem: 'it does not exist' });
    answer = () => Promise.resolve('{');
    expect(await lookUp('a')).toEqual({ problem: 'it is not JSON' });
    const error = new Error('throttled');
    answer = () => Promise.reject(error);
    expect(await lookUp('a')).toEqual({ unavailable: error });
    answer = (name) => Promise.resolve(json(name));
    expect(loginOf(await lookUp('a'))).toBe('a');
    expect(reads).toHaveLength(4);
  });

  it('stay good while they cannot be read again, which is tried once a minute', async () => {
    const lookUp = accounts();
    await lookUp('a');
    answer = () => Promise.reject(new Error('throttled'));
    now += 5 * MINUTE;
    for (let n = 0; n < 3; n++) expect(loginOf(await lookUp('a'))).toBe('a');
    expect(reads).toHaveLength(2);
    now += MINUTE;
    expect(loginOf(await lookUp('a'))).toBe('a');
    expect(reads).toHaveLength(3);
  });

  it('are no longer good once they were removed', async () => {
    const lookUp = accounts();
    await lookUp('a');
    answer = () => Promise.resolve(undefined);
    now += 5 * MINUTE;
    expect(await lookUp('a')).toEqual({ problem: 'it does not exist' });
    answer = () => Promise.reject(new Error('throttled'));
    expect(await lookUp('a')).toHaveProperty('unavailable');
  });

  it('are kept up to a number: the one goes that was not used for the longest time', async () => {
    const lookUp = accounts();
    for (let n = 0; n < MOST_ACCOUNTS; n++) await lookUp(`a${n}`);
    await lookUp('a0');
    await lookUp('one-more');
    reads = [];
    await lookUp('a0');
    await lookUp('one-more');
    await lookUp(`a${MOST_ACCOUNTS - 1}`);
    expect(reads).toEqual([]);
    await lookUp('a1');
    expect(reads).toEqual(['a1']);
    expect(MOST_ACCOUNTS).toBe(200);
  });
});

describe('the SIP accounts in a file', () => {
  const file = (text: string) => {
    const path = join(mkdtempSync(join(tmpdir(), 'sip-')), 'sip.json');
    writeFileSync(path, text);
    return path;
  };

  it('are there by name', async () => {
    const path = file(`{"line":${json('1001')}}`);
    expect(await readSipAccountIn(path, 'line')).toBe(json('1001'));
    expect(await readSipAccountIn(path, 'other')).toBeUndefined();
    expect(await readSipAccountIn(path, 'toString')).toBeUndefined();
    expect(await readSipAccountIn('/nowhere/sip.json', 'line')).toBeUndefined();
  });

  it.each(['S3CRET', '["S3CRET"]', 'null'])('cannot be read from %j, which is not quoted', async (text) => {
    const lookup = await sipAccountsFrom((name) => readSipAccountIn(file(text), name))('line');
    expect(String((lookup as { unavailable: Error }).unavailable)).toMatch(/sip\.json is not (JSON|a JSON object)/);
    expect(String((lookup as { unavailable: Error }).unavailable)).not.toContain('S3CRET');
  });
});
