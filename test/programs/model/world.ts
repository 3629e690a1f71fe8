/** A world of streams, calls and their sessions: what WCS has to tell of them, and what else happens to their rows. All of it follows from a seed. */
import type { KindName } from '../../../lib/state/row.ts';
import type { RecordedDecision, Sighting } from '../../../lib/state/sighting.ts';
import { sightingOf } from '../../../lib/state/sighting-of.ts';
import type { MethodName } from '../../../lib/wcs/methods.ts';
import type { Random } from '../../simulator/random.ts';

export const T0 = 1_700_000_000_000;

/** Seconds after T0, few of them, so that hooks often have the same time. */
const at = (second: number) => T0 + second * 1000;

export type Job =
  | { readonly kind: 'hook'; readonly sighting: Sighting; readonly isKeepAlive: boolean }
  | { readonly kind: 'sweep'; readonly now: number }
  | { readonly kind: 'stop'; readonly id: string };

export interface World {
  /** Everything that was told, each once. */
  readonly sightings: readonly Sighting[];
  /** In the order in which it is taken up: late, repeated, in between. */
  readonly jobs: readonly Job[];
  readonly writers: number;
  /** How often a request is lost, an answer is lost, or a request is given up, of 100. */
  readonly faults: { readonly loseRequest: number; readonly loseAnswer: number; readonly giveUp: number };
}

export function createWorld(random: Random): World {
  const streams = Array.from({ length: random.between(1, 3) }, (_, n) => lifeOf(`stream-${n}`, random));
  const sessions = SESSION_IDS.filter(() => random() < 0.6).map((id) => connectionOf(id, random));
  const calls = Array.from({ length: random.between(0, 2) }, (_, n) => callOf(`call-${n}`, random));
  const rivals = streams.filter(() => random() < 0.3).map(([told]) => claimsOn(told?.sighting.id ?? '', random));
  const callers = calls.filter(() => random() < 0.3).map(([told]) => callsUnder(told?.sighting.id ?? '', random));
  const hooks = [...streams, ...sessions, ...rivals, ...calls, ...callers].flat();
  const jobs: Job[] = [...hooks, ...repeated(hooks, random)].map(({ sighting, method }) => ({
    kind: 'hook',
    sighting,
    isKeepAlive: method === 'StreamKeepAliveEvent',
  }));
  for (let n = random.between(0, 3); n > 0; n--) jobs.push({ kind: 'sweep', now: at(random.between(0, 400)) });
  if (random() < 0.3) jobs.push({ kind: 'stop', id: random.of(['stream-0', 'stream-1', 'stream-2']) });
  const isFaulty = random() < 0.5;
  return {
    sightings: hooks.map(({ sighting }) => sighting),
    jobs: random() < 0.3 ? jobs : random.shuffled(jobs),
    writers: random.between(1, 16),
    faults: {
      loseRequest: isFaulty ? random.between(0, 10) : 0,
      loseAnswer: isFaulty ? random.between(0, 20) : 0,
      giveUp: isFaulty ? random.between(0, 10) : 0,
    },
  };
}

interface Told {
  readonly method: MethodName;
  readonly sighting: Sighting;
}

