/** What is printed: each thing that must hold as it is looked at, and a table in the end. */
import type { Load } from './load.ts';

export const say = (text: string) => console.log(`   ${text}`);

const notes: string[] = [];
/** Said now, and again in the end. */
export function note(text: string): void {
  notes.push(text);
  say(text);
}

type Problems = readonly string[] | { readonly problems: readonly string[] };

const problemsIn = (found: Problems | void): readonly string[] => {
  if (!found) return [];
  return 'problems' in found ? found.problems : found;
};

/** One thing that must hold. @throws Error with what is wrong */
export async function step<Found extends Problems | void>(title: string, check: () => Promise<Found>): Promise<Found> {
  const started = performance.now();
  console.log(`.. ${title}`);
  const found = await check();
  const problems = problemsIn(found);
  if (problems.length > 0) throw new Error(`${title}:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
  console.log(`ok ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return found;
}

const tallies: { readonly when: string; readonly figures: readonly number[] }[] = [];

/** A line of the table. */
export function tally(when: string, loads: readonly Load[], missing: number, parked = 0, replayed = 0): void {
  const sum = (count: (load: Load) => number) => loads.reduce((total, load) => total + count(load), 0);
  const figures = [sum(({ sent }) => sent), sum(({ acknowledged }) => acknowledged.length), parked, replayed, missing];
  tallies.push({ when, figures });
}

export function summary(): string {
  const heads = ['sent', 'acknowledged', 'parked', 'replayed', 'missing'];
  const line = (when: string, cells: readonly (string | number)[]) =>
    when.padEnd(36) + cells.map((cell) => String(cell).padStart(14)).join('');
  return [
    ...notes,
    ...(tallies.length > 0 ? [line('hooks …', heads), ...tallies.map(({ when, figures }) => line(when, figures))] : []),
  ].join('\n');
}
