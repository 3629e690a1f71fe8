/** Each minute: lays `lost` over live streams past their lease or maximum age, and tells when a whole node fell silent. */
import { describe, type Log } from '../log.ts';
import { isHeardWithinLease, whyLost, type Lease } from '../state/lease.ts';
import { differences, layLost, type Retention } from '../state/merge.ts';
import type { Row } from '../state/row.ts';
import type { LiveStream, SweepStore } from '../store/store.ts';

export interface SweepDeps {
  readonly store: SweepStore;
  readonly settings: Lease & Retention;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Less than the function's timeout (60 s); what is left continues in the next sweep. */
const TIME_MS = 45_000;
const WRITES_AT_A_TIME = 16;

/** What became of a live stream in this sweep. */
interface Judged {
  readonly nodeId: string;
  readonly verdict: 'live' | 'lost' | 'failed';
  /** Heard within a lease: its node is alive. */
  readonly isHeard: boolean;
  /** Of a lost one: it used to send keep-alives. */
  readonly fellSilent: boolean;
  readonly cause?: unknown;
}

export const createSweep = (deps: SweepDeps) => async (): Promise<void> => {
  const { store, log, now } = deps;
  const started = now();
  const from = await store.loadCursor();
  const nodes = new Map<string, Judged[]>();
  let stoppedAt: string | undefined;

  for await (const { streams, next } of store.livePages(from)) {
    for (const judged of await judge(streams, started, deps)) {
      const ofNode = nodes.get(judged.nodeId) ?? [];
      nodes.set(judged.nodeId, ofNode);
      ofNode.push(judged);
    }
    if (next !== undefined && now() - started > TIME_MS) {
      stoppedAt = next;
      break;
    }
  }
  if (from !== undefined || stoppedAt !== undefined) await store.saveCursor(stoppedAt);

  // A part of a sweep cannot tell whether it saw all of a node.
  const sawAll = from === undefined && stoppedAt === undefined;
  for (const [nodeId, ofNode] of nodes) logNode(nodeId, ofNode, sawAll, log);

  const all = [...nodes.values()].flat();
  const failed = all.filter(({ verdict }) => verdict === 'failed');
  log({
    level: failed.length > 0 ? 'ERROR' : 'INFO',
    message: 'sweep',
    fields: {
      milliseconds: now() - started,
      isComplete: stoppedAt === undefined,
      lost: count(all, 'lost'),
      failed: failed.length,
      cause: failed[0] && describe(failed[0].cause),
    },
    metrics: { liveStreams: count(all, 'live') },
  });
};

const count = (judged: readonly Judged[], wanted: Judged['verdict']) =>
  judged.filter(({ verdict }) => verdict === wanted).length;

/** One line for a node that lost streams, not one per stream: their rows tell the rest. */
function logNode(nodeId: string, judged: readonly Judged[], sawAll: boolean, log: Log): void {
  const lost = count(judged, 'lost');
  if (lost === 0) return;
  const isHeard = judged.some((one) => one.isHeard || one.verdict === 'failed');
  const isSilent = sawAll && !isHeard && judged.some(({ fellSilent }) => fellSilent);
  log({
    level: isSilent ? 'ERROR' : 'WARN',
    message: isSilent ? 'node silent' : 'streams lost',
    fields: { nodeId, live: count(judged, 'live') },
    metrics: isSilent ? { silentNodes: 1, lostStreams: lost } : { lostStreams: lost },
  });
}

async function judge(streams: readonly LiveStream[], at: number, deps: SweepDeps): Promise<Judged[]> {
  // A stream that began within a lease has been heard within it: its row need not be read.
  const isYoung = ({ startedAt }: LiveStream) => at - startedAt <= deps.settings.leaseSeconds * 1000;
  const old = streams.filter((stream) => !isYoung(stream));
  const rows = await deps.store.read(old.map(({ id }) => id));

  const judged = streams.filter(isYoung).map(({ nodeId }): Judged => heard(nodeId));
  for (let start = 0; start < old.length; start += WRITES_AT_A_TIME) {
    const some = old.slice(start, start + WRITES_AT_A_TIME);
    judged.push(...(await Promise.all(some.map((stream) => judgeOne(stream, rows.get(stream.id) ?? {}, at, deps)))));
  }
  return judged;
}

const heard = (nodeId: string): Judged => ({ nodeId, verdict: 'live', isHeard: true, fellSilent: false });

async function judgeOne(
  { id, nodeId }: LiveStream,
  row: Row,
  at: number,
  { store, settings }: SweepDeps,
): Promise<Judged> {
  const why = whyLost(row, at, settings);
  const changes = why === undefined ? undefined : differences(row, layLost(row, why, settings));
  if (!changes) return { ...heard(nodeId), isHeard: isHeardWithinLease(row, at, settings) };
  try {
    // A keep-alive that races it wins: now, as it has changed the row, or later, as it lifts `lost`.
    if (!(await store.change(id, changes, row))) return heard(nodeId);
    return { nodeId, verdict: 'lost', isHeard: false, fellSilent: row.keepAlive === true };
  } catch (cause) {
    return { nodeId, verdict: 'failed', isHeard: false, fellSilent: false, cause };
  }
}
