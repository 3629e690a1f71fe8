/** Each minute: lays `lost` over live streams past their lease or maximum age, and tells when a whole node fell silent. */
import { describe, type Log } from '../log.ts';
import { whyLost, type Lease } from '../state/lease.ts';
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
type Verdict = 'live' | 'lost' | 'failed';

export const createSweep = (deps: SweepDeps) => async (): Promise<void> => {
  const { store, log, now } = deps;
  const started = now();
  const from = await store.loadCursor();
  const nodes = new Map<string, Record<Verdict, number>>();
  let stoppedAt: string | undefined;
  let failure: unknown;

  for await (const { streams, next } of store.livePages(from)) {
    for (const { nodeId, verdict, cause } of await judge(streams, started, deps)) {
      const node = nodes.get(nodeId) ?? { live: 0, lost: 0, failed: 0 };
      nodes.set(nodeId, node);
      node[verdict]++;
      failure ??= cause;
    }
    if (next !== undefined && now() - started > TIME_MS) {
      stoppedAt = next;
      break;
    }
  }
  if (from !== undefined || stoppedAt !== undefined) await store.saveCursor(stoppedAt);

  const sum = (verdict: Verdict) => [...nodes.values()].reduce((total, node) => total + node[verdict], 0);
  const sawAll = from === undefined && stoppedAt === undefined;
  for (const [nodeId, { live, lost, failed }] of nodes) {
    if (lost === 0) continue;
    // A node of which a stream is still heard is not silent; a part of a sweep cannot tell.
    const isSilent = sawAll && live === 0 && failed === 0;
    log({
      level: isSilent ? 'ERROR' : 'WARN',
      message: isSilent ? 'node silent' : 'streams lost',
      fields: { nodeId, live },
      metrics: isSilent ? { silentNodes: 1, lostStreams: lost } : { lostStreams: lost },
    });
  }
  log({
    level: sum('failed') > 0 ? 'ERROR' : 'INFO',
    message: 'sweep',
    fields: {
      milliseconds: now() - started,
      isComplete: stoppedAt === undefined,
      lost: sum('lost'),
      failed: sum('failed'),
      cause: failure === undefined ? undefined : describe(failure),
    },
    metrics: { liveStreams: sum('live') },
  });
};

interface Judged {
  readonly nodeId: string;
  readonly verdict: Verdict;
  readonly cause?: unknown;
}

async function judge(streams: readonly LiveStream[], at: number, deps: SweepDeps): Promise<Judged[]> {
  // A stream that began within a lease has been heard within it: its row need not be read.
  const isYoung = ({ startedAt }: LiveStream) => at - startedAt <= deps.settings.leaseSeconds * 1000;
  const old = streams.filter((stream) => !isYoung(stream));
  const rows = await deps.store.read(old.map(({ id }) => id));

  const judged: Judged[] = streams.filter(isYoung).map(({ nodeId }) => ({ nodeId, verdict: 'live' }));
  for (let start = 0; start < old.length; start += WRITES_AT_A_TIME) {
    const some = old.slice(start, start + WRITES_AT_A_TIME);
    judged.push(...(await Promise.all(some.map((stream) => judgeOne(stream, rows.get(stream.id) ?? {}, at, deps)))));
  }
  return judged;
}

async function judgeOne(
  { id, nodeId }: LiveStream,
  row: Row,
  at: number,
  { store, settings }: SweepDeps,
): Promise<Judged> {
  const why = whyLost(row, at, settings);
  const changes = why === undefined ? undefined : differences(row, layLost(row, why, settings));
  if (!changes) return { nodeId, verdict: 'live' };
  try {
    // A keep-alive that races it wins: now, as it has changed the row, or later, as it lifts `lost`.
    return { nodeId, verdict: (await store.change(id, changes, row)) ? 'lost' : 'live' };
  } catch (cause) {
    return { nodeId, verdict: 'failed', cause };
  }
}
