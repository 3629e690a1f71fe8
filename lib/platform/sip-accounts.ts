/** The SIP accounts of a stage: each is a parameter, read when a connection first needs it. */
import { readSipAccount } from '../access/sip-account.ts';
import type { SipAccountLookup } from '../access/sip-policy.ts';

/** A container keeps this many; the least recently used one makes room. */
export const MOST_ACCOUNTS = 200;
const MAX_AGE_MS = 5 * 60_000;
/** Spreads the reads of containers that started together. */
const JITTER = 0.2;
/** How long an account stays good after it could not be read again, until the next try. */
const PAUSE_MS = 60_000;

interface Kept {
  readonly lookup: SipAccountLookup;
  readonly expiresAt: number;
}

export type LookUpSipAccount = (name: string) => Promise<SipAccountLookup>;

/** `read` gives an account's JSON, or undefined if there is none. @returns a look-up that never rejects */
export const sipAccountsFrom =
  (read: (name: string) => Promise<string | undefined>): LookUpSipAccount =>
  async (name) => {
    try {
      const json = await read(name);
      return json === undefined ? { problem: 'it does not exist' } : readSipAccount(json);
    } catch (unavailable) {
      return { unavailable };
    }
  };

/**
 * Keeps accounts for five minutes, and no failures. While an account cannot be read again, the known one stays good. `now`
 * in milliseconds since the epoch.
 */
export function keepingSipAccounts(lookUp: LookUpSipAccount, now: () => number): LookUpSipAccount {
  /** In the order of their last use. */
  const kept = new Map<string, Kept>();
  const pending = new Map<string, Promise<SipAccountLookup>>();

  function keep(name: string, lookup: SipAccountLookup, expiresAt: number): SipAccountLookup {
    kept.delete(name);
    kept.set(name, { lookup, expiresAt });
    const [oldest] = kept.keys();
    if (kept.size > MOST_ACCOUNTS && oldest !== undefined) kept.delete(oldest);
    return lookup;
  }

  async function lookUpAgain(name: string): Promise<SipAccountLookup> {
    const lookup = await lookUp(name);
    if ('account' in lookup) return keep(name, lookup, now() + MAX_AGE_MS * (1 - Math.random() * JITTER));
    const known = kept.get(name);
    if (known && 'unavailable' in lookup) return keep(name, known.lookup, now() + PAUSE_MS);
    kept.delete(name);
    return lookup;
  }

  return (name) => {
    const known = kept.get(name);
    if (known && now() < known.expiresAt) return Promise.resolve(keep(name, known.lookup, known.expiresAt));
    const reading = pending.get(name) ?? lookUpAgain(name).finally(() => pending.delete(name));
    pending.set(name, reading);
    return reading;
  };
}
