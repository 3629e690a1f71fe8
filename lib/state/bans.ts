/** Bans on users, stream names and connections, each until a time or until it is lifted. */
import { redactId } from '../wcs/redact-id.ts';
import { clientIn, rowOfClient } from './clients.ts';
import type { Row } from './row.ts';
import { shortName } from './short-name.ts';
import { MAX_KEY_BYTES, type Attribute } from './storable.ts';

/** What a ban names: the user of a token, a stream as it is shown, or one connection. */
export const BAN_KINDS = ['sub', 'name', 'session'] as const;
export type BanKind = (typeof BAN_KINDS)[number];

export interface Ban {
  /** The kind and who: `sub:alice`. */
  readonly key: string;
  /** Epoch seconds; absent: until it is lifted. DynamoDB removes it some time later: only the time counts. */
  readonly until?: number;
  readonly reason?: string;
  /** Who banned. */
  readonly by?: string;
  /** When, in ISO 8601 UTC. */
  readonly at?: string;
}

/** All bans, by their key. */
export interface Bans {
  readonly byKey: ReadonlyMap<string, Ban>;
  /** Whether one of them is on a user: only then is it worth finding out whose a hook is that does not say so. */
  readonly hasUsers: boolean;
}

export const bansOf = (list: readonly Ban[]): Bans => ({
  byKey: new Map(list.map((ban) => [ban.key, ban])),
  hasUsers: list.some(({ key }) => key.startsWith('sub:')),
});

/** `at` in milliseconds since the epoch. */
export const isOver = ({ until }: Ban, at: number): boolean => until !== undefined && until * 1000 <= at;

/** Whom a hook or a row is about, in the words of rows. */
export interface Banned {
  readonly sub?: Attribute | undefined;
  readonly name?: Attribute | undefined;
  readonly sessionId?: Attribute | undefined;
}

/** The ban that holds at `at` (milliseconds since the epoch) for one of them; undefined if there is none. */
export function banOn({ byKey }: Bans, { sub, name, sessionId }: Banned, at: number): Ban | undefined {
  if (byKey.size === 0) return undefined;
  const who: Readonly<Record<BanKind, Attribute | undefined>> = { sub, name, session: sessionId };
  return BAN_KINDS.flatMap((kind) =>
    who[kind] === undefined ? [] : (byKey.get(`${kind}:${String(who[kind])}`) ?? []),
  ).find((ban) => !isOver(ban, at));
}

/** Whose a stream is by the row of its connection; undefined where that is over, or of another app or node. */
export function userByConnection(stream: Row, session: Row): Attribute | undefined {
  const own = rowOfClient(session, clientIn('session', stream));
  return own?.phase === 'ended' ? undefined : own?.sub;
}

/** A key as rows have it: without what is secret in a name or an id. @throws RangeError saying what is wrong with it */
export function banKey(kind: BanKind, who: string): string {
  const shown = { sub: (sub: string) => sub.toWellFormed(), name: shortName, session: redactId }[kind](who);
  if (shown === '') throw new RangeError(`${kind} is empty: expected whom to ban`);
  const key = `${kind}:${shown}`;
  const mostBytes = MAX_KEY_BYTES - kind.length - 1;
  if (Buffer.byteLength(shown) > mostBytes) throw new RangeError(`${kind} has more than ${mostBytes} bytes`);
  return key;
}

/** The same for a whole key. @throws RangeError */
export function readBanKey(text: string): string {
  const kind = BAN_KINDS.find((one) => text.startsWith(`${one}:`));
  if (!kind) throw new RangeError(`key does not start with ${BAN_KINDS.map((one) => `${one}:`).join(', ')}`);
  return banKey(kind, text.slice(kind.length + 1));
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
/** A ban of centuries is one without an end. */
const LONGEST_SECONDS = 100 * 365 * 86_400;

/** `90s`, `15m`, `1h` or `7d` in seconds. @throws RangeError */
export function readDuration(text: string): number {
  const [, count = '', unit = ''] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (UNITS[unit] ?? 0);
  if (seconds > 0 && seconds <= LONGEST_SECONDS) return seconds;
  throw new RangeError('for is not a duration: expected a number and s, m, h or d, such as 1h');
}
