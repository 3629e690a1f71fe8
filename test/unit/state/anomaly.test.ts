import { describe, expect, it } from 'vitest';
import { anomalyOf } from '../../../lib/state/anomaly.ts';
import { merge } from '../../../lib/state/merge.ts';
import type { Row } from '../../../lib/state/row.ts';
import type { RecordedDecision, Sighting } from '../../../lib/state/sighting.ts';
import { sightingOf } from '../../../lib/state/sighting-of.ts';
import type { MethodName } from '../../../lib/wcs/methods.ts';

const T0 = 1_700_000_000_000;
const RETENTION = { retentionSeconds: 1000 };
const ALICE = { sessionId: 'alice', nodeId: 'A' };
const BOB = { sessionId: 'bob', nodeId: 'A' };

const seen = (who: object, method: MethodName, seconds: number, status?: string, recorded?: RecordedDecision) =>
  sightingOf(method, { mediaSessionId: 'x', ...who, status }, T0 + seconds * 1000, recorded) ?? expect.fail();
const claim = (who: object, seconds: number, denied?: string) =>
  seen(who, 'publishStream', seconds, 'PENDING', denied === undefined ? {} : { isDecided: true, denied });
const status = (who: object, word: string, seconds: number) => seen(who, 'StreamStatusEvent', seconds, word);

/** What is odd about the last of the sightings. */
function afterAll(...sightings: Sighting[]) {
  let row: Row = {};
  let anomaly;
  for (const sighting of sightings) {
    const merged = merge(row, sighting, RETENTION);
    anomaly = anomalyOf(row, merged, sighting);
    row = merged;
  }
  return anomaly;
}

describe('a denied stream', () => {
  it('that is live is reported once', () => {
    const denied = claim(ALICE, 0, 'token: expired');
    expect(afterAll(denied)).toBeUndefined();
    expect(afterAll(denied, status(ALICE, 'PUBLISHING', 1))).toBe('denial ignored');
    expect(afterAll(status(ALICE, 'PUBLISHING', 1), denied)).toBe('denial ignored');
    expect(afterAll(denied, status(ALICE, 'PUBLISHING', 1), status(ALICE, 'PAUSED', 2))).toBeUndefined();
    expect(afterAll(denied, status(ALICE, 'FAILED', 1))).toBeUndefined();
  });

  it('that is denied again while it is lost is known to continue', () => {
    const live = merge({}, status(ALICE, 'PUBLISHING', 1), RETENTION);
    const lost: Row = { ...live, phase: 'lost', lost: 'no hook', denied: 'x' };
    const again = status(ALICE, 'PUBLISHING', 2);
    expect(anomalyOf(lost, merge(lost, again, RETENTION), again)).toBeUndefined();
  });
});

describe('an ended stream', () => {
  it('that is live more than a minute later is reported: until then its hooks may have overtaken the end', () => {
    const end = status(ALICE, 'UNPUBLISHED', 0);
    expect(afterAll(end, status(ALICE, 'PUBLISHING', 60))).toBeUndefined();
    expect(afterAll(end, status(ALICE, 'PUBLISHING', 60.001))).toBe('live after end');
    expect(afterAll(end, status(ALICE, 'STOPPED', 100))).toBeUndefined();
    expect(afterAll(status(ALICE, 'PUBLISHING', 0), status(ALICE, 'PUBLISHING', 100))).toBeUndefined();
  });
});

describe('an id that a second client claims', () => {
  const live = status(ALICE, 'PUBLISHING', 1);

  it('is in use while its stream is live: each claim is reported, and each change of its state', () => {
    expect(afterAll(live, claim(BOB, 2))).toBe('id in use');
    expect(afterAll(live, claim(BOB, 2), claim(BOB, 3))).toBe('id in use');
    expect(afterAll(live, claim(BOB, 2), status(BOB, 'FAILED', 3))).toBe('id in use');
    expect(afterAll(live, claim(BOB, 2), status(BOB, 'FAILED', 3), status(BOB, 'FAILED', 4))).toBeUndefined();
  });

  it('is in use also if the stream is reported after the claim, and by both at once', () => {
    expect(afterAll(claim(BOB, 0), live)).toBe('id in use');
    expect(afterAll(claim(BOB, 0), claim(ALICE, 1))).toBeUndefined();
    expect(afterAll(live, status(BOB, 'PUBLISHING', 2))).toBe('id in use');
    expect(afterAll(live, status(BOB, 'PUBLISHING', 2), status(BOB, 'PUBLISHING', 3))).toBeUndefined();
    // Hers, which goes on, is no news, and asking again for what is hers is no claim.
    expect(afterAll(live, claim(BOB, 2), claim(ALICE, 3))).toBeUndefined();
    expect(afterAll(live, claim(BOB, 2), status(ALICE, 'PAUSED', 3))).toBeUndefined();
  });

  it('is not in use while none is live, and no news when it turns out that the other was live first', () => {
    expect(afterAll(claim(BOB, 1), claim(ALICE, 0))).toBeUndefined();
    expect(afterAll(claim(ALICE, 0), claim(BOB, 1), status(BOB, 'FAILED', 2))).toBeUndefined();
    const both = [status(BOB, 'PUBLISHING', 5), status(ALICE, 'PUBLISHING', 9)];
    expect(afterAll(...both)).toBe('id in use');
    expect(afterAll(...both, status(ALICE, 'PUBLISHING', 3))).toBeUndefined();
  });

  it('is not in use by a note, which says nothing of where a stream is', () => {
    expect(afterAll(live, claim(BOB, 2), status(BOB, 'RESIZE', 3))).toBeUndefined();
    expect(afterAll(live, seen(BOB, 'StreamEvent', 2))).toBeUndefined();
  });

  it('after its end is one that WCS uses again as soon as a stream is live with it', () => {
    const end = status(ALICE, 'UNPUBLISHED', 2);
    expect(afterAll(live, end, claim(BOB, 3))).toBeUndefined();
    expect(afterAll(live, end, claim(BOB, 3), status(BOB, 'PUBLISHING', 4))).toBe('live after end');
    expect(afterAll(live, end, status(BOB, 'PUBLISHING', 4), status(BOB, 'PAUSED', 5))).toBeUndefined();
    expect(afterAll(live, end, status(BOB, 'PUBLISHING', 4), status(BOB, 'STOPPED', 5))).toBeUndefined();
  });
});

describe('a session', () => {
  it('whose address two nodes give to their clients is no id in use', () => {
    const sessionId = '/10.0.0.2:1/10.0.0.1:2';
    const connect = (nodeId: string, seconds: number) =>
      sightingOf('connect', { sessionId, appKey: 'app', nodeId }, T0 + seconds * 1000) ?? expect.fail();
    expect(afterAll(connect('A', 0), connect('B', 1))).toBeUndefined();
    expect(afterAll(connect('A', 1), connect('B', 0))).toBeUndefined();
    const established = (nodeId: string, seconds: number) =>
      sightingOf(
        'ConnectionStatusEvent',
        { sessionId, appKey: 'app', nodeId, status: 'ESTABLISHED' },
        T0 + seconds * 1000,
      );
    const [one, other] = [established('A', 0) ?? expect.fail(), established('B', 1) ?? expect.fail()];
    expect([afterAll(one, other), afterAll(other, one)]).toEqual([undefined, undefined]);
  });
});
