import Ajv from 'ajv';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeOf, envelopeOf, type Change, type DETAIL_TYPES } from '../../lib/state/change.ts';
import { clientIn, isSameClient } from '../../lib/state/clients.ts';
import type { KindName, Row } from '../../lib/state/row.ts';

/** One write to a row: its images, as DynamoDB Streams gives them. */
export interface Write {
  readonly before: Row | undefined;
  readonly after: Row;
}

/** docs/events.schema.json, which receivers read. */
export const SCHEMA = JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/events.schema.json'), 'utf8')) as {
  readonly definitions: Record<
    keyof typeof DETAIL_TYPES,
    { readonly properties: Record<string, { readonly enum?: string[] }> }
  >;
};
const ajv = new Ajv({ allErrors: true });
const validate = ajv.compile(SCHEMA);

/** What is wrong with an event by its schema; undefined if nothing. */
export const schemaProblem = (envelope: unknown): string | undefined =>
  validate(envelope) ? undefined : ajv.errorsText(validate.errors);

type Loose = Readonly<Record<string, unknown>>;
const TIMES = ['firstSeenAt', 'connectAt', 'startedAt', 'answeredAt', 'endedAt'];

/** In rows, calls that ring are live, too. */
const phaseOf = (row: Loose) => (row['live'] === 'ringing' ? 'ringing' : row['phase']);

/** What a subscriber is to know of a row, as one text: two that differ are a transition. */
function knownOf(row: Loose): string {
  // Nothing, that is.
  if (row['phase'] === 'seen') return 'seen';
  const reasons = row['phase'] === 'ended' ? [row['status'], row['info'], row['sipStatus']] : [];
  return JSON.stringify([phaseOf(row), ...TIMES.map((time) => row[time] ?? null), ...reasons]);
}

function isTransition(kind: KindName, { before = {}, after }: Write): boolean {
  const [was, is]: [Loose, Loose] = [before, after];
  if (is['phase'] === undefined) return false;
  if (is['phase'] === 'seen' && (was['phase'] ?? 'seen') === 'seen') return false;
  const isStopped = was['stopSentAt'] === undefined && is['stopSentAt'] !== undefined;
  return isStopped || knownOf(was) !== knownOf(is) || !isSameClient(after, clientIn(kind, before));
}

/** Whether the row shows what was told of it last. */
export const isTold = (row: Row, last: Change | undefined): boolean =>
  last === undefined ? (row.phase ?? 'seen') === 'seen' : knownOf({ ...last }) === knownOf(row);

/** What a receiver keeps of a subject that is told in any order and repeatedly: the last by revision. */
export const folded = (events: readonly Change[]): Change | undefined =>
  events.reduce<Change | undefined>((last, one) => (last && one.revision <= last.revision ? last : one), undefined);

/**
 * The events of a row's writes, in the order of its writes.
 * @throws Error unless they are its transitions, each once, and by revision give what the row shows
 */
export function changesOf(kind: KindName, id: string, writes: readonly Write[]): Change[] {
  const events: Change[] = [];
  for (const write of writes) {
    const event = changeOf(kind, id, write.before, write.after);
    const broken = (what: string) => new Error(`${id}: ${what}: ${JSON.stringify({ ...write, event })}`);
    if ((event !== undefined) !== isTransition(kind, write))
      throw broken(event ? 'no transition' : 'a transition without an event');
    if (!event) continue;
    const last = events.at(-1);
    if (last && event.revision <= last.revision) throw broken('its revision is not greater than the one before');
    if (event.previousPhase !== undefined && event.previousPhase !== (last?.phase ?? 'seen'))
      throw broken('it follows another phase');
    if (event.previousPhase === undefined && last) throw broken('it follows no phase');
    const isNewPhase = event.phase !== last?.phase;
    if (isNewPhase && (event.event === 'stopping' || (event.event === 'corrected') !== (event.phase === 'seen')))
      throw broken('a new phase without an event');
    const problem = schemaProblem(envelopeOf(kind, event, 0));
    if (problem !== undefined) throw broken(problem);
    events.push(event);
  }
  const row = writes.at(-1)?.after ?? {};
  const last = folded(events);
  if (!isTold(row, last)) throw new Error(`${id}: ${JSON.stringify(last)} was told of ${JSON.stringify(row)}`);
  return events;
}
