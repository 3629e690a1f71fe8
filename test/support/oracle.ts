import { LEVEL } from '../../lib/state/lifecycle.ts';
import { rankOf } from '../../lib/state/rank.ts';
import { KINDS, type Fields, type Row } from '../../lib/state/row.ts';
import type { Sighting } from '../../lib/state/sighting.ts';

/** Which sighting's words stand as a whole: by a time of their own, the first or the latest; then by what they say. */
const REGISTERS = {
  stream: { decidedAt: ['denied', 'sub'], resizedAt: ['resizedWidth', 'resizedHeight'] },
  session: {
    connectAt: ['denied', 'sub', 'origin', 'clientVersion', 'claims', 'failedOpen'],
    registrationAt: ['registration'],
  },
  call: { decidedAt: ['denied', 'sub'], transferAt: ['transferTarget'], transferStatusAt: ['transferStatus'] },
} as const;
/** Levels in which the latest word wins. */
const LATEST: Readonly<Record<Sighting['kind'], readonly number[]>> = { stream: [4], session: [4], call: [3, 4] };
const isAddress = (id: string) => /^(?:\/(?:[0-9.]+|\[[0-9a-f:]+\]):[0-9]+){2}$/.test(id);

/** The row of a set of sightings: that of the client whose id it is, and those of the others. */
export function rowOfSet(sightings: readonly Sighting[], retentionSeconds: number): Row {
  const clients = Map.groupBy(sightings, ({ client }) => JSON.stringify(Object.entries(client).sort()));
  // Hooks that leave out who they are from are the one client's.
  const isWhole = sightings.every(({ client }) => Object.keys(client).length === 2);
  if (!isWhole || clients.size === 1) return rowOfClient(sightings, retentionSeconds);
  const rows = [...clients.values()].map((own) => rowOfClient(own, retentionSeconds));
  const [first = {}, ...others] = sightings[0]?.kind === 'session' ? rows.sort(latest) : rows.sort(firstLive);
  const kind = sightings[0]?.kind ?? 'stream';
  const inOrder = (row: Row) =>
    Object.fromEntries(KINDS[kind].owned.flatMap((field) => (row[field] === undefined ? [] : [[field, row[field]]])));
  return { ...first, rivals: JSON.stringify(others.slice(0, 3).map(inOrder)) };
}

const whoOf = ({ sessionId, appKey, nodeId }: Row) => JSON.stringify([sessionId ?? appKey, nodeId]);
const compare = (a: unknown, b: unknown) => (String(a) < String(b) ? -1 : 1);

/** Who was live first; else who asked first of those that were neither denied nor failed; else who was seen first. */
function firstLive(a: Row, b: Row): number {
  if (a.startedAt !== b.startedAt) return compare(a.startedAt ?? 'never', b.startedAt ?? 'never');
  const [startsA, startsB] = [a.phase === 'starting', b.phase === 'starting'];
  if (a.startedAt === undefined && startsA !== startsB) return startsA ? -1 : 1;
  if (a.startedAt === undefined && a.firstSeenAt !== b.firstSeenAt) return compare(a.firstSeenAt, b.firstSeenAt);
  return compare(whoOf(a), whoOf(b));
}

const latest = (a: Row, b: Row) =>
  a.lastSeenAt === b.lastSeenAt ? compare(whoOf(a), whoOf(b)) : compare(b.lastSeenAt, a.lastSeenAt);

/**
 * The row of one client's sightings, said in another way than the rule does it step by step: sort by rank, look at the last.
 * The facts of one stream must not contradict each other.
 */
function rowOfClient(sightings: readonly Sighting[], retentionSeconds: number): Row {
  const byRank = sightings.toSorted(weaker);
  const winner = byRank.at(-1);
  if (!winner) return {};
  const iso = (at: number) => new Date(at).toISOString();
  const times = sightings.map(({ at }) => at);
  const everyAttribute = byRank.reduce<Fields>((all, { attributes }) => ({ ...all, ...attributes }), {});
  const isSession = winner.kind === 'session';
  const common: Fields = {
    ...winner.state,
    statusAt: iso(winner.at),
    firstSeenAt: iso(Math.min(...times)),
    lastSeenAt: iso(Math.max(...times)),
    rank: rankOf(winner),
    ...(winner.state.phase === 'ended' ? { endedAt: iso(winner.at) } : {}),
  };
  const expiresAt = Math.floor(winner.at / 1000) + retentionSeconds;
  const row: Fields = isSession
    ? { appKey: everyAttribute.appKey, nodeId: everyAttribute.nodeId, ...common, ...registersOf(sightings) }
    : {
        ...everyAttribute,
        ...common,
        ...(winner.kind === 'stream'
          ? { ...streamFields(sightings, winner, everyAttribute), ...sizeOf(sightings, winner) }
          : callFields(sightings, winner)),
        ...registersOf(sightings),
        ...(['ended', 'denied'].includes(winner.state.phase) ? closedAt(winner.at) : {}),
      };
  const whole: Fields = !isSession && winner.state.phase === 'live' ? row : { ...row, expiresAt };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined));
}

