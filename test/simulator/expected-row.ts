/** What the row of a stream, call or session must hold. */
import { isStart, type StreamState } from './stream-states.ts';

/** A number, or a time in milliseconds since the epoch, that is known as well as the simulator's clock allows. */
export interface Between {
  readonly least: number;
  readonly most: number;
}

/** What a row must hold; null: the attribute must be absent. A row that is null must not be there at all. */
export type ExpectedRow = Readonly<Record<string, string | number | boolean | Between | null>> | null;

/** Of a stream or call that did not start. */
export function rowWithout({ state, sent }: StreamState): ExpectedRow | undefined {
  switch (state) {
    case 'declined':
      return sent.size === 0 ? null : undefined;
    case 'denied':
      // What had been told of it before, out of order, outdoes the denial.
      return [...sent].every(isStart) ? { phase: 'denied', status: 'DENIED', live: null } : undefined;
    default:
      return undefined;
  }
}

/**
 * With the backend's values of what names it. After a late change there are hooks with either: which of them wins is the
 * backend's business.
 */
export function withGiven(row: NonNullable<ExpectedRow>, { overwritten, isRenamedLate }: StreamState) {
  const names = ['name', 'caller', 'callee'].filter((name) => name in row);
  const given = names.flatMap((name) => (name in overwritten ? [[name, String(overwritten[name])]] : []));
  const uncertain = isRenamedLate ? ['name', 'callee'] : [];
  const after: NonNullable<ExpectedRow> = { ...row, ...(Object.fromEntries(given) as Record<string, string>) };
  return Object.fromEntries(Object.entries(after).filter(([name]) => !uncertain.includes(name)));
}
