import { describe, expect, it } from 'vitest';
import {
  allow,
  decide,
  decidesBy,
  deny,
  undecided,
  type PolicyDecision,
  type Policy,
} from '../../../lib/access/decision.ts';

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
  const together = (decisions: PolicyDecision[], failsOpen = false) =>
    decide(
      decisions.map((decision, n) => policy((['origin', 'token', 'own'] as const)[n] ?? 'own', decision)),
      request,
      NO_SESSION,
      failsOpen,
    );

  it('allow what all of them allow, and what none applies to', () => {
    expect(together([])).toEqual({ effect: 'allow' });
    expect(together([allow(), allow()])).toEqual({ effect: 'allow' });
  });

  it('deny what one of them denies, whatever the others say or cannot say', () => {
    expect(together([allow(), deny('no')])).toEqual({ effect: 'deny', policy: 'token', reason: 'token: no' });
    for (const failsOpen of [true, false]) {
      expect(together([undecided('down'), deny('no')], failsOpen)).toMatchObject({ effect: 'deny', policy: 'token' });
    }
  });

  it('allow what cannot be decided only where that fails open, and say so', () => {
    expect(together([allow(), undecided('down')])).toEqual({
      effect: 'undecided',
      policy: 'token',
      reason: 'token: down',
    });
    expect(together([undecided('down'), allow({ maxDuration: 5 })], true)).toEqual({
      effect: 'allow',
      failedOpen: 'origin: down',
      maxDuration: 5,
    });
  });

  it('put their terms together: every overwritten field, and the shortest duration', () => {
    const all = [allow({ overwrite: { name: 'a' }, maxDuration: 60 }), allow({ maxDuration: 30 }), allow()];
    expect(together(all)).toEqual({ effect: 'allow', overwrite: { name: 'a' }, maxDuration: 30 });
    // Whichever of them says so.
    expect(together(all.toReversed())).toEqual({ effect: 'allow', overwrite: { name: 'a' }, maxDuration: 30 });
    expect(together([allow({ maxDuration: 30 }), allow(), allow({ maxDuration: 60 })])).toMatchObject({
      maxDuration: 30,
    });
    expect(together([allow({ maxDuration: 0 }), allow({ maxDuration: 60 })])).toMatchObject({ maxDuration: 0 });
    // Of two new names the later policy's counts.
    expect(together([allow({ overwrite: { name: 'a' } }), allow({ overwrite: { name: 'b' } })])).toMatchObject({
      overwrite: { name: 'b' },
    });
  });

  it('name the first of those that cannot decide', () => {
    expect(together([undecided('down'), undecided('away')])).toMatchObject({
      policy: 'origin',
      reason: 'origin: down',
    });
    expect(together([undecided('down'), undecided('away')], true)).toEqual({
      effect: 'allow',
      failedOpen: 'origin: down',
    });
  });

  it('overwrite only what they said they may, and limit within reason', () => {
    const overwrite = { name: 'a', sessionId: 'another' };
    expect(together([allow({ overwrite })])).toEqual({ effect: 'allow', overwrite: { name: 'a' } });
    expect(together([allow({ overwrite: { sessionId: 'another' } })])).toEqual({ effect: 'allow' });
    const century = 100 * 365 * 24 * 3600;
    expect(together([allow({ maxDuration: century })])).toMatchObject({ maxDuration: century });
    for (const maxDuration of [century + 1, 1e15, NaN, Infinity])
      expect(together([allow({ maxDuration })])).toEqual({ effect: 'allow' });
    expect(together([allow({ maxDuration: -5 })])).toEqual({ effect: 'allow', maxDuration: 0 });
  });
});

it('something is decided by a field that a policy of the method reads, and by no other', () => {
  const reading = { ...policy('token', allow()), reads: (_method: string, field: string) => field === 'name' };
  const others = [policy('origin', allow()), reading];
  expect(decidesBy(others, 'publishStream', 'name')).toBe(true);
  expect(decidesBy(others, 'publishStream', 'record')).toBe(false);
  expect(decidesBy(others, 'playStream', 'name')).toBe(false);
  expect(decidesBy([], 'publishStream', 'name')).toBe(false);
});