/** Who wins last: by level, then by time, forwards or backwards, then by a digest. */
function weaker(a: Sighting, b: Sighting): number {
  const later = LATEST[a.kind].includes(a.level) ? 1 : -1;
  const digests = () => (rankOf(a).slice(-8) < rankOf(b).slice(-8) ? -1 : 1);
  return a.level - b.level || later * (a.at - b.at) || digests();
}

const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());
const least = (times: readonly number[]) => (times.length > 0 ? Math.min(...times) : undefined);

/** By the hour in UTC. */
function closedAt(at: number): Fields {
  const hour = new Date(Math.floor(at / 3_600_000) * 3_600_000).toISOString().replace(':00:00.000Z', '');
  return { closedAt: iso(at), closedIn: hour };
}

function callFields(sightings: readonly Sighting[], winner: Sighting): Fields {
  const begun = least(
    sightings.filter(({ level }) => level === LEVEL.ringing || level === LEVEL.live).map(({ at }) => at),
  );
  const answered = least(sightings.filter(({ level }) => level === LEVEL.live).map(({ at }) => at));
  const roles: Readonly<Record<number, string>> = { 3: 'ringing', 4: 'talking' };
  const talked = answered === undefined || winner.at < answered ? 0 : winner.at - answered;
  return {
    startedAt: iso(begun),
    answeredAt: iso(answered),
    answeredSeconds: answered === undefined ? undefined : answered / 1000,
    live: roles[winner.level],
    talkSeconds: winner.level > 4 ? talked / 1000 : undefined,
  };
}

function streamFields(sightings: readonly Sighting[], winner: Sighting, { published }: Fields): Fields {
  const lives = sightings.filter(({ level }) => level === 3 || level === 4).map(({ at }) => at);
  const stops = sightings.map(({ attributes }) => attributes.stopAt).filter((stopAt) => stopAt !== undefined);
  const { status } = winner.state;
  const publishes = status === 'PUBLISHING' || (status !== 'PLAYING' && status !== 'PAUSED' && published === true);
  return {
    startedAt: lives.length > 0 ? new Date(Math.min(...lives)).toISOString() : undefined,
    stopAt: stops.sort().at(0),
    live: winner.level === 3 || winner.level === 4 ? (publishes ? 'publishing' : 'playing') : undefined,
  };
}

/** The latest size that was told by a resize, unless the winner is newer; of two at once the one that sorts last. */
function sizeOf(sightings: readonly Sighting[], { at }: Sighting): Fields {
  const resizes = sightings.filter(({ attributes }) => attributes.resizedAt !== undefined);
  const latest = Math.max(...resizes.map((resize) => resize.at));
  if (latest < at) return {};
  const sizes = resizes
    .filter((resize) => resize.at === latest)
    .map(({ attributes }) => [attributes.resizedWidth, attributes.resizedHeight] as const);
  const size = sizes.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)).at(-1);
  return size ? { width: size[0], height: size[1] } : {};
}

function registersOf(sightings: readonly Sighting[]): Fields {
  const [{ kind, id } = { kind: 'stream', id: '' } as const] = sightings;
  const registers = Object.entries(REGISTERS[kind]).map(([time, fields]: [string, readonly string[]]) => {
    const order = time === 'connectAt' && !isAddress(id) ? -1 : 1;
    const valuesOf = (attributes: Fields) =>
      JSON.stringify(fields.map((field) => attributes[field as keyof Fields] ?? null));
    const timeOf = (attributes: Fields) => Date.parse(String(attributes[time as keyof Fields]));
    const winner = sightings
      .map(({ attributes }) => attributes)
      .filter((attributes) => attributes[time as keyof Fields] !== undefined)
      .sort((a, b) => order * (timeOf(a) - timeOf(b)) || (valuesOf(a) < valuesOf(b) ? -1 : 1))
      .at(-1);
    return Object.fromEntries([time, ...fields].map((field) => [field, winner?.[field as keyof Fields]]));
  });
  return Object.assign({}, ...registers) as Fields;
}
