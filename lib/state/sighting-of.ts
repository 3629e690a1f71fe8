/** The sighting of a hook, by what the hook is about. */
import { METHODS, type MethodName } from '../wcs/methods.ts';
import { callSighting } from './call-sighting.ts';
import { sessionSighting } from './session-sighting.ts';
import type { RecordedDecision, Sighting } from './sighting.ts';
import { streamSighting } from './stream-sighting.ts';

const NOTHING_DECIDED: RecordedDecision = {};

/** Whether hooks of the method have a row, if they name its subject. */
export const isKept = (method: MethodName): boolean =>
  METHODS[method].subject !== 'session' || METHODS[method].reportsState === true;

/** The sighting of a hook; undefined where its subject has no row, or its body names none. */
export function sightingOf(
  method: MethodName,
  body: Readonly<Record<string, unknown>>,
  at: number,
  recorded: RecordedDecision = NOTHING_DECIDED,
): Sighting | undefined {
  switch (METHODS[method].subject) {
    case 'stream':
      return streamSighting(method, body, at, recorded);
    case 'session':
      return sessionSighting(method, body, at, recorded);
    case 'call':
      return callSighting(method, body, at, recorded);
  }
}
