import { describe, expect, it } from 'vitest';
import { LEVEL } from '../../../lib/state/lifecycle.ts';
import { merge } from '../../../lib/state/merge.ts';
import { sightingOf } from '../../../lib/state/sighting-of.ts';
import { METHOD_NAMES, METHODS, type MethodName } from '../../../lib/wcs/methods.ts';
import { captureBody, SEED_STREAM } from '../../support/fixtures.ts';

const AT = 1_700_000_000_000;
const of = (method: MethodName, body: object, at = AT) => sightingOf(method, { mediaSessionId: 'm', ...body }, at);
const level = (method: MethodName, body: object = {}) => of(method, body)?.level;

describe('the level of a hook', () => {
  it('is starting for what begins a stream, whatever its status says', () => {
    for (const method of ['publishStream', 'playStream', 'playHLS', 'playRTSP'] as const) {
      expect(level(method)).toBe(LEVEL.starting);
      expect(level(method, { status: 'PUBLISHING' })).toBe(LEVEL.starting);
    }
  });

  it('is denied for what a policy denied, which no later start overrules', () => {
    for (const method of ['publishStream', 'playStream', 'playHLS', 'playRTSP'] as const) {
      expect(sightingOf(method, { mediaSessionId: 'm' }, AT, { denied: 'x' })?.level).toBe(LEVEL.denied);
    }
  });

  it('follows the status of a StreamStatusEvent', () => {
    const levels = {
      starting: 'NEW PENDING',
      live: 'PUBLISHING PLAYING PAUSED',
      ended: 'UNPUBLISHED STOPPED FAILED DISCONNECTED',
    };
    for (const [name, statuses] of Object.entries(levels)) {
      for (const status of statuses.split(' ')) {
        expect(level('StreamStatusEvent', { status })).toBe(LEVEL[name as keyof typeof levels]);
      }
    }
  });

  it('is live for a word that nobody knows, seen for none', () => {
    for (const status of ['NEWER', 'publishing', 'constructor', '__proto__', '\u{1f600}']) {
      expect(level('StreamStatusEvent', { status })).toBe(LEVEL.live);
    }
    for (const status of [undefined, null, '']) expect(level('StreamStatusEvent', { status })).toBe(LEVEL.seen);
  });

  it('is seen for notes, and for a failure that speaks of another stream', () => {
    for (const status of ['RESIZE', 'SNAPSHOT_COMPLETE', 'NOT_ENOUGH_BANDWIDTH', 'PLAYBACK_PROBLEM']) {
      expect(level('StreamStatusEvent', { status })).toBe(LEVEL.seen);
    }
    expect(level('StreamStatusEvent', { status: 'FAILED', info: 'MediaSessionId is already in use' })).toBe(LEVEL.seen);
    expect(level('StreamStatusEvent', { status: 'FAILED', info: 'Failed by ICE timeout' })).toBe(LEVEL.ended);
    expect(level('StreamStatusEvent', { status: 'STOPPED', info: 'MediaSessionId is already in use' })).toBe(
      LEVEL.ended,
    );
  });

  it('is its own for a keep-alive, seen for every other method of a stream', () => {
    expect(level('StreamKeepAliveEvent', { status: 'PUBLISHING' })).toBe(LEVEL.keptAlive);
    const own = ['publishStream', 'playStream', 'playHLS', 'playRTSP', 'StreamStatusEvent', 'StreamKeepAliveEvent'];
    const others = METHOD_NAMES.filter((name) => METHODS[name].subject === 'stream' && !own.includes(name));
    expect(others).toHaveLength(7);
    for (const method of others) {
      expect(of(method, { status: 'PUBLISHING', name: 'b4e7' })).toEqual({
        kind: 'stream',
        id: 'm',
        client: {},
        at: AT,
        level: LEVEL.seen,
        state: { phase: 'seen' },
        attributes: {},
      });
    }
  });
});