/** A publisher or a player from its start to its end, which may never be told. */
function lifeOf(id: string, random: Random): Told[] {
  const published = random() < 0.5;
  const attributes = {
    mediaSessionId: id,
    name: 'name',
    published,
    nodeId: 'node',
    appKey: 'app',
    sessionId: random.of(SESSION_IDS),
  };
  let second = random.between(0, 2);
  const told: Told[] = [];
  const recorded = random.of<RecordedDecision>([{}, {}, {}, { maxDuration: 100 }, { denied: 'token: expired' }]);
  const tell = (method: MethodName, fields: object = {}) => {
    const left = random() < 0.2 ? { name: undefined } : random() < 0.1 ? { published: undefined } : {};
    const sighting = sightingOf(
      method,
      { ...attributes, ...left, ...fields },
      at(second),
      method.endsWith('Stream') ? recorded : {},
    );
    if (!sighting) throw new Error('a hook with an id is a sighting');
    told.push({ method, sighting });
    second += random.of([0, 0, 1, 2, 30, 61]);
  };
  const changing = () => ({
    width: random.of([0, 320, 640]),
    height: random.of([0, 180]),
    info: random.of([undefined, 'a', '\u{1f600}']),
  });

  if (random() < 0.9)
    tell(published ? 'publishStream' : 'playStream', { status: random.of(['PENDING', 'NEW', undefined]) });
  for (let n = random.between(0, 5); n > 0; n--) {
    const word = random.of(published ? ['PUBLISHING', 'PUBLISHING', 'NOVEL'] : ['PLAYING', 'PAUSED', 'NOVEL']);
    const what = random.between(0, 9);
    if (what < 4) tell('StreamStatusEvent', { status: word, ...changing() });
    else if (what < 8) tell('StreamKeepAliveEvent', { status: published ? 'PUBLISHING' : 'PLAYING' });
    else if (what < 9) tell('StreamEvent', {});
    else tell('StreamStatusEvent', { status: 'RESIZE', ...changing(), height: random.of([0, 360, 720]) });
  }
  for (let n = random.of([0, 1, 1, 1, 2]); n > 0; n--) {
    tell('StreamStatusEvent', { status: random.of(['UNPUBLISHED', 'STOPPED', 'FAILED']), ...changing() });
  }
  if (told.length === 0) tell('StreamEvent');
  return told;
}

/** What others tell who use the id of a stream: a client that claims it, and one that lives with it on another node. */
function claimsOn(id: string, random: Random): Told[] {
  const told: Told[] = [];
  let second = random.between(0, 40);
  const tell = (client: { sessionId: string; nodeId: string }, method: MethodName, status: string, fields = {}) => {
    const recorded = random.of<RecordedDecision>([
      { sub: 'bob', maxDuration: 1 },
      { denied: 'token: expired', sub: 'bob' },
    ]);
    const body = { mediaSessionId: id, name: 'other', published: true, ...client, status, ...fields };
    const sighting = sightingOf(method, body, at(second), method === 'publishStream' ? recorded : {});
    if (!sighting) throw new Error('a hook with an id is a sighting');
    told.push({ method, sighting });
    second += random.of([0, 1, 30]);
  };
  const bob = { sessionId: 'bob', nodeId: 'node' };
  if (random() < 0.8) {
    tell(bob, 'publishStream', 'PENDING');
    const info = random.of(['MediaSessionId is already in use', 'Rest hook: access denied']);
    tell(bob, 'StreamStatusEvent', 'FAILED', { info });
  }
  const elsewhere = { sessionId: random.of(SESSION_IDS), nodeId: 'node B' };
  if (random() < 0.5) {
    tell(elsewhere, 'publishStream', 'PENDING');
    if (random() < 0.8) tell(elsewhere, 'StreamStatusEvent', 'PUBLISHING');
    if (random() < 0.8) tell(elsewhere, 'StreamKeepAliveEvent', 'PUBLISHING');
    if (random() < 0.8) tell(elsewhere, 'StreamStatusEvent', 'UNPUBLISHED', { info: 'Stopped by user' });
  }
  return told;
}

