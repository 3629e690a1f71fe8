/** What a WCS that obeyed has to show for it: lines to print, and the rows that must result. */
import { isStart, termination, type StreamState } from './stream-states.ts';
import type { ConfigAwareWcs } from './config-aware-wcs.ts';
import type { ExpectedRow } from './scenarios.ts';

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? ' was' : 's were'}`;

/** The first line always, the others only where it happened. */
export function outcomeOf({ streams, declinedConnections }: Pick<ConfigAwareWcs, 'streams' | 'declinedConnections'>) {
  const started = [...streams.values()].filter(({ isStarted }) => isStarted);
  const count = (is: (stream: StreamState) => boolean) => started.filter(is).length;
  const denied = count(({ state }) => state === 'denied');
  const failed = count(({ state }) => state === 'failed');
  const terminated = count(({ state }) => state === 'terminated');
  const inVain = count((stream) => stream.isDeniedInVain && hasStarted(stream));
  const renamed = count(({ overwritten }) => 'name' in overwritten);
  return [
    `${count(hasStarted)} of ${started.length} streams started` +
      (denied > 0 ? `, ${denied} ${denied === 1 ? 'was' : 'were'} denied` : '') +
      (failed > 0 ? `, ${failed} failed` : '') +
      '.',
    ...(inVain > 0 ? [`${counted(inVain, 'stream')} denied, and started nevertheless.`] : []),
    ...(declinedConnections > 0 ? [`${counted(declinedConnections, 'connection')} declined.`] : []),
    ...(terminated > 0 ? [`${counted(terminated, 'stream')} terminated by keep-alive.`] : []),
    ...(renamed > 0 ? [`${counted(renamed, 'stream')} renamed.`] : []),
  ];
}

const hasStarted = ({ state }: StreamState) => state === 'running' || state === 'terminated';

/** The rows of a scenario, given what became of its streams; `open`: how many of them nobody can foretell. */
export function rowsAfter(rows: ReadonlyMap<string, ExpectedRow>, streams: ReadonlyMap<string, StreamState>) {
  const certain = [...rows].flatMap(([id, row]): [string, ExpectedRow][] => {
    const stream = streams.get(id);
    const after = stream && row ? rowAfter(row, stream) : row;
    return after === undefined ? [] : [[id, after]];
  });
  return { rows: new Map(certain), open: rows.size - certain.length };
}

function rowAfter({ name = null, ...rest }: NonNullable<ExpectedRow>, stream: StreamState): ExpectedRow | undefined {
  switch (stream.state) {
    case 'declined':
      return stream.sent.size === 0 ? null : undefined;
    case 'denied':
      // What had been told of the stream before, out of order, outdoes the denial.
      return [...stream.sent].every(isStart) ? { phase: 'denied', status: 'DENIED', live: null } : undefined;
    case 'failed':
      return undefined;
    case 'terminated': {
      const { published = null, nodeId = null, sessionId = null } = rest;
      const ended = { phase: 'ended', ...termination(published), live: null, lost: null, sdp: null };
      return { ...nameAfter(name, stream), published, nodeId, sessionId, ...ended };
    }
    case 'running':
      return { ...rest, ...nameAfter(name, stream) };
  }
}

/** After a late renaming there are hooks with either name: which of them wins is the backend's business. */
function nameAfter(name: string | boolean | null, { overwritten, isRenamedLate }: StreamState) {
  if (isRenamedLate) return {};
  return { name: 'name' in overwritten ? String(overwritten['name']) : name };
}
