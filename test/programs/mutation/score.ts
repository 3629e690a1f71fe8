/** What a run of the mutants says. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** What Stryker says of a mutant, as far as it is used here. */
export interface TestedMutant {
  readonly fileName: string;
  readonly location: { readonly start: Position; readonly end: Position };
  readonly replacement?: string | undefined;
  readonly status: string;
}
/** As in editors: the first line and the first column are 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

const DETECTED = ['Killed', 'Timeout'];
const UNDETECTED = ['Survived', 'NoCoverage'];
const count = (mutants: readonly TestedMutant[], statuses: readonly string[]) =>
  mutants.filter(({ status }) => statuses.includes(status)).length;

/** Detected mutants in percent; 100 where there is none to detect. */
export function scoreOf(mutants: readonly TestedMutant[]): number {
  const [detected, undetected] = [count(mutants, DETECTED), count(mutants, UNDETECTED)];
  return detected + undetected === 0 ? 100 : (100 * detected) / (detected + undetected);
}

/** One line of the summary. */
export function summaryLine(what: string, mutants: readonly TestedMutant[]): string {
  const parts = [
    `${count(mutants, DETECTED)} detected`,
    `${count(mutants, ['Survived'])} survived`,
    `${count(mutants, ['NoCoverage'])} run by no test`,
    ...(count(mutants, ['Ignored']) > 0 ? [`${count(mutants, ['Ignored'])} left out`] : []),
  ];
  return `${what.padEnd(36)} ${scoreOf(mutants).toFixed(1).padStart(5)} %  ${parts.join(', ')}`;
}

/** The mutants that no test detected, where they are and what they changed. */
export function survivorLines(mutants: readonly TestedMutant[], read = readText): string[] {
  return mutants
    .filter(({ status }) => UNDETECTED.includes(status))
    .map(({ fileName, location: { start, end }, replacement = '', status }) => {
      const lines = read(fileName)
        .split('\n')
        .slice(start.line - 1, end.line);
      lines.push((lines.pop() ?? '').slice(0, end.column - 1));
      const original = lines.join('\n').slice(start.column - 1);
      const note = status === 'NoCoverage' ? '  (run by no test)' : '';
      const place = `${relative(process.cwd(), fileName)}:${start.line}:${start.column}`;
      return `  ${place}  ${onOneLine(original)} → ${onOneLine(replacement)}${note}`;
    });
}

const LONGEST = 70;
function onOneLine(code: string): string {
  const line = code.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

function readText(file: string): string {
  return readFileSync(file, 'utf8');
}
