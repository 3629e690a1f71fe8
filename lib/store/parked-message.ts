/** A parked sighting as a message: a few KB of ASCII JSON, as some queues refuse characters beyond the basic plane. */
import type { Sighting } from '../state/sighting.ts';

export interface ParkedMessage {
  /** A change of what a sighting is must change this. */
  readonly v: 3;
  readonly sighting: Sighting;
  readonly requestId: string;
}

export function toMessage(sighting: Sighting, requestId: string): string {
  const message: ParkedMessage = { v: 3, sighting, requestId };
  return JSON.stringify(message).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
