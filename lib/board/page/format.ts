/** Times, counts and reasons as they are read. */
import type { ClosedItem } from './answers.ts';

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** @returns such as `3 min 12 s`: the two greatest units, the second one only if it is not 0 */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const at = UNITS.findIndex(([, size]) => seconds >= size);
  const [unit, size] = UNITS[at] ?? (['s', 1] as const);
  const [nextUnit, nextSize] = UNITS[at + 1] ?? (['', 1] as const);
  const rest = at < 0 ? 0 : Math.floor((seconds % size) / nextSize);
  return `${Math.floor(seconds / size)} ${unit}${nextUnit && rest > 0 ? ` ${rest} ${nextUnit}` : ''}`;
}

/** @returns how long it is since a time of the API, or undefined where there is none */
export function since(iso: string | undefined, now: number): string | undefined {
  const at = iso === undefined ? NaN : Date.parse(iso);
  return Number.isNaN(at) ? undefined : duration(now - at);
}

const pad = (number: number) => String(number).padStart(2, '0');
/** @returns the time of day here, such as `09:05:07` */
export const timeOfDay = (date: Date) => [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':');

/** @returns a time of the API as it is here, with its day unless that is today */
export function localTime(iso: string, now: number): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const day = [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join('-');
  return date.toDateString() === new Date(now).toDateString() ? timeOfDay(date) : `${day} ${timeOfDay(date)}`;
}

export const isTime = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);

export const plural = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** @returns why something is over: our reason for a denial, else WCS's words; of what got lost they are old */
export function reasonOf({ phase, denied, status, info }: ClosedItem): string {
  const words = [status, info].filter(Boolean).join(': ');
  return denied ?? (phase === 'lost' ? `silent since ${words}` : words);
}

/** @returns a node's address: WCS calls it `<random>@<address>`, and a name without an address stays as it is */
export const nodeAddress = (nodeId: string | undefined) => nodeId?.slice(nodeId.lastIndexOf('@') + 1) || nodeId;
