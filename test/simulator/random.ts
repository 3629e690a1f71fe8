/** Chance that a seed repeats. */
export interface Random {
  /** A number from 0 up to, not including, 1. */
  (): number;
  /** A UUID: version 1 as the Web SDK makes, 4 as RTMP. */
  uuid(version: 1 | 4): string;
  /** A whole number from `min` to `max`. */
  between(min: number, max: number): number;
  /** An item of a list. */
  of<T>(items: readonly [T, ...T[]]): T;
  shuffled<T>(items: readonly T[]): T[];
}

/** mulberry32: 32 bits of state, enough for a simulation. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const hex = (length: number) => Array.from({ length }, () => between(0, 15).toString(16)).join('');
  return Object.assign(next, {
    between,
    uuid: (version: 1 | 4) =>
      `${hex(8)}-${hex(4)}-${version}${hex(3)}-${(8 + between(0, 3)).toString(16)}${hex(3)}-${hex(12)}`,
    of: <T>(items: readonly [T, ...T[]]): T => items[between(0, items.length - 1)] ?? items[0],
    shuffled: <T>(items: readonly T[]) =>
      items
        .map((item) => ({ item, place: next() }))
        .sort((a, b) => a.place - b.place)
        .map(({ item }) => item),
  });
}
