import fc from 'fast-check';
import { LEVEL } from '../../lib/state/lifecycle.ts';
import { sightingOf, type Sighting } from '../../lib/state/sighting.ts';
import type { MethodName } from '../../lib/wcs/methods.ts';

/** Few moments, so that many hooks of a history have the same one. */
const at = fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_006 });

const status = fc.constantFrom(
  ...['NEW', 'PENDING', 'PUBLISHING', 'PLAYING', 'PAUSED', 'UNPUBLISHED', 'STOPPED', 'FAILED', 'DISCONNECTED'],
  ...['RESIZE', 'NOT_ENOUGH_BANDWIDTH', 'SOMETHING_NEW', '\u{1f600}', '\u{1d306}\u{10ffff}', '\ud800', ''],
);
const method = fc.constantFrom<MethodName>(
  'publishStream',
  'playStream',
  'playHLS',
  'playRTSP',
  'StreamStatusEvent',
  'StreamStatusEvent',
  'StreamStatusEvent',
  'StreamKeepAliveEvent',
  'StreamEvent',
  'unPublishStream',
);

/** What the hooks of one stream agree on; any of them may leave any of it out. */
const facts = fc.record({
  name: fc.constantFrom('b4e7', '\u{1f600}'.repeat(800), 'rtsp://host/\ud800'),
  published: fc.boolean(),
  nodeId: fc.constant('node@10.0.0.1'),
  appKey: fc.constant('defaultApp'),
  sessionId: fc.constant('/10.0.0.2:1/10.0.0.1:2'),
  mediaProvider: fc.constantFrom('WebRTC', 'Flash'),
  createDate: fc.constant(1_664_260_776_957),
});

/** What they may differ in. */
const changing = fc.record(
  {
    info: fc.constantFrom('Stopped by user', 'MediaSessionId is already in use', ''),
    width: fc.constantFrom(0, 640, 1e999),
    bitrate: fc.constantFrom(0, 1.5, 3e7),
    videoCodec: fc.constantFrom('VP8', 'H264', ''),
    audioState: fc.record({ muted: fc.boolean() }),
  },
  { requiredKeys: [] },
);

const hook = fc.record({
  method,
  status: fc.option(status),
  at,
  changing,
  left: fc.subarray(['name', 'published', 'nodeId', 'appKey', 'sessionId', 'mediaProvider', 'createDate']),
});

/** What no hook says: our refusal and our presumption of an end. */
const ours = fc.record({
  level: fc.constantFrom(LEVEL.refused, LEVEL.presumedEnded),
  at,
  said: fc.record({ status: fc.constant('DENIED'), denied: fc.constantFrom('origin', 'token') }, { requiredKeys: [] }),
});

/** The sightings of one stream, in no order: every property of the rule must hold for any of them. */
export const history = (id = 'stream'): fc.Arbitrary<Sighting[]> =>
  fc
    .tuple(facts, fc.array(hook, { minLength: 1, maxLength: 9 }), fc.array(ours, { maxLength: 1 }))
    .map(([of, hooks, words]) => {
      const seen = (method: MethodName, fields: object, at: number) => {
        const sighting = sightingOf(method, { mediaSessionId: id, ...fields }, at);
        if (!sighting) throw new Error('a stream hook with an id is a sighting');
        return sighting;
      };
      return [
        ...hooks.map(({ method, status, at, changing, left }) => {
          const kept = Object.fromEntries(Object.entries(of).filter(([key]) => !left.includes(key)));
          // The method of a play by URL says `published: false` by itself; a contradicting fact would be no fact.
          const byUrl = method === 'playHLS' || method === 'playRTSP' ? { published: of.published } : {};
          return seen(method, { ...kept, ...byUrl, ...changing, status }, at);
        }),
        ...words.map((word) => ({ id, facts: seen('publishStream', of, word.at).facts, ...word })),
      ];
    });

/** A delivery of a history: any order, any repetition, everything at least once. */
export const delivery = <T>(items: T[]): fc.Arbitrary<T[]> =>
  fc
    .array(fc.constantFrom(...items), { maxLength: 6 })
    .chain((again) => fc.shuffledSubarray([...items, ...again], { minLength: items.length + again.length }));
