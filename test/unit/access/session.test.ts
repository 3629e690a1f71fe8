import { describe, expect, it } from 'vitest';
import { keptText, readClaims, readKept } from '../../../lib/access/claims.ts';
import { sessionOf } from '../../../lib/access/session.ts';
import { METHOD_NAMES, METHODS } from '../../../lib/wcs/methods.ts';

describe('the session of a hook', () => {
  const row = {
    phase: 'live',
    connectAt: '2026-01-01T00:00:00.000Z',
    appKey: 'app',
    nodeId: 'node',
    sub: 'alice',
    claims: '{"publish":["a"]}',
  };

  it('lends what its token said', () => {
    const session = { sub: 'alice', claims: { publish: ['a'] } };
    expect(sessionOf(row, { appKey: 'app', nodeId: 'node' })).toEqual({ session });
    for (const phase of ['starting', 'seen']) expect(sessionOf({ ...row, phase }, {})).toEqual({ session });
  });

  it('lends the origin of its page, and nothing that somebody wrote into its row with another type', () => {
    const session = { sub: 'alice', origin: 'https://example.com', claims: { publish: ['a'] } };
    expect(sessionOf({ ...row, origin: 'https://example.com' }, {})).toEqual({ session });
    expect(sessionOf({ ...row, origin: 5, sub: true }, {})).toEqual({ session: { claims: { publish: ['a'] } } });
  });

  it('lends nothing if it was denied, has ended, or is that of another app or node', () => {
    expect(sessionOf({ ...row, phase: 'denied' }, {})).toEqual({ problem: 'the connection was denied' });
    expect(sessionOf({ ...row, phase: 'ended' }, {})).toEqual({ problem: 'the connection has ended' });
    for (const phase of ['starting', 'denied', 'live', 'ended']) {
      const problem = 'the connection was denied';
      expect(sessionOf({ ...row, phase, denied: 'token: expired' }, {})).toEqual({ problem });
    }
    for (const body of [{ appKey: 'other' }, { nodeId: 'other' }]) {
      expect(sessionOf(row, body)).toEqual({ problem: 'the connection is of another app or node' });
    }
  });

  it('is unknown if it never came, or failed open', () => {
    const { connectAt: _, ...registered } = row;
    expect(sessionOf(registered, {})).toEqual({ unknown: 'the connection is not known', isMissing: true });
    expect(sessionOf({}, {})).toMatchObject({ isMissing: true });
    expect(sessionOf({ ...row, failedOpen: 'token: the keys cannot be had' }, {})).toEqual({
      unknown: 'the connection failed open',
    });
  });

  it('has no claims where somebody wrote something else into its row', () => {
    for (const claims of ['', 'x', '{"publish":"*"}', '5', 'null', true]) {
      expect(sessionOf({ ...row, claims }, {})).toEqual({ session: { sub: 'alice' } });
    }
  });
});

describe('claims', () => {
  it('are kept without sub, and come back as they were', () => {
    const claims = { sub: 'a', publish: ['x*'], play: [], call: ['100'], maxDuration: 1.5, rename: 'y' };
    const { sub: _, ...kept } = claims;
    expect(readKept(keptText(claims) ?? '')).toEqual(kept);
  });

  it('that are too many for a row are not kept', () => {
    expect(keptText({ publish: ['x'.repeat(2030)] })).toHaveLength(2046);
    expect(keptText({ publish: ['x'.repeat(2032)] })).toHaveLength(2048);
    expect(keptText({ publish: ['x'.repeat(2033)] })).toBeUndefined();
    expect(keptText({ publish: ['ä'.repeat(1020)] })).toBeUndefined();
  });

  it.each([
    [{ publish: '*' }, 'unusable claim publish'],
    [{ play: [1] }, 'unusable claim play.0'],
    [{ call: {} }, 'unusable claim call'],
    [{ sub: 5 }, 'unusable claim sub'],
    [{ sub: '' }, 'unusable claim sub'],
    [{ sub: 'ä'.repeat(129) }, 'unusable claim sub'],
    [{ maxDuration: 0 }, 'unusable claim maxDuration'],
    [{ maxDuration: '60' }, 'unusable claim maxDuration'],
    [{ maxDuration: 1e300 }, 'unusable claim maxDuration'],
    [{ rename: '' }, 'unusable claim rename'],
    [null, 'unusable claim'],
  ])('%j are unusable, and told by their name', (payload, problem) => {
    expect(readClaims(payload)).toEqual({ problem });
  });
});

it('what can be decided is what a denial stops, but for keep-alives, which an operator stops by the row', () => {
  const declinable = METHOD_NAMES.filter((method) => METHODS[method].declinable && method !== 'StreamKeepAliveEvent');
  expect(METHOD_NAMES.filter((method) => METHODS[method].action !== undefined)).toEqual(declinable);
});
