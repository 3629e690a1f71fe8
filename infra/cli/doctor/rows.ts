/** Checks that what a hook reports becomes a row, without what must not be stored. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ok, problem, type Finding } from './finding.ts';
import { EXPECTED_ROW, NOT_TO_BE_STORED } from './probes.ts';
import type { AnyRow, ProbeRows } from './probe-rows.ts';
import { explain, type Stage } from '../stage-access.ts';

const PAUSE_MS = 200;

export interface Search {
  readonly stage: Stage;
  readonly probeRows: ProbeRows;
  readonly withinMs: number;
}

export interface Found {
  readonly finding: Finding;
  readonly row?: AnyRow;
}

/** A row exists when its hook is answered; if the hook was parked, it may take seconds. `patience`: milliseconds. */
async function findRow(
  check: string,
  read: () => Promise<AnyRow | undefined>,
  { stage, withinMs }: Search,
): Promise<Found> {
  try {
    for (const deadline = Date.now() + withinMs; ; await sleep(PAUSE_MS)) {
      const row = await read();
      if (row) return { finding: checkRow(check, row), row };
      if (Date.now() > deadline) return { finding: missing(check, stage) };
    }
  } catch (error) {
    const { said, todo } = explain(error, stage);
    return { finding: problem(check, `not readable: ${said}`, 'It is unknown whether hooks become rows.', todo) };
  }
}

export const findStreamRow = (search: Search) => findRow('row of the stream', () => search.probeRows.stream(), search);
export const findSessionRow = (search: Search) =>
  findRow('row of the session', () => search.probeRows.session(), search);

const missing = (check: string, { name, place }: Stage) =>
  problem(
    check,
    'the hook was answered, but there is no row',
    'Either the hook waits in the queue, because DynamoDB did not save it, or --url leads to another stage or region.',
    `Look at the queue below, and at "cause" in the functions' log. If it is empty: is this the URL of ${name} in ${place}?`,
  );

/** The stream's row must have everything that was reported. No row may have what must not be stored. */
function checkRow(check: string, row: AnyRow): Finding {
  const isStream = row['mediaSessionId'] !== undefined;
  const wrong = isStream ? Object.entries(EXPECTED_ROW).filter(([name, value]) => row[name] !== value) : [];
  const leaked = Object.entries(row).filter(
    ([name, value]) => ['sdp', 'custom', 'token'].includes(name) || String(value).includes(NOT_TO_BE_STORED),
  );
  if (leaked.length > 0) {
    return problem(
      check,
      `it holds ${leaked.map(([name]) => name).join(', ')}`,
      'It has what must never be stored: clients’ tokens, or their network addresses.',
      'This is not what this backend does: which version is deployed, and who else writes this table?',
    );
  }
  if (wrong.length > 0) {
    return problem(
      check,
      wrong
        .map(([name, value]) => `${name} is ${JSON.stringify(row[name]) ?? 'absent'} instead of ${value}`)
        .join(', '),
      'The row differs from what the hook reported.',
      'Which version is deployed, and who else writes this table?',
    );
  }
  if (typeof row['expiresAt'] !== 'number') {
    return problem(
      check,
      'it has no expiresAt',
      'DynamoDB will never remove it.',
      'Which version is deployed? See RETENTION_DAYS.',
    );
  }
  return ok(check, 'there, and correct', 'When a hook is answered, what it says is in its row.');
}
