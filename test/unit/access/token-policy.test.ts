import { describe, expect, it } from 'vitest';
import { createTokenPolicy, tokenOf, TOKEN_ACTIONS, type TokenAction } from '../../../lib/access/token-policy.ts';
import type { Claims } from '../../../lib/access/claims.ts';
import type { SessionLookup, TokenCheck } from '../../../lib/access/decision.ts';
import { METHOD_NAMES, type MethodName } from '../../../lib/wcs/methods.ts';

const policyFor = (requiredFor: readonly TokenAction[] = TOKEN_ACTIONS, connectFailsOpen = false) =>
  createTokenPolicy({ requiredFor, connectFailsOpen });
const NOBODY: SessionLookup = { problem: 'the connection has ended' };

describe('policy token', () => {
  it('decides the methods of what a token is needed for, and connect always', () => {
    const decided = (...actions: TokenAction[]) => Object.keys(policyFor(actions).decides).sort();
    expect(decided()).toEqual(['connect']);
    expect(decided('connect')).toEqual(['connect']);
    expect(decided('publish')).toEqual(['connect', 'publishStream']);
    expect(decided('play')).toEqual(['connect', 'playHLS', 'playRTSP', 'playStream']);
    expect(decided('call')).toEqual(['call', 'connect', 'transfer']);
    expect(policyFor(['publish', 'play']).decides).toEqual({
      ...{ connect: [], publishStream: ['name'] },
      ...{ playStream: [], playHLS: [], playRTSP: [] },
    });
    // A transfer goes to whom the client asked for, or nowhere.
    expect(policyFor(['call']).decides).toEqual({ connect: [], call: ['callee'], transfer: [] });
  });

  it('reads where the token is, what ties a hook to its connection, and what is asked for: none may be left out', () => {
    const { reads, readsSession } = policyFor();
    expect(readsSession).toBe('without a token');
    const asked: Partial<Record<MethodName, string[]>> = {
      publishStream: ['name'],
      playStream: ['name'],
      playHLS: ['name', 'token'],
      playRTSP: ['name'],
      call: ['callee'],
      transfer: ['target'],
    };
    const fields = ['custom', 'sessionId', 'appKey', 'nodeId', 'name', 'token', 'callee', 'target', 'sdp', 'record'];
    for (const method of METHOD_NAMES) {
      const read = fields.filter((field) => reads(method, field));
      expect([method, read]).toEqual([method, ['custom', 'sessionId', 'appKey', 'nodeId', ...(asked[method] ?? [])]]);
    }
  });

  it('denies a callee that the token does not name exactly, and a transfer by its target', () => {
    const ask = (method: 'call' | 'transfer', body: Record<string, unknown>, call?: string[]) =>
      policyFor().decide({ method, body, at: 0, token: { claims: call ? { call } : {} } }, NOBODY).effect;
    expect(ask('call', { callee: '100' }, ['99', '100'])).toBe('allow');
    expect(ask('transfer', { target: '100', callee: '5' }, ['100'])).toBe('allow');
    expect(ask('transfer', { target: '5', callee: '100' }, ['100'])).toBe('deny');
    expect(ask('call', { target: '100' }, ['100'])).toBe('deny');
    expect(ask('call', { callee: '100' }, ['1*', '10'])).toBe('deny');
    expect(ask('call', { callee: '100' })).toBe('deny');
    expect(ask('call', { callee: 100 }, ['100'])).toBe('deny');
  });

  it('calls the callee of the token, whoever was asked for and whatever is listed; transfers only to who is listed', () => {
    const ask = (method: 'call' | 'transfer', body: Record<string, unknown>, call?: string[]) =>
      policyFor().decide(
        { method, body, at: 0, token: { claims: { callee: '+4930100', ...(call ? { call } : {}) } } },
        NOBODY,
      );
    const calls = { effect: 'allow', overwrite: { callee: '+4930100' } };
    for (const body of [{ callee: '0900' }, { callee: '+4930100' }, { callee: null }, {}]) {
      expect(ask('call', body)).toEqual(calls);
    }
    expect(ask('call', { callee: '0900' }, ['0900'])).toEqual(calls);
    expect(ask('transfer', { target: '+4930100' })).toMatchObject({ effect: 'deny' });
    expect(ask('transfer', { target: '200' }, ['200'])).toEqual({ effect: 'allow' });
  });

  it('allows what the token lists, on its terms', () => {
    const ask = (method: MethodName, claims: Claims) =>
      policyFor().decide({ method, body: { name: 'room-1' }, at: 0, token: { claims } }, NOBODY);
    expect(ask('publishStream', { publish: ['x', 'room-*'] })).toEqual({ effect: 'allow' });
    expect(ask('publishStream', { publish: ['room-1'], maxDuration: 60, rename: 'b' })).toEqual({
      ...{ effect: 'allow', maxDuration: 60, overwrite: { name: 'b' } },
    });
    expect(ask('playHLS', { play: ['room-1'], maxDuration: 60, rename: 'b' })).toEqual({
      ...{ effect: 'allow', maxDuration: 60 },
    });
    expect(ask('publishStream', { play: ['*'] })).toMatchObject({ effect: 'deny' });
    expect(ask('playStream', { publish: ['*'] })).toMatchObject({ effect: 'deny' });
  });

  it('takes the token of the hook before that of the connection, and denies one that is not valid', () => {
    const session: SessionLookup = { session: { claims: { publish: ['*'] } } };
    const ask = (token?: TokenCheck) =>
      policyFor().decide({ method: 'publishStream', body: { name: 'x' }, at: 0, ...(token && { token }) }, session);
    expect(ask()).toEqual({ effect: 'allow' });
    expect(ask({ claims: {} })).toMatchObject({ effect: 'deny' });
    expect(ask({ problem: 'expired' })).toEqual({ effect: 'deny', reason: 'expired' });
    expect(ask({ unverifiable: 'down' })).toEqual({ effect: 'undecided', reason: 'the keys cannot be had' });
  });

  it('takes a connection with a token whose claims its row can keep', () => {
    const connect = (token: TokenCheck) => policyFor().decide({ method: 'connect', body: {}, at: 0, token }, NOBODY);
    expect(connect({ claims: {} })).toEqual({ effect: 'allow' });
    expect(connect({ claims: { publish: ['x'.repeat(2033)] } })).toEqual({
      ...{ effect: 'deny', reason: 'more claims than a session can keep' },
    });
    expect(connect({ problem: 'expired' })).toEqual({ effect: 'deny', reason: 'expired' });
  });

  it('names what the token does not list', () => {
    const reasonFor = (method: MethodName) =>
      policyFor().decide({ method, body: {}, at: 0, token: { claims: {} } }, NOBODY);
    expect(reasonFor('publishStream')).toEqual({ effect: 'deny', reason: 'may not publish this name' });
    expect(reasonFor('playHLS')).toEqual({ effect: 'deny', reason: 'may not play this name' });
    expect(reasonFor('transfer')).toEqual({ effect: 'deny', reason: 'may not call this callee' });
  });

  it('of a connection that is not known denies what needs a token, unless it may have failed open', () => {
    const missing: SessionLookup = { unknown: 'the connection is not known', isMissing: true };
    const down: SessionLookup = { unknown: 'the row cannot be read' };
    const ask = (method: MethodName, session: SessionLookup, connectFailsOpen: boolean) =>
      policyFor(TOKEN_ACTIONS, connectFailsOpen).decide({ method, body: { name: 'x' }, at: 0 }, session);
    const noToken = { effect: 'deny', reason: 'no token' };
    expect(ask('publishStream', missing, false)).toEqual(noToken);
    expect(ask('publishStream', missing, true)).toEqual({
      effect: 'undecided',
      reason: 'the connection is not known',
    });
    // Players by URL never connect.
    for (const method of ['playHLS', 'playRTSP'] as const) expect(ask(method, missing, true)).toEqual(noToken);
    for (const isOpen of [true, false]) {
      expect(ask('playHLS', down, isOpen)).toEqual({ effect: 'undecided', reason: 'the row cannot be read' });
    }
    expect(ask('publishStream', { session: {} }, true)).toEqual(noToken);
    expect(ask('publishStream', NOBODY, true)).toEqual({ effect: 'deny', reason: 'the connection has ended' });
  });

  it('takes a connection without a token only where none is needed', () => {
    const connect = (requiredFor: TokenAction[]) =>
      policyFor(requiredFor).decide({ method: 'connect', body: {}, at: 0 }, NOBODY);
    expect(connect(['publish'])).toEqual({ effect: 'allow' });
    expect(connect(['connect'])).toEqual({ effect: 'deny', reason: 'no token' });
  });

  it('decides by no more of a name than rows show: what may have been cut off must not matter', () => {
    const publish = (name: string, glob: string) =>
      policyFor().decide(
        { method: 'publishStream', body: { name }, at: 0, token: { claims: { publish: [glob] } } },
        NOBODY,
      ).effect;
    const [whole, cut] = ['x'.repeat(2044), 'x'.repeat(2045)];
    expect(publish(whole, whole)).toBe('allow');
    expect(publish(cut, cut)).toBe('deny');
    expect(publish(cut, 'x*')).toBe('allow');
  });
});

describe('the token of a hook', () => {
  it('is in the named field of custom, else in aclAuth, and of playHLS in token', () => {
    expect(tokenOf('connect', { custom: { t: 'a', aclAuth: 'b' } }, 't')).toBe('a');
    for (const t of [undefined, null, '']) expect(tokenOf('connect', { custom: { t, aclAuth: 'b' } }, 't')).toBe('b');
    expect(tokenOf('playHLS', { token: 'c' }, 't')).toBe('c');
    expect(tokenOf('playHLS', { token: 'c', custom: { aclAuth: 'b' } }, 't')).toBe('b');
  });

  it('is nowhere else', () => {
    expect(tokenOf('playStream', { token: 'c', authToken: 'd', t: 'e' }, 't')).toBeUndefined();
    expect(tokenOf('connect', {}, 't')).toBeUndefined();
    expect(tokenOf('connect', { custom: null }, 't')).toBeUndefined();
    // What every object has by itself is no field of custom.
    expect(tokenOf('connect', { custom: {} }, 'constructor')).toBeUndefined();
  });
});
