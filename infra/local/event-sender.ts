/**
 * Sends waiting events to EVENTS_URL, one at a time and those of a subject in order, each until the receiver accepts it or a
 * day has passed. A subject whose event was not accepted is set aside and retried later, while the others go on.
 */
import type { Envelope, EventStore, KeptEvent } from './event-store.ts';

/** Rejects if the receiver did not accept the event. */
export type Send = (event: Envelope) => Promise<void>;

export interface Circumstances {
  readonly send: Send;
  readonly say: (text: string) => void;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

type Waiting = Pick<EventStore, 'waiting' | 'at' | 'settle'>;

/** A subject that is set aside, with its events in order. */
interface Aside {
  readonly positions: number[];
  readonly failures: number;
  readonly due: number;
}

const POLL_MS = 250;
const PAGE = 100;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
/** After more failures in a row, the receiver is taken to be down: it is no single subject's fault. */
const FAILURES_OF_SUBJECTS = 3;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;

const backoff = (first: number, longest: number, failures: number) => Math.min(first * 2 ** (failures - 1), longest);

/** Sends until the process ends or `signal` is aborted. */
export async function sendEvents(store: Waiting, circumstances: Circumstances, signal?: AbortSignal): Promise<void> {
  const { send, say, now, sleep } = circumstances;
  const aside = new Map<string, Aside>();
  let page: Pick<KeptEvent, 'position' | 'subject'>[] = [];
  let read = 0;
  let failuresInARow = 0;

  /** @returns whether the event is settled */
  async function attempt(position: number, isFirst: boolean): Promise<boolean> {
    const kept = store.at(position);
    // Given up after a day (event-store.ts).
    if (!kept) return true;
    try {
      await send(kept.event);
    } catch (error) {
      failuresInARow++;
      if (isFirst && failuresInARow === 1) {
        say(`EVENTS_URL did not accept an event of ${kept.subject} (${(error as Error).message}). It will be retried.`);
      }
      return false;
    }
    if (failuresInARow > FAILURES_OF_SUBJECTS) say('EVENTS_URL accepts events again.');
    failuresInARow = 0;
    store.settle(position);
    return true;
  }

  function firstDue(): [string, Aside] | undefined {
    for (const entry of aside) if (entry[1].due <= now()) return entry;
    return undefined;
  }

  async function retryDue(): Promise<boolean> {
    const due = firstDue();
    if (!due) return false;
    const [subject, { positions, failures }] = due;
    const isSettled = await attempt(positions[0] ?? 0, false);
    if (isSettled) positions.shift();
    // To the end of the list, so that all subjects that are set aside get their turn.
    aside.delete(subject);
    if (positions.length > 0) aside.set(subject, asideAfter(positions, isSettled ? 0 : failures + 1));
    return true;
  }

  const asideAfter = (positions: number[], failures: number): Aside => ({
    positions,
    failures,
    due: now() + (failures === 0 ? 0 : backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS, failures)),
  });

  async function sendNext(): Promise<boolean> {
    if (page.length === 0) page = store.waiting(read, PAGE);
    const next = page.shift();
    if (!next) return false;
    const { position, subject } = next;
    read = position;
    const waitsBehind = aside.get(subject);
    if (waitsBehind) waitsBehind.positions.push(position);
    else if (!(await attempt(position, true))) aside.set(subject, asideAfter([position], 1));
    return true;
  }

  while (!signal?.aborted) {
    const hasRetried = await retryDue();
    const hasSent = await sendNext();
    const pauses = failuresInARow - FAILURES_OF_SUBJECTS;
    if (pauses > 0) await sleep(backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, pauses));
    else if (!hasRetried && !hasSent) await sleep(POLL_MS);
  }
}
