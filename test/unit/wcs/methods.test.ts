import { describe, expect, it } from 'vitest';
import { isKept } from '../../../lib/state/sighting-of.ts';
import {
  ACTIONS,
  carriesSdp,
  KEY_FIELD,
  METHOD_NAMES,
  METHODS,
  methodNamed,
  OTHER_SPELLINGS,
  type MethodName,
} from '../../../lib/wcs/methods.ts';

const ofType = (type: string) => METHOD_NAMES.filter((name) => METHODS[name].type === type);
const of = (subject: string) => METHOD_NAMES.filter((name) => METHODS[name].subject === subject);

describe('the method table', () => {
  it('has the 46 methods of WCS and their 3 other spellings', () => {
    expect(METHOD_NAMES).toHaveLength(46);
    expect(Object.keys(OTHER_SPELLINGS)).toEqual(['sendDTMF', 'sendBugReport', 'ErrorEvent']);
    for (const spelling of Object.keys(OTHER_SPELLINGS)) expect(METHOD_NAMES).not.toContain(spelling);
  });

  it('knows the type of each', () => {
    expect(ofType('connect')).toEqual(['connect']);
    expect(ofType('incoming')).toEqual(['OnCallEvent', 'OnMessageEvent', 'OnTransferEvent']);
    expect(ofType('event')).toHaveLength(17);
    expect(ofType('event').every((name) => name.endsWith('Event'))).toBe(true);
    expect(ofType('invocation')).toHaveLength(25);
  });

  it('knows what each speaks about, and by which field', () => {
    expect(KEY_FIELD).toEqual({ stream: 'mediaSessionId', session: 'sessionId', call: 'callId' });
    for (const name of METHOD_NAMES) expect(METHODS[name].key).toBe(KEY_FIELD[METHODS[name].subject]);
    expect(of('stream').sort()).toEqual(
      [
        ...['publishStream', 'playStream', 'playHLS', 'playRTSP', 'unPublishStream', 'stopStream', 'pauseStream'],
        ...[
          'snapshot',
          'availableStream',
          'sendStreamEvent',
          'StreamStatusEvent',
          'StreamKeepAliveEvent',
          'StreamEvent',
        ],
      ].sort(),
    );
    expect(of('call')).toHaveLength(11);
  });

  it('names exactly the methods that a 403 stops', () => {
    expect(METHOD_NAMES.filter((name) => METHODS[name].declinable).sort()).toEqual(
      [
        ...['connect', 'publishStream', 'playStream', 'playHLS', 'playRTSP', 'call', 'answer', 'hold', 'unhold'],
        ...['transfer', 'sendDtmf', 'sendMessage', 'sendIMDN', 'subscribe', 'sendXcapRequest', 'OnDataEvent'],
        ...['StreamKeepAliveEvent', 'OnCallEvent', 'OnMessageEvent', 'OnTransferEvent'],
      ].sort(),
    );
  });

  it('resolves a name case-sensitively, the other spellings, and nothing else', () => {
    expect(methodNamed('StreamStatusEvent')).toBe('StreamStatusEvent');
    expect(methodNamed('sendDTMF')).toBe('sendDtmf');
    expect(methodNamed('sendBugReport')).toBe('submitBugReport');
    expect(methodNamed('ErrorEvent')).toBe('ErrorStatusEvent');
    for (const unknown of ['streamstatusevent', '', 'constructor', '__proto__', 'toString', 'NewEvent']) {
      expect(methodNamed(unknown)).toBeUndefined();
    }
  });

  it('knows which bodies can carry an sdp', () => {
    for (const name of ['publishStream', 'StreamStatusEvent', 'StreamKeepAliveEvent', 'call', 'OnCallEvent'] as const) {
      expect(carriesSdp(name)).toBe(true);
    }
    for (const name of ['connect', 'StreamEvent', 'sendStreamEvent', 'sendDtmf', 'OnDataEvent', 'pushLogs'] as const) {
      expect(carriesSdp(name)).toBe(false);
    }
  });
});

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

  it('say which streams, sessions and calls begin with a hook, and which players come by URL', () => {
    expect(where(({ starts }) => starts)).toEqual([
      ...['connect', 'publishStream', 'playStream', 'playHLS', 'playRTSP', 'call', 'OnCallEvent'],
    ]);
    expect(where(({ isByUrl }) => isByUrl)).toEqual(['playHLS', 'playRTSP']);
  });

  it('say which hooks have a row: all of streams and calls, and those that report the state of a session', () => {
    const ofSessions = where(({ subject }) => subject === 'session').filter(isKept);
    expect(ofSessions).toEqual(['connect', 'ConnectionStatusEvent', 'RegistrationStatusEvent']);
    expect(where(({ subject }) => subject === 'stream').filter(isKept)).toHaveLength(13);
    expect(where(({ subject }) => subject === 'call').filter(isKept)).toHaveLength(11);
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
