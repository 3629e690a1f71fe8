/** What a WCS that obeyed has to show for it: lines to print, and the rows that must result. */
import type { Subject } from '../../lib/wcs/methods.ts';
import { callRowAfter, phoneLines, redirections, sessionRowAfter } from './call-outcome.ts';
import type { ConfigAwareWcs } from './config-aware-wcs.ts';
import { rowWithout, withGiven, type ExpectedRow } from './expected-row.ts';
import { termination, type StreamState } from './stream-states.ts';

export type Outcome = Pick<ConfigAwareWcs, 'streams' | 'calls' | 'connections' | 'declinedConnections'>;

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? ' was' : 's were'}`;

/** The first line always, the others only where it happened. */
export function outcomeOf(outcome: Outcome, kind: Subject): string[] {
  const { streams, calls, connections, declinedConnections } = outcome;
  const declined = declinedConnections > 0 ? [`${counted(declinedConnections, 'connection')} declined.`] : [];
  switch (kind) {
    case 'stream':
      return [...startsOf('stream', streams), ...declined, ...endsOf([...streams.values()])];
    case 'call':
      return [...phoneLines(connections), ...startsOf('call', calls), ...redirections(calls), ...declined];
    case 'session':
      return [...phoneLines(connections), ...declined];
  }
}

function startsOf(noun: string, states: ReadonlyMap<string, StreamState>): string[] {
  const started = [...states.values()].filter(({ isStarted }) => isStarted);
  const count = (is: (stream: StreamState) => boolean) => started.filter(is).length;
  const denied = count(({ state }) => state === 'denied');
  const failed = count(({ state }) => state === 'failed');
  const unregistered = count(({ state }) => state === 'unregistered');
  const inVain = count((stream) => stream.isDeniedInVain && hasStarted(stream));
  return [
    `${count(hasStarted)} of ${started.length} ${noun}s started` +
      (denied > 0 ? `, ${denied} ${denied === 1 ? 'was' : 'were'} denied` : '') +
      (failed > 0 ? `, ${failed} failed` : '') +
      (unregistered > 0 ? `, ${unregistered} had no SIP account` : '') +
      '.',
    ...(inVain > 0 ? [`${counted(inVain, noun)} denied, and started nevertheless.`] : []),
  ];
}

function endsOf(streams: readonly StreamState[]): string[] {
  const terminated = streams.filter(({ state, isStarted }) => isStarted && state === 'terminated').length;
  const renamed = streams.filter(({ overwritten, isStarted }) => isStarted && 'name' in overwritten).length;
  return [
    ...(terminated > 0 ? [`${counted(terminated, 'stream')} terminated by keep-alive.`] : []),
    ...(renamed > 0 ? [`${counted(renamed, 'stream')} renamed.`] : []),
  ];
}

const hasStarted = ({ state }: StreamState) => state === 'running' || state === 'terminated';

/** The rows of a scenario, given what became of their subjects; `open`: how many of them nobody can foretell. */
export function rowsAfter(rows: ReadonlyMap<string, ExpectedRow>, kind: Subject, outcome: Outcome) {
  const certain = [...rows].flatMap(([id, row]): [string, ExpectedRow][] => {
    const after = row && rowOf(id, row, kind, outcome);
    return after === undefined ? [] : [[id, after]];
  });
  return { rows: new Map(certain), open: rows.size - certain.length };
}

function rowOf(id: string, row: NonNullable<ExpectedRow>, kind: Subject, { streams, calls, connections }: Outcome) {
  if (kind === 'session') return sessionRowAfter(row, connections.get(id));
  const state = (kind === 'stream' ? streams : calls).get(id);
  if (!state) return row;
  return kind === 'call' ? callRowAfter(row, state, connections) : rowAfter(row, state);
}

function rowAfter(row: NonNullable<ExpectedRow>, stream: StreamState): ExpectedRow | undefined {
  switch (stream.state) {
    case 'running':
      return withGiven(row, stream);
    case 'terminated': {
      const { name = null, published = null, nodeId = null, sessionId = null } = row;
      const ended = { phase: 'ended', ...termination(published), live: null, lost: null, sdp: null };
      return { ...withGiven({ name }, stream), published, nodeId, sessionId, ...ended };
    }
    default:
      return rowWithout(stream);
  }
}
