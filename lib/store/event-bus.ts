/** The bus of changes, in EventBridge. */
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { describe } from '../platform/log.ts';
import { createRequestHandler } from '../platform/request-handler.ts';
import { Sha256 } from '../platform/sha256.ts';
import type { ChangeEnvelope } from '../state/change.ts';

/** What EventBridge accepts in one request: so many events, and so many bytes in total. Since 2026 it accepts 1 MiB, but not everywhere. */
export const MOST_EVENTS = 10;
export const MOST_BYTES = 256 * 1024;

/** Why the bus did not accept an event; `isFinal`: it never will. */
export interface Refusal {
  readonly cause: string;
  readonly isFinal: boolean;
}

export interface EventBus {
  /**
   * Puts at most MOST_EVENTS events of at most MOST_BYTES, in this order.
   * @returns for each event why it was not accepted; undefined if it was
   * @throws any error of the request as a whole: each of the events may have been accepted, or not
   */
  put(events: readonly ChangeEnvelope[], signal: AbortSignal): Promise<readonly (Refusal | undefined)[]>;
}

/** In bytes, as EventBridge counts: 14 for the time, and the rest as UTF-8. */
export const sizeOf = ({ source, 'detail-type': type, detail }: ChangeEnvelope): number =>
  14 + Buffer.byteLength(source + type + JSON.stringify(detail));

/** Errors of the event itself. All others are the service's, or missing permissions, which an operator can fix. */
const FINAL: readonly (string | undefined)[] = ['InvalidArgument', 'MalformedDetail', 'RedactionFailure'];

export function createEventBus({ eventBus }: { readonly eventBus: string }): EventBus {
  const client = new EventBridgeClient({
    maxAttempts: 3,
    sha256: Sha256,
    requestHandler: createRequestHandler({ connectionTimeout: 1000, requestTimeout: 3000 }),
  });

  const toEntry = ({ source, 'detail-type': type, time, detail }: ChangeEnvelope): PutEventsRequestEntry => ({
    EventBusName: eventBus,
    Source: source,
    DetailType: type,
    Time: new Date(time),
    Detail: JSON.stringify(detail),
  });

  const put: EventBus['put'] = async (events, abortSignal) => {
    try {
      const command = new PutEventsCommand({ Entries: events.map(toEntry) });
      const { Entries = [] } = await client.send(command, { abortSignal });
      return events.map((_, n) => {
        const { EventId, ErrorCode, ErrorMessage } = Entries[n] ?? {};
        if (EventId !== undefined) return undefined;
        return { cause: `${ErrorCode}: ${ErrorMessage}`, isFinal: FINAL.includes(ErrorCode) };
      });
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ValidationException')) throw error;
      if (events.length === 1) return [{ cause: describe(error), isFinal: true }];
      // One bad event makes EventBridge reject the whole request.
      const refusals: (Refusal | undefined)[] = [];
      for (const event of events) refusals.push(...(await put([event], abortSignal)));
      return refusals;
    }
  };
  return { put };
}
