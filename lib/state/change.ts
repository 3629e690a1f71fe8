/** What a write changed of a row: at most one event, for whoever subscribes to changes (docs/events.md). */
import { isReusable } from '../wcs/reusable-id.ts';
import { clientIn, isSameClient } from './clients.ts';
import { KINDS, type KindName, type Row } from './row.ts';
import type { Attribute } from './storable.ts';

export const SOURCE = 'wcs-hooks';

/** The conventions of Amazon IVS's events, which applications for live video know. */
export const DETAIL_TYPES = {
  stream: 'Stream State Change',
  session: 'Session State Change',
  call: 'Call State Change',
} as const;
export type DetailType = (typeof DETAIL_TYPES)[keyof typeof DETAIL_TYPES];

/** Of the row, in the order in which a person reads it; the id comes before. */
export const TOLD = {
  stream: [
    ...['name', 'published', 'nodeId', 'appKey', 'sessionId', 'sub', 'status', 'info', 'denied', 'lost'],
    ...['stop', 'stopBy', 'firstSeenAt', 'startedAt', 'endedAt', 'stopSentAt'],
  ],
  session: ['nodeId', 'appKey', 'sub', 'status', 'info', 'denied', 'firstSeenAt', 'connectAt', 'endedAt'],
  call: [
    ...['incoming', 'caller', 'callee', 'nodeId', 'appKey', 'sessionId', 'sub', 'status', 'info', 'sipStatus'],
    ...['denied', 'lost', 'firstSeenAt', 'startedAt', 'answeredAt', 'endedAt', 'talkSeconds'],
  ],
} as const;

/** What happens to a subject on its way into a phase. `seen` has no event of its own: nothing is known then. */
const EVENT_OF_PHASE = {
  starting: 'starting',
  denied: 'denied',
  ringing: 'ringing',
  live: 'live',
  lost: 'lost',
  ended: 'ended',
  // Whose the id is turned out to be another's, of whom no status came yet.
  seen: 'corrected',
} as const;
export type ChangedPhase = keyof typeof EVENT_OF_PHASE;

/**
 * found: lost, and heard again. answered: of a call, instead of live. stopping: WCS was told to end the stream. corrected: the
 * phase stays, but not what was told with it: its times, why it ended, or whose the id is.
 */
export type ChangeEvent = (typeof EVENT_OF_PHASE)[ChangedPhase] | 'found' | 'answered' | 'stopping';

/** A row, whatever it is about. */
type Told = Row & { readonly [Field in ToldField]?: Attribute };

type ToldField = (typeof TOLD)[keyof typeof TOLD][number] | 'mediaSessionId' | 'callId' | 'lastSeenAt';

/** The `detail` of an event: its subject as it is now, so that the last one tells all. Times are ISO 8601 UTC. */
export interface Change extends Readonly<Partial<Record<ToldField, Attribute>>> {
  readonly event: ChangeEvent;
  readonly phase: ChangedPhase;
  /** Absent where the write made the row. */
  readonly previousPhase?: ChangedPhase;
  /** From when it was live (a session: from its connect, a call: from its answer) to its end, or its last sign of life if lost. */
  readonly seconds?: number;
  /** Greater with each event of a subject. */
  readonly revision: number;
}

/** An event as a target of EventBridge gets it, without what only the bus gives: `version`, `id`, `account`, `region`. */
export interface ChangeEnvelope {
  readonly source: typeof SOURCE;
  readonly 'detail-type': DetailType;
  /** When the row was written; what hooks told of times is in `detail`. */
  readonly time: string;
  readonly resources: readonly [];
  readonly detail: Change;
}

/** The event's envelope; `at` is when the row was written, in milliseconds since the epoch. */
export const envelopeOf = (kind: KindName, detail: Change, at: number): ChangeEnvelope => ({
  source: SOURCE,
  'detail-type': DETAIL_TYPES[kind],
  time: new Date(at).toISOString(),
  resources: [],
  detail,
});

