import { describe, expect, it } from 'vitest';
import { LEVEL } from '../../../lib/state/lifecycle.ts';
import { KINDS } from '../../../lib/state/row.ts';
import type { RecordedDecision } from '../../../lib/state/sighting.ts';
import { sightingOf } from '../../../lib/state/sighting-of.ts';
import type { MethodName } from '../../../lib/wcs/methods.ts';

const AT = Date.parse('2026-01-01T00:00:00.000Z');
const TIME = '2026-01-01T00:00:00.000Z';
const ADDRESS = '/203.0.113.77:63853/198.51.100.25:8443';
const ONCE = `${ADDRESS}-7d3ca9f8-2c8c-4d9b-9e0e-7a4a0f3d6a10`;
const CLIENT = { appKey: 'defaultApp', nodeId: 'n1@198.51.100.25' };

const of = (method: MethodName, fields: Record<string, unknown> = {}, recorded: RecordedDecision = {}) =>
  sightingOf(method, { sessionId: ONCE, ...CLIENT, ...fields }, AT, recorded);

describe('the sighting of a session', () => {
  it('by connect is what it said and what was decided on it, and nothing else of its body', () => {
    const body = {
      ...{ origin: 'https://example.com', clientVersion: '2.0.1', status: 'PENDING' },
      ...{ authToken: 'SECRET', sipPassword: 'SECRET', custom: { token: 'SECRET' }, mediaProviders: ['WebRTC'] },
    };
    const recorded = { isDecided: true, sub: 'alice', claims: '{"publish":["*"]}', failedOpen: 'token: down' };
    expect(of('connect', body, recorded)).toEqual({
      kind: 'session',
      id: ONCE,
      client: CLIENT,
      at: AT,
      level: LEVEL.starting,
      state: { phase: 'starting', status: 'PENDING' },
      attributes: {
        ...CLIENT,
        ...{ connectAt: TIME, sub: 'alice', claims: '{"publish":["*"]}', failedOpen: 'token: down' },
        ...{ origin: 'https://example.com', clientVersion: '2.0.1' },
      },
    });
    expect(of('connect')?.attributes).toEqual({ ...CLIENT, connectAt: TIME });
  });

  it('by a denied connect shows the denial, whatever WCS calls its status', () => {
    expect(of('connect', { status: 'PENDING', info: 'x' }, { denied: 'token: expired', sub: 'bob' })).toMatchObject({
      level: LEVEL.denied,
      state: { phase: 'denied', status: 'DENIED', info: 'x' },
      attributes: { denied: 'token: expired', sub: 'bob', connectAt: TIME },
    });
  });

  it('by ConnectionStatusEvent is its status, and neither a connection nor the token that it repeats', () => {
    const sighting = of('ConnectionStatusEvent', { status: 'ESTABLISHED', authToken: 'SECRET', origin: 'https://a.b' });
    expect(sighting).toMatchObject({ level: LEVEL.live, state: { phase: 'live', status: 'ESTABLISHED' } });
    expect(sighting?.attributes).toEqual(CLIENT);
    for (const status of ['FAILED', 'DISCONNECTED']) {
      expect(of('ConnectionStatusEvent', { status })).toMatchObject({
        level: LEVEL.ended,
        state: { phase: 'ended', status },
      });
    }
    expect(of('ConnectionStatusEvent', { status: 'SOMETHING_NEW' })?.level).toBe(LEVEL.live);
    for (const status of [undefined, null, '']) {
      expect(of('ConnectionStatusEvent', { status })).toMatchObject({ level: LEVEL.seen, attributes: CLIENT });
    }
  });

  it('by RegistrationStatusEvent is that of SIP, which ends no connection', () => {
    for (const status of ['REGISTERED', 'FAILED', 'DISCONNECTED']) {
      expect(of('RegistrationStatusEvent', { status })).toEqual({
        kind: 'session',
        id: ONCE,
        client: CLIENT,
        at: AT,
        level: LEVEL.seen,
        state: { phase: 'seen' },
        attributes: { ...CLIENT, registration: status, registrationAt: TIME },
      });
    }
    expect(of('RegistrationStatusEvent')?.attributes).toEqual(CLIENT);
    expect(of('ConnectionStatusEvent')?.attributes).not.toHaveProperty('registrationAt');
  });

  it('at an address that WCS gives again is always as strong as any other, and shows its own phase', () => {
    for (const sessionId of [ADDRESS, '/[2001:db8::77]:63853/[2001:db8::25]:8443']) {
      expect(of('connect', { sessionId })).toMatchObject({ level: LEVEL.live, state: { phase: 'starting' } });
      expect(of('ConnectionStatusEvent', { sessionId, status: 'FAILED' })).toMatchObject({
        level: LEVEL.live,
        state: { phase: 'ended' },
      });
      expect(of('RegistrationStatusEvent', { sessionId, status: 'X' })?.level).toBe(LEVEL.seen);
    }
  });

  it('does not exist for other methods, nor without an id', () => {
    for (const method of ['OnDataEvent', 'sendMessage', 'pushLogs'] as const) expect(of(method)).toBeUndefined();
    for (const sessionId of [undefined, null, '']) expect(of('connect', { sessionId })).toBeUndefined();
  });

  it('is one as long as the id fits the key of a table: 2048 bytes, not characters', () => {
    for (const sessionId of ['x'.repeat(2048), 'ä'.repeat(1024)])
      expect(of('connect', { sessionId })?.id).toBe(sessionId);
    for (const sessionId of ['x'.repeat(2049), `x${'ä'.repeat(1024)}`]) {
      expect(of('connect', { sessionId })).toBeUndefined();
    }
  });
});

it('no row has a field for a token, a password, or what a client puts into custom', () => {
  for (const { owned } of Object.values(KINDS)) {
    expect(owned.filter((field) => /token|password|secret|custom|sdp|authorization/i.test(field))).toEqual([]);
  }
});