describe('a sighting', () => {
  it('carries what the seed capture says, without its sdp and its zeros', () => {
    expect(sightingOf('StreamStatusEvent', captureBody('StreamStatusEvent.publishing'), AT)).toEqual({
      kind: 'stream',
      id: SEED_STREAM,
      client: {
        sessionId: '/192.168.1.102:4388/192.168.1.101:8443',
        nodeId: 'Hw47CFMBEchVOpBMDr29IxjudnJ1sjOY@192.168.1.101',
      },
      at: AT,
      level: LEVEL.live,
      state: { phase: 'live', status: 'PUBLISHING', hasVideo: true, hasAudio: true },
      attributes: {
        name: 'b4e7',
        published: true,
        nodeId: 'Hw47CFMBEchVOpBMDr29IxjudnJ1sjOY@192.168.1.101',
        appKey: 'defaultApp',
        sessionId: '/192.168.1.102:4388/192.168.1.101:8443',
        mediaProvider: 'WebRTC',
        record: false,
      },
    });
  });

  it('carries nothing that may be a secret', () => {
    const secrets = {
      ...{ sdp: 'SECRET', token: 'SECRET', custom: { token: 'SECRET' }, authToken: 'SECRET', sipPassword: 'SECRET' },
      ...{
        rtmpUrl: 'rtmp://u:SECRET@host',
        rtspUrl: 'SECRET',
        constraints: { a: 'SECRET' },
        localMediaInfo: { a: 'SECRET' },
      },
      ...{ payload: 'SECRET', logs: 'SECRET', sipHeaders: 'SECRET', sipMessageRaw: 'SECRET', somethingNew: 'SECRET' },
    };
    for (const method of METHOD_NAMES.filter((name) => METHODS[name].subject === 'stream')) {
      expect(JSON.stringify(of(method, { status: 'PUBLISHING', ...secrets }))).not.toContain('SECRET');
    }
  });

  it('of a play by URL says NEW and not published where the body does not', () => {
    const sighting = sightingOf('playHLS', captureBody('playHLS.token-in-custom'), AT);
    expect(sighting).toMatchObject({
      level: LEVEL.starting,
      state: { status: 'NEW' },
      attributes: { name: 'test', published: false },
    });
    expect(of('playRTSP', { status: 'PENDING', published: true })).toMatchObject({
      state: { status: 'PENDING' },
      attributes: { published: true },
    });
    expect(of('publishStream', {})?.state).toEqual({ phase: 'starting' });
  });

  it('of a play by URL makes a row that is never live and expires by itself, as nothing reports its end', () => {
    for (const method of ['playHLS', 'playRTSP'] as const) {
      const once = merge({}, of(method, { name: 'test' }) ?? expect.fail(), { retentionSeconds: 10 });
      const again = merge(once, of(method, { name: 'test' }, AT + 5000) ?? expect.fail(), { retentionSeconds: 10 });
      expect(again).toMatchObject({ phase: 'starting', expiresAt: AT / 1000 + 10 });
      expect(again).not.toHaveProperty('live');
    }
  });

  it('takes the user agent of old and new RTSP bodies', () => {
    expect(of('playRTSP', { 'User-Agent': 'old' })?.attributes.userAgent).toBe('old');
    expect(of('playRTSP', { userAgent: 'new' })?.attributes.userAgent).toBe('new');
  });

  it('of a long name carries a part of it that fits an index key, and says so', () => {
    expect(of('publishStream', { name: 'x'.repeat(5000) })?.attributes).toEqual({
      name: 'x'.repeat(2048),
      nameCut: true,
    });
    expect(of('publishStream', { name: 'a\ud800' })?.attributes).toEqual({ name: 'a\ufffd' });
    expect(of('publishStream', { name: '' })?.attributes).toEqual({});
  });

  it('of a resize carries the new size, if both sides of it are there and WCS itself reports it', () => {
    const size = { width: 640, height: 360 };
    const resize = (method: MethodName, body: object) => of(method, { status: 'RESIZE', ...body })?.attributes;
    const resizedAt = new Date(AT).toISOString();
    expect(resize('StreamStatusEvent', size)).toEqual({ resizedAt, resizedWidth: 640, resizedHeight: 360 });
    expect(resize('StreamStatusEvent', { width: 640 })).toEqual({});
    expect(resize('StreamStatusEvent', { height: 360 })).toEqual({});
    expect(resize('StreamEvent', size)).toEqual({});
  });

  it('of audio and video states carries whether they are muted', () => {
    const state = of('StreamStatusEvent', { status: 'PLAYING', audioState: { muted: true }, videoState: {} })?.state;
    expect(state).toEqual({ phase: 'live', status: 'PLAYING', audioMuted: true });
  });

  it('does not exist for a body that names no stream', () => {
    for (const mediaSessionId of [undefined, null, '']) {
      expect(sightingOf('playRTSP', { mediaSessionId }, AT)).toBeUndefined();
    }
  });
});