/**
 * What the write that made `before` into `after` changed; undefined where that is no news: a renewal, a repeated hook, a new
 * size, a removed row (undefined), what is in a row that no hook made.
 * @throws Error if `after` has a phase that does not exist: somebody wrote into the row by hand. What mends it is told as if it
 * made the row
 */
export function changeOf(
  kind: KindName,
  id: string,
  before: Row | undefined,
  after: Row | undefined,
): Change | undefined {
  if (after?.phase === undefined) return undefined;
  const known = before !== undefined && isPhase(before.phase) ? before : {};
  const [phase, previousPhase] = [phaseIn(after), known.phase === undefined ? undefined : phaseIn(known)];
  const event = eventOf(kind, id, known, after);
  if (event === undefined) return undefined;
  const seconds = secondsOf(kind, after);
  return {
    event,
    phase,
    ...(previousPhase === undefined ? {} : { previousPhase }),
    [KINDS[kind].key]: id,
    ...Object.fromEntries(toldIn(kind, after)),
    ...(seconds === undefined ? {} : { seconds }),
    revision: Number(after.revision ?? 0),
  };
}

function eventOf(kind: KindName, id: string, before: Told, after: Told): ChangeEvent | undefined {
  const [was, is] = [before.phase === undefined ? undefined : phaseIn(before), phaseIn(after)];
  const wasTold = was !== undefined && was !== 'seen';
  if (is === 'seen' && !wasTold) return undefined;
  const isSame = isSameClient(after, clientIn(kind, before));
  if (was !== is) return was === 'lost' && is !== 'ended' && isSame ? 'found' : wordFor(kind, is);
  // The next connection from an address takes the row over, and may be where the one before it was.
  if (kind === 'session' && isReusable(id) && isLater(after.connectAt, before.connectAt)) return wordFor(kind, is);
  if (before.stopSentAt === undefined && after.stopSentAt !== undefined) return 'stopping';
  const told = is === 'ended' ? [...TIMES, ...REASONS] : TIMES;
  return isSame && told.every((field) => before[field] === after[field]) ? undefined : 'corrected';
}

const TIMES = ['firstSeenAt', 'connectAt', 'startedAt', 'answeredAt', 'endedAt'] as const;
/** Why it ended. While a stream is live its status changes with each pause. */
const REASONS = ['status', 'info', 'sipStatus'] as const;

const SINCE = { stream: 'startedAt', session: 'connectAt', call: 'answeredAt' } as const;

const wordFor = (kind: keyof typeof DETAIL_TYPES, phase: ChangedPhase): ChangeEvent =>
  kind === 'call' && phase === 'live' ? 'answered' : EVENT_OF_PHASE[phase];

const isLater = (time: Attribute | undefined, than: Attribute | undefined) =>
  time !== undefined && (than === undefined || String(time) > String(than));

const isPhase = (phase: Attribute | undefined): phase is ChangedPhase => Object.hasOwn(EVENT_OF_PHASE, String(phase));

/** A call that rings is told apart from one that was answered; in the rows both are live. */
function phaseIn({ phase, live }: Told): ChangedPhase {
  if (live === 'ringing') return 'ringing';
  if (isPhase(phase)) return phase;
  throw new Error(`the phase of the row is none: ${JSON.stringify(phase)}`);
}

function toldIn(kind: KindName, row: Told) {
  // Nothing is known then, and nothing of what hooks without a status bring is told later.
  if (row.phase === 'seen') return [];
  // While it is lost, nothing is heard of it: `lastSeenAt` stands still, and is the end as far as anybody knows.
  const fields: readonly ToldField[] = row.phase === 'lost' ? [...TOLD[kind], 'lastSeenAt'] : TOLD[kind];
  return fields.flatMap((field) => (row[field] === undefined ? [] : [[field, row[field]] as const]));
}

function secondsOf(kind: KindName, row: Told): number | undefined {
  const from = row[SINCE[kind]];
  const to = row.phase === 'lost' ? row.lastSeenAt : row.endedAt;
  if (from === undefined || to === undefined) return undefined;
  // A stream may be told live after its end was.
  return Math.max(0, Date.parse(String(to)) - Date.parse(String(from))) / 1000;
}
