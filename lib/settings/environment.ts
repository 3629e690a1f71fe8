/** Reads single settings and collects their problems, so that every problem is reported at once. */

export type Environment = Readonly<Record<string, string | undefined>>;

export function wholeNumber(env: Environment, name: string, fallback: number, problems: string[]): number {
  const value = env[name] ? Number(env[name]) : fallback;
  if (!Number.isSafeInteger(value) || value < 1)
    problems.push(`${name}=${JSON.stringify(env[name])} is not a whole number of 1 or more`);
  return value;
}

export function required(env: Environment, name: string, meaning: string, problems: string[]): string {
  if (!env[name]) problems.push(`${name} is missing: ${meaning}`);
  return env[name] ?? '';
}

/** Reads a comma-separated list. */
export const list = (text = ''): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);

/** Reads a comma-separated list of allowed words; `fallback` if it is not set. */
export function words<Word extends string>(
  env: Environment,
  name: string,
  allowed: readonly Word[],
  fallback: readonly Word[],
  problems: string[],
): readonly Word[] {
  const given = list(env[name]);
  if (env[name] && given.length === 0) problems.push(`${name} names nothing: expected some of ${allowed.join(', ')}`);
  for (const word of given) {
    if (!(allowed as readonly string[]).includes(word))
      problems.push(`${name} names ${JSON.stringify(word)}: expected some of ${allowed.join(', ')}`);
  }
  return given.length > 0 ? (given as Word[]) : fallback;
}

/** Reads one of the allowed words; `fallback` if it is not set. */
export function oneOf<Word extends string>(
  env: Environment,
  name: string,
  allowed: readonly Word[],
  fallback: Word,
  problems: string[],
): Word {
  const given = env[name] || fallback;
  const word = allowed.find((one) => one === given);
  if (word === undefined) problems.push(`${name}=${JSON.stringify(given)}: expected ${allowed.join(' or ')}`);
  return word ?? fallback;
}
