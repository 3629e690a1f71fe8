import fc from 'fast-check';
import { LEVEL } from '../../lib/state/lifecycle.ts';
import { operatorsEnd } from '../../lib/state/presumed-end.ts';
import type { RecordedDecision, Sighting } from '../../lib/state/sighting.ts';
import { sightingOf } from '../../lib/state/sighting-of.ts';
import type { MethodName } from '../../lib/wcs/methods.ts';

/** Few moments, so that many hooks of a history have the same one. */
const T0 = 1_700_000_000_000;
const at = fc.integer({ min: T0, max: T0 + 6 });

const status = fc.constantFrom(
  ...['NEW', 'PENDING', 'PUBLISHING', 'PLAYING', 'PAUSED', 'UNPUBLISHED', 'STOPPED', 'FAILED', 'DISCONNECTED'],
  ...['RESIZE', 'RESIZE', 'NOT_ENOUGH_BANDWIDTH', 'SOMETHING_NEW', '\u{1f600}', '\u{1d306}\u{10ffff}', '\ud800', ''],
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
const attributes = fc.record({
  name: fc.constantFrom('b4e7', '\u{1f600}'.repeat(800), 'rtsp://host/\ud800'),
  published: fc.boolean(),
  nodeId: fc.constant('node@10.0.0.1'),
  appKey: fc.constant('defaultApp'),
  sessionId: fc.constant('/203.0.113.77:63853/198.51.100.25:8443'),
  mediaProvider: fc.constantFrom('WebRTC', 'Flash'),
  createDate: fc.constant(1_664_260_776_957),
});

/** What they may differ in. */
const changing = fc.record(
  {
    info: fc.constantFrom('Stopped by user', 'MediaSessionId is already in use', ''),
    width: fc.constantFrom(0, 640, 1280, 1e999),
    height: fc.constantFrom(0, 360, 720),
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

/** A denial, a maximum duration; and an end that is presumed, by us or, without a status, by the operator. */
const recorded = fc.constantFrom<RecordedDecision>(
  {},
  {},
  { isDecided: true },
  { isDecided: true, denied: 'token: expired' },
  { isDecided: true, denied: 'token: no token', sub: 'bob' },
  { isDecided: true, maxDuration: 60, sub: 'alice' },
);
const presumed = fc.record({ at, status: fc.constantFrom('DISCONNECTED', 'FAILED', undefined) });

function seen(method: MethodName, body: Record<string, unknown>, at: number, recorded?: RecordedDecision): Sighting {
  const sighting = sightingOf(method, body, at, recorded);
  if (!sighting) throw new Error('a hook with an id is a sighting');
  return sighting;
}

/** The sightings of one stream, in no order: every property of the rule must hold for any of them. */
const streamHistory = (id: string): fc.Arbitrary<Sighting[]> =>
  fc
    .tuple(
      attributes,
      fc.array(fc.tuple(hook, recorded), { minLength: 1, maxLength: 9 }),
      fc.array(presumed, { maxLength: 1 }),
    )
    .map(([of, hooks, ends]) => [
      ...hooks.map(([{ method, status, at, changing, left }, recorded]) => {
        const kept = Object.fromEntries(Object.entries(of).filter(([key]) => !left.includes(key)));
        // The method of a play by URL says `published: false` by itself; a contradicting fact would be no fact.
        const byUrl = method === 'playHLS' || method === 'playRTSP' ? { published: of.published } : {};
        const decided = method.startsWith('play') || method === 'publishStream' ? recorded : {};
        return seen(method, { mediaSessionId: id, ...kept, ...byUrl, ...changing, status }, at, decided);
      }),
      ...ends.map(({ at, status }): Sighting => {
        if (status === undefined) return operatorsEnd('stream', id, {}, at);
        const state = { phase: 'ended', status, info: 'presumed' } as const;
        return { kind: 'stream', id, client: {}, at, level: LEVEL.presumedEnded, state, attributes: {} };
      }),
    ]);

/** Alice on one node, Bob on the same, and one with the id and the session of Alice on another node. */
const CLIENTS = [
  { sessionId: 'alice', nodeId: 'A', name: 'alice-1' },
  { sessionId: 'bob', nodeId: 'A', name: 'bob-1' },
  { sessionId: 'alice', nodeId: 'B', name: 'alice-1' },
] as const;

/** The sightings of an id that several clients claim, each of them with hooks of any kind. */
const claimedHistory = (id: string): fc.Arbitrary<Sighting[]> =>
  fc.array(fc.tuple(fc.constantFrom(...CLIENTS), hook, recorded), { minLength: 1, maxLength: 12 }).map((hooks) =>
    hooks.map(([client, { method, status, at, changing }, recorded]) => {
      const asked = method === 'playHLS' || method === 'playRTSP' ? 'playStream' : method;
      const decided = asked === 'playStream' || asked === 'publishStream' ? recorded : {};
      return seen(asked, { mediaSessionId: id, published: true, ...client, ...changing, status }, at, decided);
    }),
  );

const callWord = fc.constantFrom(
  ...['PENDING', 'TRYING', 'RING', 'RING', 'RING_MEDIA', 'SESSION_PROGRESS', 'ESTABLISHED', 'ESTABLISHED', 'HOLD'],
  ...['FINISH', 'FINISH', 'FAILED', 'BUSY', 'SOMETHING_NEW', '\u{1f600}', ''],
);
const callMethod = fc.constantFrom<MethodName>(
  ...(['call', 'call', 'OnCallEvent', 'CallStatusEvent', 'CallStatusEvent', 'CallStatusEvent'] as const),
  ...([
    'answer',
    'hold',
    'unhold',
    'hangup',
    'sendDtmf',
    'transfer',
    'TransferStatusEvent',
    'OnTransferEvent',
  ] as const),
);
/** What the hooks of one call agree on. */
const callAttributes = fc.record({
  incoming: fc.boolean(),
  caller: fc.constantFrom('1001', 'sip:alice:secret@host;transport=tls'),
  callee: fc.constantFrom('+493012345642', '\u{1f600}'.repeat(200)),
  nodeId: fc.constant('node@10.0.0.1'),
  appKey: fc.constant('click2callApp'),
  sessionId: fc.constant('/203.0.113.77:63853/198.51.100.25:8443'),
  hasAudio: fc.boolean(),
});
/** A second apart at most, so that many are at one time, and others are talked in between. */
const callHook = fc.record({
  method: callMethod,
  status: fc.option(callWord),
  at: fc.integer({ min: 0, max: 6 }).map((n) => T0 + n * 345),
  changing: fc.record(
    { info: fc.constantFrom('Busy Here', ''), sipStatus: fc.constantFrom(0, 180, 486, '404 Not Found') },
    { requiredKeys: [] },
  ),
  target: fc.constantFrom(undefined, '1003', '1004'),
  left: fc.subarray(['caller', 'callee', 'nodeId', 'appKey', 'sessionId', 'hasAudio']),
});

const callSighting = (
  id: string,
  of: Record<string, unknown>,
  {
    method,
    status,
    at,
    changing,
    target,
  }: { method: MethodName; status: string | null; at: number; changing: object; target: string | undefined },
  recorded: RecordedDecision,
) => seen(method, { callId: id, ...of, ...changing, status, target }, at, recorded);

/** The sightings of one call. Whatever a client asks can be denied: only the call itself can be as a whole. */
const callHistory = (id: string): fc.Arbitrary<Sighting[]> =>
  fc
    .tuple(
      callAttributes,
      fc.array(fc.tuple(callHook, recorded), { minLength: 1, maxLength: 9 }),
      fc.array(presumed, { maxLength: 1 }),
    )
    .map(([of, hooks, ends]) => [
      ...hooks.map(([hook, recorded]) => {
        const kept = Object.fromEntries(Object.entries(of).filter(([key]) => !hook.left.includes(key)));
        return callSighting(id, kept, hook, hook.method.endsWith('StatusEvent') ? {} : recorded);
      }),
      ...ends.map(({ at, status }): Sighting => {
        if (status === undefined) return operatorsEnd('call', id, {}, at);
        const state = { phase: 'ended', status, info: 'presumed' } as const;
        return { kind: 'call', id, client: {}, at, level: LEVEL.presumedEnded, state, attributes: {} };
      }),
    ]);

/** The sightings of a call's id that several clients claim. */
const claimedCallHistory = (id: string): fc.Arbitrary<Sighting[]> =>
  fc
    .array(fc.tuple(fc.constantFrom(...CLIENTS), callHook, recorded), { minLength: 1, maxLength: 12 })
    .map((hooks) =>
      hooks.map(([{ name: caller, ...client }, hook, recorded]) =>
        callSighting(
          id,
          { incoming: false, caller, ...client },
          hook,
          hook.method.endsWith('StatusEvent') ? {} : recorded,
        ),
      ),
    );

const sessionHook = fc.record({
  method: fc.constantFrom<MethodName>(
    'connect',
    'connect',
    'ConnectionStatusEvent',
    'ConnectionStatusEvent',
    'ConnectionStatusEvent',
    'RegistrationStatusEvent',
  ),
  status: fc.constantFrom('ESTABLISHED', 'ESTABLISHED', 'DISCONNECTED', 'FAILED', 'SOMETHING_NEW', '\u{1f600}', ''),
  info: fc.constantFrom('Stopped by user', undefined),
  at,
});

const connectDecision = fc.constantFrom<RecordedDecision>(
  {},
  { isDecided: true, sub: 'alice', claims: '{"publish":["*"]}' },
  { isDecided: true, denied: 'token: expired' },
  { isDecided: true, sub: 'bob', claims: '{}' },
  { isDecided: true, failedOpen: 'token: the keys cannot be had' },
  { isDecided: true, denied: 'origin: another origin', sub: 'bob' },
);

/** The sightings of one session, or of several that had the same address one after another, or on several nodes. */
const sessionHistory = (id: string, ...nodes: string[]): fc.Arbitrary<Sighting[]> =>
  fc
    .array(fc.tuple(fc.constantFrom(...nodes), sessionHook, connectDecision), { minLength: 1, maxLength: 9 })
    .map((hooks) =>
      hooks.map(([nodeId, { method, status, info, at }, recorded]) => {
        const body = { sessionId: id, appKey: 'defaultApp', nodeId };
        if (method !== 'connect') return seen(method, { ...body, status, info }, at);
        const page =
          recorded.sub === undefined ? {} : { origin: `https://${recorded.sub}.example.com`, clientVersion: '2.0' };
        return seen(method, { ...body, ...page }, at, recorded);
      }),
    );

/** As WCS writes the address of a client and its own: no part of it is one digit, and Java brackets those of IPv6. */
const ADDRESSES = '/203.0.113.77:63853/198.51.100.25:';

/** The same properties hold for all of them; the n-th of each kind has an id of its own. */
export const HISTORIES: readonly (readonly [string, (n?: number) => fc.Arbitrary<Sighting[]>])[] = [
  ['a stream', (n = 0) => streamHistory(`stream-${n}`)],
  ['a claimed id', (n = 0) => claimedHistory(`claimed-${n}`)],
  ['a call', (n = 0) => callHistory(`call-${n}`)],
  ['a claimed call', (n = 0) => claimedCallHistory(`claimed-${n}`)],
  ['a session', (n = 0) => sessionHistory(`${ADDRESSES}8443-7d3ca9f8-2c8c-4d9b-9e0e-${n}`, 'node@198.51.100.25')],
  ['an address', (n = 0) => sessionHistory(`${ADDRESSES}${8000 + n}`, 'node@198.51.100.25')],
  ['an address on two nodes', (n = 0) => sessionHistory(`/[2001:db8::77]:63853/[2001:db8::25]:${8000 + n}`, 'A', 'B')],
];

/** A delivery of a history: any order, any repetition, everything at least once. */
export const delivery = <T>(items: T[]): fc.Arbitrary<T[]> =>
  fc
    .array(fc.constantFrom(...items), { maxLength: 6 })
    .chain((again) => fc.shuffledSubarray([...items, ...again], { minLength: items.length + again.length }));
