import { describe, expect, it } from 'vitest';
import { BANNABLE, createBanPolicy, userOf } from '../../../lib/access/ban-policy.ts';
import type { AccessRequest, SessionLookup } from '../../../lib/access/decision.ts';
import { bansOf, type Ban } from '../../../lib/state/bans.ts';

const MISSING: SessionLookup = { unknown: 'the connection is not known', isMissing: true };
const DOWN: SessionLookup = { unknown: 'no answer' };
const ALLOW = { effect: 'allow' };

const policyWith = (bans: readonly Ban[] | undefined, rules: { hasTokens?: boolean; failsOpen?: boolean } = {}) =>
  createBanPolicy({ bans: bans && bansOf(bans), hasTokens: true, failsOpen: false, ...rules });
const ask = (
  bans: readonly Ban[] | undefined,
  request: Partial<AccessRequest>,
  session: SessionLookup = MISSING,
  failsOpen = false,
) => policyWith(bans, { failsOpen }).decide({ method: 'publishStream', body: {}, at: 0, ...request }, session);

describe('policy ban', () => {
  it('decides what a client asks for by name, and its connection; it overwrites nothing', () => {
    const asked = ['connect', 'publishStream', 'playStream', 'playHLS', 'playRTSP', 'call', 'transfer'];
    expect(BANNABLE).toEqual(asked);
    expect(policyWith([]).reads('publishStream', 'name')).toBe(false);
    expect(policyWith([])).toMatchObject({ name: 'ban', decides: Object.fromEntries(asked.map((name) => [name, []])) });
  });

  it('reads the connection where a user is banned and only it can name him', () => {
    const [user, name] = [{ key: 'sub:alice' }, { key: 'name:room-1' }];
    expect(policyWith([name, user]).readsSession).toBe('without a user');
    expect(policyWith([name]).readsSession).toBe('never');
    expect(policyWith([user], { hasTokens: false }).readsSession).toBe('never');
    expect(policyWith(undefined).readsSession).toBe('never');
  });

  it('says who is banned, and why, if somebody wrote that down', () => {
    const token = { claims: { sub: 'alice' } };
    expect(ask([{ key: 'sub:alice' }], { token })).toEqual({ effect: 'deny', reason: 'sub:alice' });
    expect(ask([{ key: 'sub:alice', reason: 'spam' }], { token })).toEqual({
      effect: 'deny',
      reason: 'sub:alice (spam)',
    });
    expect(ask([{ key: 'sub:alice', until: 1 }], { token, at: 999 })).toMatchObject({ effect: 'deny' });
    expect(ask([{ key: 'sub:alice', until: 1 }], { token, at: 1000 })).toEqual(ALLOW);
  });

  it('knows the user of the token, else of the connection', () => {
    const bans = [{ key: 'sub:alice' }];
    const session = { session: { sub: 'alice' } };
    expect(ask(bans, {}, session)).toMatchObject({ effect: 'deny' });
    expect(ask(bans, { token: { claims: {} } }, session)).toMatchObject({ effect: 'deny' });
    expect(ask(bans, { token: { claims: { sub: 'bob' } } }, session)).toEqual(ALLOW);
    expect(ask(bans, {}, { session: { sub: 'bob' } })).toEqual(ALLOW);
    expect(ask(bans, {}, { session: {} })).toEqual(ALLOW);
    expect(ask(bans, {}, { problem: 'the connection has ended' })).toEqual(ALLOW);
  });

  it('takes a name for that of a stream alone, and a field of another type for nobody’s', () => {
    const bans = [{ key: 'name:7' }, { key: 'session:7' }];
    expect(ask(bans, { body: { name: '7' } })).toMatchObject({ effect: 'deny', reason: 'name:7' });
    expect(ask(bans, { method: 'call', body: { name: '7' } })).toEqual(ALLOW);
    expect(ask(bans, { method: 'call', body: { sessionId: '7' } })).toMatchObject({ reason: 'session:7' });
    expect(ask(bans, { body: { name: 7, sessionId: 7 } })).toEqual(ALLOW);
  });

  it('knows a connection by its id as rows show it', () => {
    const body = { sessionId: 'rtsp://u:SECRET@host/x' };
    expect(ask([{ key: 'session:rtsp://host/x' }], { body })).toMatchObject({ effect: 'deny' });
  });

  it('cannot decide before the bans are read, unless that fails open', () => {
    expect(ask(undefined, {})).toEqual({ effect: 'undecided', reason: 'the bans cannot be read' });
    expect(ask(undefined, {}, MISSING, true)).toEqual(ALLOW);
  });

  it('cannot decide about a user whose connection cannot be read, unless that fails open or nobody asked for it', () => {
    const bans = [{ key: 'sub:alice' }];
    expect(ask(bans, {}, DOWN)).toEqual({ effect: 'undecided', reason: 'no answer' });
    expect(ask(bans, {}, DOWN, true)).toEqual(ALLOW);
    expect(ask(bans, {}, MISSING)).toEqual(ALLOW);
    expect(ask(bans, { token: { claims: { sub: 'bob' } } }, DOWN)).toEqual(ALLOW);
    expect(ask([{ key: 'name:room-1' }], {}, DOWN)).toEqual(ALLOW);
  });
});

it('the user of a token is known even if it is not valid any more, and not while no key can be had', () => {
  expect(userOf(undefined)).toBeUndefined();
  expect(userOf({ claims: { sub: 'alice' } })).toBe('alice');
  expect(userOf({ claims: {} })).toBeUndefined();
  expect(userOf({ problem: 'expired', sub: 'alice' })).toBe('alice');
  expect(userOf({ problem: 'no token' })).toBeUndefined();
  expect(userOf({ unverifiable: new Error('no keys') })).toBeUndefined();
});
