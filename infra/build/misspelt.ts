/** Finds variables whose name is nearly that of a setting. */
import type { Environment } from '../../lib/settings/environment.ts';

/** The names that are set and similar to one of `names`, each with its nearest one. */
export function misspelt(env: Environment, names: readonly string[]): Readonly<Record<string, string>> {
  // A single short word such as PORT or HOST resembles many others.
  const settings = names.filter((name) => name.includes('_'));
  const found = Object.entries(env).flatMap(([name, value]) => {
    if (!value || names.includes(name)) return [];
    const [nearest] = settings
      .flatMap((setting) => {
        const distance = distanceBetween(name, setting);
        return distance === undefined ? [] : [{ setting, distance }];
      })
      .sort((a, b) => a.distance - b.distance);
    return nearest ? [[name, nearest.setting]] : [];
  });
  return Object.fromEntries(found) as Record<string, string>;
}

/** At most one slip in a word, and two in a name. */
const MOST_IN_WORD = 1;
const MOST_IN_NAME = 2;

/** The number of slips between them; undefined if they are two different names. */
function distanceBetween(name: string, setting: string): number | undefined {
  // A different first letter is a different word: BOOK_USER, MAIL_OPEN.
  if (name.charAt(0).toUpperCase() !== setting.charAt(0)) return undefined;
  const words = wordsOf(name);
  const meant = wordsOf(setting);
  if (words.join('') === meant.join('')) return 0;
  if (words.length !== meant.length) return within(slips(words.join(''), meant.join('')), MOST_IN_WORD);
  const each = words.map((word, n) => slips(word, meant[n] ?? ''));
  // HOST for PORT, FILE for FIELD: a different word, not a slip.
  if (each.some((count) => count > MOST_IN_WORD)) return undefined;
  return within(
    each.reduce((sum, count) => sum + count, 0),
    MOST_IN_NAME,
  );
}

const within = (count: number, most: number) => (count <= most ? count : undefined);

/** Hyphens, dots and small letters make no difference. */
const wordsOf = (name: string) => name.toUpperCase().split(/[_.-]/).filter(Boolean);

/** The number of letters that are missing, extra, wrong or swapped with the next (optimal string alignment). */
function slips(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (beforeLast[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
