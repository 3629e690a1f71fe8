/** Times as a person reads them. */

/** From this many seconds on, the unit with this many seconds is used: two days are still shown in hours. */
const UNITS = [
  [2 * 86_400, 86_400, 'd'],
  [3600, 3600, 'h'],
  [60, 60, 'min'],
  [0, 1, 's'],
] as const;

/** `3 min`, `2 h`: at most six characters for years. */
export function ageOf(milliseconds: number): string {
  const seconds = Math.max(Math.floor(milliseconds / 1000), 0);
  const [, unit, name] = UNITS.find(([from]) => seconds >= from) ?? UNITS[3];
  return `${Math.floor(seconds / unit)} ${name}`;
}

/** `3 min ago`, `in 2 h`. */
export const distance = (time: number, now: number) =>
  time > now ? `in ${ageOf(time - now)}` : `${ageOf(now - time)} ago`;
