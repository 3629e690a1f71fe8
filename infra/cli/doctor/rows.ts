/** Whether what a hook says becomes a row, and what does not belong there stays out. */
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

/** A row is there when its hook is answered; what was parked just now may take seconds. `patience`: milliseconds. */
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
    return { finding: problem(check, `not readable: ${said}`, 'Whether hooks become rows is not known.', todo) };
  }
}

export const findStreamRow = (search: Search) => findRow('row of the stream', () => search.probeRows.stream(), search);
export const findSessionRow = (search: Search) =>
  findRow('row of the session', () => search.probeRows.session(), search);

const missing = (check: string, { name, place }: Stage) =>
  problem(
    check,
    'the hook was answered, but there is no row',
    'Either it waits in the queue, as DynamoDB does not take it, or --url leads to another stage or region.',
    `Look at the queue below, and at "cause" in the functions' log. If it is empty: is this the URL of ${name} in ${place}?`,
  );

/** `row of the stream`: all that was said is there. Both: nothing is there that must not be. */
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
      'What is never to be stored is stored: clients’ tokens, or their network addresses.',
      'This is not what this backend does: which version is deployed, and who else writes this table?',
    );
  }
  if (wrong.length > 0) {
    return problem(
      check,
      wrong
        .map(([name, value]) => `${name} is ${JSON.stringify(row[name]) ?? 'absent'} instead of ${value}`)
        .join(', '),
      'The row does not say what the hook said.',
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
  return ok(check, 'there, and right', 'What a hook says is a row when the hook is answered.');
}
