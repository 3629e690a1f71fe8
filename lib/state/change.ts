/** The event of a write to a row, if it has one, for whoever subscribes to changes (docs/events.md). */
import { isReusable } from '../wcs/reusable-id.ts';
import { clientIn, isSameClient } from './clients.ts';
import { KINDS, type KindName, type Row } from './row.ts';
import type { Attribute } from './storable.ts';

export const SOURCE = 'wcs-hooks';

/** Follows the events of Amazon IVS, which developers of live video applications know. */
export const DETAIL_TYPES = {
  stream: 'Stream State Change',
  session: 'Session State Change',
  call: 'Call State Change',
} as const;
export type DetailType = (typeof DETAIL_TYPES)[keyof typeof DETAIL_TYPES];

/** The fields of a row that its events have after the id, in reading order. */
export const DETAIL_FIELDS = {
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

/** The event with which a subject enters a phase. `seen` has none of its own, because nothing is known then. */
const EVENT_OF_PHASE = {
  starting: 'starting',
  denied: 'denied',
  ringing: 'ringing',
  live: 'live',
  lost: 'lost',
  ended: 'ended',
  // The id turned out to be another client's, of which no status is known yet.
  seen: 'corrected',
} as const;
export type ChangedPhase = keyof typeof EVENT_OF_PHASE;
export const PHASES: readonly string[] = Object.keys(EVENT_OF_PHASE);

const OTHER_EVENTS = ['found', 'answered', 'stopping'] as const;

/**
 * found: it was lost, and a hook came. answered: a call's word for live. stopping: WCS was told to end the stream. corrected:
 * the phase is the same, but the times, the reason for the end, or the owner of the id in an earlier event were wrong.
 */
export type ChangeEvent = (typeof EVENT_OF_PHASE)[ChangedPhase] | (typeof OTHER_EVENTS)[number];
export const EVENTS: readonly string[] = [...new Set(Object.values(EVENT_OF_PHASE)), ...OTHER_EVENTS];

/** A row of any kind. */
type AnyRow = Row & { readonly [Field in DetailField]?: Attribute };

type DetailField =
  (typeof DETAIL_FIELDS)[keyof typeof DETAIL_FIELDS][number] | 'mediaSessionId' | 'callId' | 'lastSeenAt';

/** The `detail` of an event: all that is known of its subject, so that the last event is enough. Times are ISO 8601 UTC. */
export interface Change extends Readonly<Partial<Record<DetailField, Attribute>>> {
  readonly event: ChangeEvent;
  readonly phase: ChangedPhase;
  /** Absent where the write created the row. */
  readonly previousPhase?: ChangedPhase;
  /** For how long it was live (a session: from its connect, a call: from its answer), to its end, or to its last hook if it is lost. */
  readonly seconds?: number;
  /** Greater with each event of a subject. */
  readonly revision: number;
}

/** An event as a target of EventBridge receives it, without what the bus adds: `version`, `id`, `account`, `region`. */
export interface ChangeEnvelope {
  readonly source: typeof SOURCE;
  readonly 'detail-type': DetailType;
  /** When the row was written; the times of the hooks are in `detail`. */
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
 * The event of a write that replaced `before` by `after` (undefined: there is no row). Undefined for a write without one: a
 * renewal, a repeated hook, a new size, a removed row, a row that no hook has written to.
 * @throws Error if `after` has a phase that does not exist: somebody edited the row by hand. The write that repairs it has an
 * event as if it had created the row
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
    ...Object.fromEntries(fieldsOf(kind, after)),
    ...(seconds === undefined ? {} : { seconds }),
    revision: Number(after.revision ?? 0),
  };
}

function eventOf(kind: KindName, id: string, before: AnyRow, after: AnyRow): ChangeEvent | undefined {
  const [was, is] = [before.phase === undefined ? undefined : phaseIn(before), phaseIn(after)];
  const isFirst = was === undefined || was === 'seen';
  if (is === 'seen' && isFirst) return undefined;
  const isSame = isSameClient(after, clientIn(kind, before));
  if (was !== is) return was === 'lost' && is !== 'ended' && isSame ? 'found' : wordFor(kind, is);
  // The next connection from an address takes over the row, perhaps in the same phase.
  if (isReusable(id) && isLater(after.connectAt, before.connectAt)) return wordFor(kind, is);
  if (before.stopSentAt === undefined && after.stopSentAt !== undefined) return 'stopping';
  const corrected = is === 'ended' ? [...TIMES, ...REASONS] : TIMES;
  return isSame && corrected.every((field) => before[field] === after[field]) ? undefined : 'corrected';
}

const TIMES = ['firstSeenAt', 'connectAt', 'startedAt', 'answeredAt', 'endedAt'] as const;
/** Why it ended. While a stream is live, its status changes with each pause. */
const REASONS = ['status', 'info', 'sipStatus'] as const;

const SINCE = { stream: 'startedAt', session: 'connectAt', call: 'answeredAt' } as const;

const wordFor = (kind: keyof typeof DETAIL_TYPES, phase: ChangedPhase): ChangeEvent =>
  kind === 'call' && phase === 'live' ? 'answered' : EVENT_OF_PHASE[phase];

const isLater = (time: Attribute | undefined, than: Attribute | undefined) =>
  time !== undefined && (than === undefined || String(time) > String(than));

const isPhase = (phase: Attribute | undefined): phase is ChangedPhase => Object.hasOwn(EVENT_OF_PHASE, String(phase));

/** In rows, a call that rings is live, like one that was answered. */
function phaseIn({ phase, live }: AnyRow): ChangedPhase {
  if (live === 'ringing') return 'ringing';
  if (isPhase(phase)) return phase;
  throw new Error(`the row has a phase that does not exist: ${JSON.stringify(phase)}`);
}

function fieldsOf(kind: KindName, row: AnyRow) {
  // Hooks without a status say nothing about what the stream is.
  if (row.phase === 'seen') return [];
  // While it is lost no hook comes, so `lastSeenAt` does not change: it is the end as far as anybody knows.
  const fields: readonly DetailField[] =
    row.phase === 'lost' ? [...DETAIL_FIELDS[kind], 'lastSeenAt'] : DETAIL_FIELDS[kind];
  return fields.flatMap((field) => (row[field] === undefined ? [] : [[field, row[field]] as const]));
}

function secondsOf(kind: KindName, row: AnyRow): number | undefined {
  const from = row[SINCE[kind]];
  const to = row.phase === 'lost' ? row.lastSeenAt : row.endedAt;
  if (from === undefined || to === undefined) return undefined;
  // The hook that says it is live may be later than its end.
  return Math.max(0, Date.parse(String(to)) - Date.parse(String(from))) / 1000;
}
