/** What a check found, what it means and, unless it is healthy, what to do: for a newcomer and for the night shift. */

/** `left out`: not checked, which is neither good nor bad. */
export type Level = 'ok' | 'warning' | 'problem' | 'left out';

export interface Finding {
  readonly check: string;
  readonly level: Level;
  readonly found: string;
  readonly means: string;
  readonly todo?: string;
}

export const ok = (check: string, found: string, means: string): Finding => ({ check, level: 'ok', found, means });

const finding = (level: Level) => (check: string, found: string, means: string, todo: string) =>
  ({ check, level, found, means, todo }) satisfies Finding;
export const warning = finding('warning');
export const problem = finding('problem');
export const leftOut = finding('left out');

export function toText({ check, level, found, means, todo }: Finding): string {
  const lines = [`${level.padEnd(9)} ${check}: ${found}`, `          ${means}`];
  return [...lines, ...(todo === undefined ? [] : [`          > ${todo}`])].join('\n');
}

export function summary(findings: readonly Finding[]): string {
  const count = (level: Level, word: string) => {
    const n = findings.filter((one) => one.level === level).length;
    return n === 0 ? [] : [`${n} ${word}${n === 1 || word === 'left out' ? '' : 's'}`];
  };
  const counts = [...count('problem', 'problem'), ...count('warning', 'warning'), ...count('left out', 'left out')];
  return counts.length === 0 ? 'Healthy.' : `${counts.join(', ')}.`;
}
