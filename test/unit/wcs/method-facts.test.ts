import { describe, expect, it } from 'vitest';
import { createTokenPolicy, TOKEN_ACTIONS } from '../../../lib/access/token-policy.ts';
import { isKept } from '../../../lib/state/sighting.ts';
import { ACTIONS, METHOD_NAMES, METHODS, type MethodName } from '../../../lib/wcs/methods.ts';

const where = (holds: (method: (typeof METHODS)[MethodName]) => unknown) =>
  METHOD_NAMES.filter((name) => holds(METHODS[name]));

describe('the facts of the method table', () => {
  it('say what a client requests: connect, publish, play, call or message', () => {
    const methodsOf = Object.fromEntries(
      ACTIONS.map((action) => [action, where((method) => method.action === action)]),
    );
    expect(methodsOf).toEqual({
      connect: ['connect'],
      publish: ['publishStream'],
      play: ['playStream', 'playHLS', 'playRTSP'],
      call: ['call', 'answer', 'hold', 'unhold', 'transfer', 'sendDtmf', 'OnCallEvent', 'OnTransferEvent'],
      message: ['sendMessage', 'sendIMDN', 'subscribe', 'sendXcapRequest', 'OnDataEvent', 'OnMessageEvent'],
    });
  });

  it('say which streams and sessions begin with a hook, and which players come by URL', () => {
    expect(where(({ starts }) => starts)).toEqual(['connect', 'publishStream', 'playStream', 'playHLS', 'playRTSP']);
    expect(where(({ isByUrl }) => isByUrl)).toEqual(['playHLS', 'playRTSP']);
  });

  it('say which hooks have a row: all of streams, and those that report the state of a session', () => {
    const ofSessions = where(({ subject }) => subject === 'session').filter(isKept);
    expect(ofSessions).toEqual(['connect', 'ConnectionStatusEvent', 'RegistrationStatusEvent']);
    expect(where(({ subject }) => subject === 'stream').filter(isKept)).toHaveLength(13);
    expect(where(({ subject }) => subject === 'call').filter(isKept)).toEqual([]);
  });

  it('say which field names what is requested, and where a token can be besides in `custom`', () => {
    const asked = where(({ asksFor }) => asksFor).map((name) => [name, METHODS[name].asksFor]);
    expect(Object.fromEntries(asked)).toEqual({
      ...{ publishStream: 'name', playStream: 'name', playHLS: 'name', playRTSP: 'name' },
      ...{ call: 'callee', transfer: 'target' },
    });
    expect(where(({ tokenField }) => tokenField)).toEqual(['playHLS']);
    expect(METHODS.playHLS.tokenField).toBe('token');
  });
});

describe('the token policy follows from the method table', () => {
  const decidedFor = (...requiredFor: (typeof TOKEN_ACTIONS)[number][]) =>
    createTokenPolicy({ requiredFor, connectFailsOpen: false }).decides;

  it('and decides, beside connect, the methods of each action that name what they request', () => {
    expect(decidedFor('connect')).toEqual({ connect: [] });
    expect(decidedFor('publish')).toEqual({ connect: [], publishStream: ['name'] });
    expect(decidedFor('play')).toEqual({ connect: [], playStream: [], playHLS: [], playRTSP: [] });
    expect(decidedFor('call')).toEqual({ connect: [], call: ['callee'], transfer: [] });
    expect(Object.keys(decidedFor(...TOKEN_ACTIONS))).toHaveLength(7);
  });

  it('and reads the field that it compares, the token and the connection, and no other', () => {
    const { reads } = createTokenPolicy({ requiredFor: TOKEN_ACTIONS, connectFailsOpen: false });
    const readOf = (method: MethodName) =>
      Object.keys(METHODS[method].schema.entries).filter((field) => reads(method, field));
    const always = ['appKey', 'custom', 'nodeId', 'sessionId'];
    expect(readOf('publishStream').sort()).toEqual([...always, 'name'].sort());
    expect(readOf('playHLS').sort()).toEqual([...always, 'name', 'token'].sort());
    expect(readOf('playRTSP').sort()).toEqual([...always, 'name'].sort());
    expect(readOf('call').sort()).toEqual([...always, 'callee'].sort());
    expect(readOf('transfer').sort()).toEqual([...always, 'target'].sort());
    expect(readOf('connect').sort()).toEqual(always);
  });
});
