/** What became of phones and their calls. */
import { isGivenAccount, loginOf, type Connection } from './connections.ts';
import { rowWithout, withGiven, type Between, type ExpectedRow } from './expected-row.ts';
import type { Moment, StreamState } from './stream-states.ts';

type Connections = ReadonlyMap<string, Connection>;

export function phoneLines(connections: Connections): string[] {
  const phones = [...connections.values()];
  const registered = phones.filter(({ isRegistered }) => isRegistered);
  const given = registered.filter(isGivenAccount).length;
  return [
    `${registered.length} of ${phones.length} phones registered` +
      (given > 0 ? `, ${given} with an account from the backend` : '') +
      '.',
  ];
}

/** Where the calls went whose pages had asked for somebody else. */
export function redirections(calls: ReadonlyMap<string, StreamState>): string[] {
  const running = [...calls.values()].filter(({ state }) => state === 'running');
  const redirected = running.filter(({ redirectedTo }) => redirectedTo !== undefined);
  return [...Map.groupBy(redirected, ({ redirectedTo }) => String(redirectedTo))].map(
    ([callee, { length }]) =>
      `${length} ${length === 1 ? 'call' : 'calls'} went to ${callee}, which is not what the pages asked for.`,
  );
}

/** A page that knows the account can telephone without the backend. */
export function shownAccounts(connections: Connections): string[] {
  const count = [...connections.values()].filter(({ isShownAccount }) => isShownAccount).length;
  if (count === 0) return [];
  return [
    `${count} ${count === 1 ? 'page was' : 'pages were'} shown a SIP account from the backend: see clientExclude.`,
  ];
}

/** A registration that was never reported leaves nothing in a row. */
export function sessionRowAfter(row: NonNullable<ExpectedRow>, connection: Connection | undefined) {
  if (connection?.isDeclined) return undefined;
  const isTold = connection?.asked === undefined || loginOf(connection) !== undefined;
  return isTold ? row : { ...row, registration: null };
}

export function callRowAfter(
  row: NonNullable<ExpectedRow>,
  call: StreamState,
  connections: Connections,
): ExpectedRow | undefined {
  switch (call.state) {
    case 'running': {
      const { phase, sessionId } = row;
      const connection = typeof sessionId === 'string' && phase === 'ended' ? connections.get(sessionId) : undefined;
      return { ...withGiven(row, call), ...timesOf(call, call.told.ended ?? connection?.ended) };
    }
    case 'unregistered':
      return row['incoming'] ? null : { phase: 'ended', status: 'FAILED', live: null, answeredAt: null };
    default:
      return rowWithout(call);
  }
}

/** How far apart the clocks of WCS and its backend may be, on two machines. */
const CLOCKS_APART_MS = 1000;

const at = ({ from, to }: Moment): Between => ({ least: from - CLOCKS_APART_MS, most: to + CLOCKS_APART_MS });

function timesOf({ told: { answered, transferred } }: StreamState, ended: Moment | undefined) {
  return {
    answeredAt: answered ? at(answered) : null,
    endedAt: ended ? at(ended) : null,
    talkSeconds: ended ? (answered ? secondsBetween(answered, ended) : 0) : null,
    ...(transferred ? { transferAt: at(transferred) } : {}),
  };
}

/** Measured by one clock; either in whole seconds or exactly. */
const secondsBetween = (answered: Moment, ended: Moment): Between => ({
  least: Math.floor((ended.from - answered.to) / 1000),
  most: Math.ceil((ended.to - answered.from) / 1000),
});
