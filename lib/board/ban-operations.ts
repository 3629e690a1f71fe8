/** The board's operations on bans. */
import * as v from 'valibot';
import { isOver, readBanKey, readDuration, type Ban } from '../state/bans.ts';
import { isoTime } from '../state/storable.ts';
import { MOST_BANS, TooManyBansError, type BanTable } from '../store/ban-table.ts';
import { readJson } from './json-body.ts';
import type { Asked, Operation } from './operation.ts';
import { NothingSchema, readQuery, ReasonSchema, shownReason, text, validated } from './parameters.ts';
import { Problem } from './problem.ts';
import { createShared } from './shared.ts';

const NO_TIME = 'until is not a time: expected ISO 8601, such as 2026-11-25T10:00:00Z';
const BanSchema = v.strictObject({
  key: text('key'),
  for: v.optional(text('for')),
  until: v.optional(
    v.pipe(
      v.string('until is not a string'),
      v.isoTimestamp(NO_TIME),
      v.check((text) => isDate(text), NO_TIME),
    ),
  ),
  reason: ReasonSchema,
});
const KeySchema = v.strictObject({ key: text('key') });

/** `table`: undefined where bans are off. */
export function createBanOperations(table: BanTable | undefined, now: () => number): readonly Operation[] {
  const shared = createShared<readonly Ban[]>(2000, now);
  const LIST = 'bans';

  const theTable = (): BanTable => {
    if (table) return table;
    throw new Problem(404, 'bans are off in this stage (BANS=false)');
  };

  /** Without those that have ended since the list was read. */
  const held = async (signal: AbortSignal) =>
    (await shared(LIST, () => theTable().read(signal))).filter((ban) => !isOver(ban, now()));

  return [
    {
      method: 'GET',
      path: '/board/bans',
      right: 'read',
      async run({ query, signal }) {
        readQuery(NothingSchema, query);
        const items = (await held(signal)).toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(shownBan);
        return { at: isoTime(now()), items };
      },
    },
    {
      method: 'POST',
      path: '/board/bans',
      right: 'ban',
      async run(asked) {
        readQuery(NothingSchema, asked.query);
        const ban = banOf(asked, now());
        const others = await held(asked.signal).catch(fullAs409);
        const isThere = others.some(({ key }) => key === ban.key);
        if (others.length >= MOST_BANS && !isThere) throw tooMany();
        await theTable().put(ban, asked.signal);
        shared.forget(LIST);
        asked.note(ban.key);
        return { ban: shownBan(ban) };
      },
    },
    {
      method: 'DELETE',
      path: '/board/bans',
      right: 'ban',
      async run({ query, signal, note }) {
        const key = inRange('key', () => readBanKey(readQuery(KeySchema, query).key));
        const lifted = await theTable().remove(key, signal);
        shared.forget(LIST);
        if (!lifted) throw new Problem(404, 'there is no ban with this key');
        note(key);
        return { lifted: shownBan(lifted) };
      },
    },
  ];
}

function banOf({ body, headers, sub }: Pick<Asked, 'body' | 'headers' | 'sub'>, now: number): Ban {
  const given = validated(BanSchema, readJson({ body, headers }), 'member');
  if (given.for !== undefined && given.until !== undefined) {
    throw new Problem(400, 'for and until cannot be combined: give one of them', { parameter: 'until' });
  }
  const { for: duration } = given;
  const seconds = Math.floor(now / 1000);
  const until =
    duration === undefined
      ? given.until && Math.ceil(Date.parse(given.until) / 1000)
      : seconds + inRange('for', () => readDuration(duration));
  if (typeof until === 'number' && !(until > seconds)) {
    throw new Problem(400, 'until is in the past: expected a time in the future', { parameter: 'until' });
  }
  const reason = shownReason(given.reason);
  return {
    key: inRange('key', () => readBanKey(given.key)),
    ...(typeof until === 'number' ? { until } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(sub === undefined ? {} : { by: sub }),
    at: isoTime(now),
  };
}

/** JavaScript takes February 30 for March 2, and knows no zone of hours alone. */
function isDate(timestamp: string): boolean {
  const day = timestamp.slice(0, 10);
  return !Number.isNaN(Date.parse(timestamp)) && isoTime(Date.parse(`${day}T00:00:00Z`)).startsWith(day);
}

/** A ban as people read it. */
const shownBan = ({ key, until, reason, by, at }: Ban) => ({
  key,
  ...(until === undefined ? {} : { until: isoTime(until * 1000) }),
  ...(reason === undefined ? {} : { reason }),
  ...(by === undefined ? {} : { by }),
  ...(at === undefined ? {} : { at }),
});

const tooMany = () => new Problem(409, `there are ${MOST_BANS} bans: lift some`);

function fullAs409(error: unknown): never {
  throw error instanceof TooManyBansError ? tooMany() : error;
}

function inRange<T>(parameter: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new Problem(400, error.message, { parameter });
    throw error;
  }
}
