/** Counts answers, and shows them. */
import type { Answer } from './wcs.ts';

/** What is kept of an answer: a run has many. */
type Counted = Pick<Answer, 'status' | 'acknowledged' | 'milliseconds'>;

export interface Report {
  add(answer: Answer): void;
  readonly sent: number;
  readonly acknowledged: number;
  /** The closing table: a line per method and one for all. */
  table(): string;
}

export function createReport(): Report {
  const byMethod = new Map<string, Counted[]>();
  let sent = 0;
  let acknowledged = 0;
  return {
    add({ method, status, acknowledged: isAcknowledged, milliseconds }) {
      const answers = byMethod.get(method) ?? [];
      byMethod.set(method, answers);
      answers.push({ status, acknowledged: isAcknowledged, milliseconds });
      sent++;
      if (isAcknowledged) acknowledged++;
    },
    get sent() {
      return sent;
    },
    get acknowledged() {
      return acknowledged;
    },
    table() {
      const all = [...byMethod.values()].flat();
      const lines = [...byMethod].map(([method, answers]) => lineOf(method, answers));
      return aligned([
        ['method', 'sent', 'acknowledged', 'p50 ms', 'p99 ms', 'statuses'],
        ...lines,
        lineOf('all', all),
      ]);
    },
  };
}

function lineOf(method: string, answers: readonly Counted[]): string[] {
  const statuses = new Map<number | string, number>();
  for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const times = answers.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return [
    method,
    String(answers.length),
    String(answers.filter(({ acknowledged }) => acknowledged).length),
    percentile(times, 0.5),
    percentile(times, 0.99),
    [...statuses].map(([status, count]) => `${status}: ${count}`).join(', '),
  ];
}

const percentile = (sorted: readonly number[], share: number) =>
  (sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(1);

/** The first and the last column to the left, the numbers between to the right. */
function aligned(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0
            ? cell.padEnd(widths[column] ?? 0)
            : column === row.length - 1
              ? cell
              : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}