/** A call in or out, from its start to its end, which may never be told. */
function callOf(id: string, random: Random): Told[] {
  const incoming = random() < 0.5;
  const attributes = {
    ...{ callId: id, nodeId: 'node', appKey: 'app', sessionId: random.of(SESSION_IDS), incoming },
    ...{ caller: '1001', callee: '1002', hasAudio: true },
  };
  let second = random.between(0, 2);
  const told: Told[] = [];
  const recorded = random.of<RecordedDecision>([
    {},
    {},
    {},
    { isDecided: true, sub: 'alice' },
    { denied: 'token: expired' },
  ]);
  const tell = (method: MethodName, fields: object = {}, decided: RecordedDecision = {}) => {
    const left = random() < 0.2 ? { caller: undefined } : random() < 0.1 ? { incoming } : {};
    const sighting = sightingOf(method, { ...attributes, ...left, ...fields }, at(second), decided);
    if (!sighting) throw new Error('a hook with an id is a sighting');
    told.push({ method, sighting });
    second += random.of([0, 0, 1, 2, 30, 61]);
  };
  const status = (word: string) =>
    tell('CallStatusEvent', { status: word, info: random.of([undefined, 'a']), sipStatus: random.of([0, 180, 486]) });

  if (random() < 0.9) tell(incoming ? 'OnCallEvent' : 'call', { status: random.of(['PENDING', undefined]) }, recorded);
  for (let n = random.between(0, 3); n > 0; n--)
    status(random.of(['TRYING', 'RING', 'RING_MEDIA', 'SESSION_PROGRESS']));
  for (let n = random.between(0, 3); n > 0; n--) {
    const what = random.between(0, 9);
    if (what < 6) status(random.of(['ESTABLISHED', 'ESTABLISHED', 'HOLD', 'NOVEL']));
    else if (what < 8) tell(random.of<MethodName>(['answer', 'hold', 'unhold', 'sendDtmf', 'hangup']), {}, recorded);
    else if (what < 9) tell('transfer', { target: random.of(['1003', '1004']) }, recorded);
    else tell('TransferStatusEvent', { status: random.of(['ACCEPTED', 'COMPLETED']) });
  }
  for (let n = random.of([0, 1, 1, 1, 2]); n > 0; n--) status(random.of(['FINISH', 'FAILED', 'BUSY']));
  if (told.length === 0) status('RING');
  return told;
}

/** What another client tells who uses the id of a call. */
function callsUnder(id: string, random: Random): Told[] {
  const told: Told[] = [];
  let second = random.between(0, 40);
  const client = random.of([
    { sessionId: 'bob', nodeId: 'node' },
    { sessionId: SESSION_IDS[0], nodeId: 'node B' },
  ]);
  const recorded = random.of<RecordedDecision>([{}, { isDecided: true, denied: 'token: expired', sub: 'bob' }]);
  for (const [method, status] of [
    ['call', 'PENDING'],
    ['CallStatusEvent', random.of(['TRYING', 'ESTABLISHED'])],
    ['CallStatusEvent', random.of(['FINISH', 'FAILED'])],
  ] as const) {
    if (random() < 0.2) continue;
    const body = { callId: id, caller: '666', ...client, status };
    const sighting = sightingOf(method, body, at(second), method === 'call' ? recorded : {});
    if (!sighting) throw new Error('a hook with an id is a sighting');
    told.push({ method, sighting });
    second += random.of([0, 1, 30]);
  }
  return told;
}

/** Of a connection; of several that had the same address one after another, if its id is one. */
const SESSION_IDS = ['/10.0.0.2:1/10.0.0.1:2', '/10.0.0.2:1/10.0.0.1:2-uuid'] as const;
export const kindOf = (id: string): KindName =>
  id.startsWith('/') ? 'session' : id.startsWith('call') ? 'call' : 'stream';

function connectionOf(sessionId: string, random: Random): Told[] {
  const told: Told[] = [];
  let second = random.between(0, 2);
  const tell = (method: MethodName, status?: string, recorded: RecordedDecision = {}) => {
    const body = { sessionId, appKey: 'app', nodeId: 'node', ...(status ? { status } : {}) };
    const sighting = sightingOf(method, body, at(second), recorded);
    if (!sighting) throw new Error('a hook with an id is a sighting');
    told.push({ method, sighting });
    // No two connects of one moment.
    second += random.of([1, 1, 2, 30, 61]);
  };
  for (let n = random.of([1, 1, 2]); n > 0; n--) {
    const denied = random() < 0.2;
    if (random() < 0.9)
      tell(
        'connect',
        undefined,
        denied
          ? { denied: 'origin: another origin' }
          : random.of<RecordedDecision>([{}, { sub: `s${n}`, claims: '{}' }]),
      );
    if (random() < 0.9) tell('ConnectionStatusEvent', denied ? 'FAILED' : 'ESTABLISHED');
    if (random() < 0.3) tell('RegistrationStatusEvent', random.of(['REGISTERED', 'UNREGISTERED']));
    if (random() < 0.7) tell('ConnectionStatusEvent', 'DISCONNECTED');
  }
  return told;
}

const repeated = <T>(items: readonly T[], random: Random): T[] => items.filter(() => random() < 0.25);
