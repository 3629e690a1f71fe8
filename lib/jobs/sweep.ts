/**
 * Each minute: presumes that live streams and calls of ended sessions have ended, marks those past their lease or maximum age
 * as lost, and reports a node that fell silent.
 */
import { describe, type Log, type MetricOfStage } from '../platform/log.ts';
import { isHeardWithinLease, whyLost, type Lease } from '../state/lease.ts';
import { differences, markLost, merge, type Retention } from '../state/merge.ts';
import { presumedEnd } from '../state/presumed-end.ts';
import { KINDS, type KindName, type Row } from '../state/row.ts';
import type { LiveEntry, LivePage, SweepStore } from '../store/store.ts';

export interface SweepDeps {
  readonly store: SweepStore;
  readonly settings: Lease & Retention;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** After this time (the function's timeout is 60 s) no new page is read; the next sweep continues there. */
const TIME_MS = 40_000;
/** After this time no request is sent at all. */
const DEADLINE_MS = 50_000;
const WRITES_AT_A_TIME = 16;

/** What became of a live stream or call in this sweep. */
interface Checked extends Pick<LiveEntry, 'nodeId' | 'role'> {
  readonly kind: KindName;
  readonly result: 'live' | 'lost' | 'ended' | 'failed';
  /** Whether a hook reported it within a lease: then its node is alive. */
  readonly isHeard: boolean;
  /** Whether a lost stream had sent keep-alives. */
  readonly fellSilent: boolean;
  readonly cause?: unknown;
}

/** @throws the error that stopped it, after logging what it had done */
export const createSweep = (deps: SweepDeps) => async (): Promise<void> => {
  const { store, log, now } = deps;
  const started = now();
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const checked: Checked[] = [];
  const from = await store.loadCursor(signal);
  let continueAt = from;
  let failure: unknown;

  try {
    for await (const page of store.livePages(from, signal)) {
      continueAt = page.from;
      checked.push(...(await checkPage(page, started, signal, deps)));
      continueAt = page.next;
      if (now() - started > TIME_MS) break;
    }
  } catch (error) {
    failure = error;
  }
  // The first page may fail: then there is nowhere to continue, and nothing is complete.
  const isComplete = continueAt === undefined && failure === undefined;
  // Part of the indexes shows neither all streams of a node nor how much is live.
  const sawAll = from === undefined && isComplete;
  logNodes(checked, sawAll, log);
  logSweep(checked, { sawAll, isComplete, milliseconds: now() - started, failure }, log);

  if (from !== continueAt) await store.saveCursor(continueAt);
  if (failure !== undefined) throw failure as Error;
};

interface Progress {
  readonly sawAll: boolean;
  readonly isComplete: boolean;
  readonly milliseconds: number;
  readonly failure: unknown;
}

function logSweep(
  checked: readonly Checked[],
  { sawAll, isComplete, milliseconds, failure }: Progress,
  log: Log,
): void {
  const failed = checked.filter(({ result }) => result === 'failed');
  const cause = failure ?? failed[0]?.cause;
  log({
    level: cause === undefined ? 'INFO' : 'ERROR',
    message: 'sweep',
    fields: {
      milliseconds,
      isComplete,
      live: count(checked, 'live'),
      lost: count(checked, 'lost'),
      ended: count(checked, 'ended'),
      failed: failed.length,
      cause: cause === undefined ? undefined : describe(cause),
    },
    metrics: sawAll ? liveByRole(checked) : {},
  });
}

/** The metric of each role. */
const METRICS: Readonly<Record<string, MetricOfStage>> = {
  publishing: 'livePublishers',
  playing: 'livePlayers',
  ringing: 'ringingCalls',
  talking: 'talkingCalls',
};

const liveByRole = (checked: readonly Checked[]) =>
  Object.fromEntries(
    Object.entries(METRICS).map(([role, metric]) => [
      metric,
      count(
        checked.filter((one) => one.role === role),
        'live',
      ),
    ]),
  );

const count = (checked: readonly Checked[], wanted: Checked['result']) =>
  checked.filter(({ result }) => result === wanted).length;

/** For each node, logs one line about its lost streams and one about its lost calls. Their rows have the details. */
function logNodes(checked: readonly Checked[], sawAll: boolean, log: Log): void {
  for (const [nodeId, ofNode = []] of Map.groupBy(checked, (one) => one.nodeId)) {
    const { stream: streams = [], call: calls = [] } = Object.fromEntries(Map.groupBy(ofNode, ({ kind }) => kind));
    const lostCalls = count(calls, 'lost');
    if (lostCalls > 0) {
      const fields = { nodeId, live: count(calls, 'live') };
      log({ level: 'WARN', message: 'calls lost', fields, metrics: { lostCalls } });
    }
    const lostStreams = count(streams, 'lost');
    if (lostStreams === 0) continue;
    const isHeard = ofNode.some((one) => one.isHeard || one.result === 'failed');
    const isSilent = sawAll && !isHeard && ofNode.some(({ fellSilent }) => fellSilent);
    log({
      level: isSilent ? 'ERROR' : 'WARN',
      message: isSilent ? 'node silent' : 'streams lost',
      fields: { nodeId, live: count(streams, 'live') },
      metrics: isSilent ? { silentNodes: 1, lostStreams } : { lostStreams },
    });
  }
}

async function checkPage(
  { kind, entries }: LivePage,
  at: number,
  signal: AbortSignal,
  deps: SweepDeps,
): Promise<Checked[]> {
  // What began within a lease was reported within it: its row need not be read.
  const isYoung = ({ since }: LiveEntry) => at - since <= deps.settings.leaseSeconds * 1000;
  const old = entries.filter((entry) => !isYoung(entry));
  const sessionIds = new Set(old.map(({ sessionId }) => sessionId).filter((id) => id !== undefined));
  const [rows, sessions] = await Promise.all([
    deps.store.read(
      kind,
      old.map(({ id }) => id),
      signal,
    ),
    // Leases run out whether sessions can be read or not.
    deps.store.read('session', [...sessionIds], signal).catch((cause: unknown) => {
      if (signal.aborted) throw cause;
      deps.log({ level: 'ERROR', message: 'sessions not read', fields: { cause: describe(cause) }, metrics: {} });
      return new Map<string, Row>();
    }),
  ]);
  const checked = entries.filter(isYoung).map(({ nodeId, role }): Checked => ({
    ...{ kind, nodeId, role },
    ...{ result: 'live', isHeard: true, fellSilent: false },
  }));
  for (let start = 0; start < old.length; start += WRITES_AT_A_TIME) {
    const some = old.slice(start, start + WRITES_AT_A_TIME);
    const checks = some.map((entry) =>
      checkEntry(kind, entry, rows.get(entry.id), sessions.get(entry.sessionId ?? ''), at, signal, deps),
    );
    checked.push(...(await Promise.all(checks)).filter((one) => one !== undefined));
  }
  return checked;
}

/** Undefined for what is no longer live: the index, or the row that was read, was slightly out of date. */
async function checkEntry(
  kind: KindName,
  { id, nodeId, sessionId, role }: LiveEntry,
  row: Row | undefined,
  session: Row | undefined,
  at: number,
  signal: AbortSignal,
  { store, settings }: SweepDeps,
): Promise<Checked | undefined> {
  /** How the row is to change; undefined if it stays as it is. */
  function planned(row: Row): Row | undefined {
    // Since the index was read, the id may have turned out to be another client's.
    const end = session && row.sessionId === sessionId && presumedEnd(kind, id, row, session, at, settings);
    if (end) return merge(row, end, settings);
    const why = whyLost(row, at, settings);
    return why === undefined ? undefined : markLost(kind, row, why, settings);
  }

  const about = { kind, nodeId, role };
  try {
    let written: Row | undefined;
    while (row) {
      const checked = planned(row);
      if (!checked) break;
      written = checked;
      const changes = differences(row, checked, KINDS[kind]);
      // A concurrent hook wins: now, because the row has changed, or later, because it removes `lost`.
      const changed: Row | undefined = changes && (await store.update(kind, id, changes, row, signal));
      row = changed ?? checked;
    }
    if (row?.phase === 'live') {
      return { ...about, result: 'live', isHeard: isHeardWithinLease(row, at, settings), fellSilent: false };
    }
    // It is our write, even if its response was lost and the SDK sent it again.
    if (!written || row?.phase !== written.phase) return undefined;
    const isLost = row?.phase === 'lost';
    return {
      ...about,
      result: isLost ? 'lost' : 'ended',
      isHeard: false,
      fellSilent: isLost && row?.keepAlive === true,
    };
  } catch (cause) {
    if (signal.aborted) throw cause;
    return { ...about, result: 'failed', isHeard: false, fellSilent: false, cause };
  }
}
