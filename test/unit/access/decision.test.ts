import { describe, expect, it } from 'vitest';
import { allow, decide, deny, undecided, type PolicyDecision, type Policy } from '../../../lib/access/decision.ts';

const policy = (name: Policy['name'], decision: PolicyDecision): Policy => ({
  name,
  decides: { publishStream: ['name'] },
  readsSession: 'never',
  reads: () => false,
  decide: () => decision,
});
const NO_SESSION = { problem: 'none' };
const request = { method: 'publishStream', body: {}, at: 0 } as const;

describe('several policies', () => {
  const judge = (decisions: PolicyDecision[], failsOpen = false) =>
    decide(
      decisions.map((decision, n) => policy((['origin', 'token', 'own'] as const)[n] ?? 'own', decision)),
      request,
      NO_SESSION,
      failsOpen,
    );

  it('let in what all of them allow, and what none is asked about', () => {
    expect(judge([])).toEqual({ verdict: 'allow' });
    expect(judge([allow(), allow()])).toEqual({ verdict: 'allow' });
  });

  it('refuse what one of them denies, whatever the others say or cannot say', () => {
    expect(judge([allow(), deny('no')])).toEqual({ verdict: 'deny', policy: 'token', reason: 'token: no' });
    for (const failsOpen of [true, false]) {
      expect(judge([undecided('down'), deny('no')], failsOpen)).toMatchObject({ verdict: 'deny', policy: 'token' });
    }
  });

  it('let in what cannot be decided only where that fails open, and say so', () => {
    expect(judge([allow(), undecided('down')])).toEqual({
      verdict: 'undecided',
      policy: 'token',
      reason: 'token: down',
    });
    expect(judge([undecided('down'), allow({ maxDuration: 5 })], true)).toEqual({
      verdict: 'allow',
      failedOpen: 'origin: down',
      maxDuration: 5,
    });
  });

  it('put their terms together: every overwritten field, and the shortest duration', () => {
    const all = [allow({ overwrite: { name: 'a' }, maxDuration: 60 }), allow({ maxDuration: 30 }), allow()];
    expect(judge(all)).toEqual({ verdict: 'allow', overwrite: { name: 'a' }, maxDuration: 30 });
  });

  it('overwrite only what they said they may, and limit within reason', () => {
    const overwrite = { name: 'a', sessionId: 'another' };
    expect(judge([allow({ overwrite })])).toEqual({ verdict: 'allow', overwrite: { name: 'a' } });
    expect(judge([allow({ overwrite: { sessionId: 'another' } })])).toEqual({ verdict: 'allow' });
    for (const maxDuration of [1e15, NaN, Infinity])
      expect(judge([allow({ maxDuration })])).toEqual({ verdict: 'allow' });
    expect(judge([allow({ maxDuration: -5 })])).toEqual({ verdict: 'allow', maxDuration: 0 });
  });
});
