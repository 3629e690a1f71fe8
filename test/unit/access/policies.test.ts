import { describe, expect, it } from 'vitest';
import { allow, type AccessSession, type SessionLookup, type TokenCheck } from '../../../lib/access/decision.ts';
import { createPolicies } from '../../../lib/access/policies.ts';

const NONE = { origins: undefined, tokens: undefined };
const TOKENS = { requiredFor: ['publish'], connectFailsOpen: false } as const;
const namesOf = (...given: Parameters<typeof createPolicies>) => createPolicies(...given).map(({ name }) => name);

describe('the active policies', () => {
  it('are those that have settings, and your own if it decides a method; the cheapest is applied first', () => {
    const own = { decides: { call: [] }, decide: () => allow() };
    expect(namesOf({ origins: ['https://a'], tokens: TOKENS }, own)).toEqual(['origin', 'token', 'own']);
    expect(namesOf(NONE, { ...own, decides: {} })).toEqual([]);
  });
});

describe('your own policy', () => {
  /** What it is told of who asks. */
  function askerOf(token: TokenCheck | undefined, lookup: SessionLookup): AccessSession | undefined {
    let asker: AccessSession | undefined;
    const [policy] = createPolicies(NONE, {
      decides: { publishStream: [] },
      decide(_, session) {
        asker = session;
        return allow();
      },
    });
    policy?.decide({ method: 'publishStream', body: {}, at: 0, ...(token ? { token } : {}) }, lookup);
    return asker;
  }
  const session = { sub: 'alice', origin: 'https://page', claims: { publish: ['a'] } };

  it('gets the session, or the hook’s own token with the origin of the session', () => {
    expect(askerOf(undefined, { session })).toBe(session);
    const claims = { sub: 'bob', publish: ['b'] };
    expect(askerOf({ claims }, { session })).toEqual({ sub: 'bob', origin: 'https://page', claims });
    expect(askerOf({ claims: { play: ['c'] } }, { session: {} })).toEqual({ claims: { play: ['c'] } });
    // One that is not valid is nobody's.
    expect(askerOf({ problem: 'expired', sub: 'bob' }, { session })).toBe(session);
    expect(askerOf({ claims }, { problem: 'the connection has ended' })).toEqual({ sub: 'bob', claims });
    expect(askerOf(undefined, { problem: 'the connection has ended' })).toBeUndefined();
  });

  it('does not decide where the session cannot be read; one that is not known has no rights', () => {
    const [policy] = createPolicies(NONE, { decides: { publishStream: [] }, decide: () => allow() });
    const decide = (isMissing: boolean) =>
      policy?.decide({ method: 'publishStream', body: {}, at: 0 }, { unknown: 'no answer', isMissing });
    expect(decide(false)).toEqual({ effect: 'undecided', reason: 'no answer' });
    expect(decide(true)).toEqual({ effect: 'allow' });
  });

  it('may read any field but the sdp, which WCS leaves out', () => {
    const [policy] = createPolicies(NONE, { decides: { publishStream: [] }, decide: () => allow() });
    expect(policy?.readsSession).toBe('always');
    expect(['name', 'custom', 'anything', 'sdp'].filter((field) => policy?.reads('publishStream', field))).toEqual([
      ...['name', 'custom', 'anything'],
    ]);
  });
});
