import type { OwnedField, Row } from '../../lib/state/row.ts';
import { rankOf, type Sighting } from '../../lib/state/sighting.ts';
import type { Attribute } from '../../lib/state/storable.ts';

/**
 * The row of a set of sightings, said in another way than the rule does it step by step: sort by rank, look at the last.
 * The facts of one stream must not contradict each other.
 */
export function rowOfSet(sightings: readonly Sighting[], retentionSeconds: number): Row {
  const byRank = [...sightings].sort((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1));
  const winner = byRank.at(-1);
  if (!winner) return {};
  const facts = byRank.reduce<Sighting['facts']>((all, sighting) => ({ ...all, ...sighting.facts }), {});
  const times = sightings.map(({ at }) => at);
  const livingTimes = sightings.filter(({ level }) => level === 3 || level === 4).map(({ at }) => at);
  const iso = (at: number) => new Date(at).toISOString();

  const row: { [Field in OwnedField]?: Attribute } = {
    ...winner.said,
    ...facts,
    statusAt: iso(winner.at),
    firstSeenAt: iso(Math.min(...times)),
    lastSeenAt: iso(Math.max(...times)),
    rank: rankOf(winner),
  };
  if (livingTimes.length > 0) row.startedAt = iso(Math.min(...livingTimes));
  if (winner.level === 3 || winner.level === 4) {
    row.phase = 'live';
    const { status } = winner.said;
    const publishes =
      status === 'PUBLISHING' || (status !== 'PLAYING' && status !== 'PAUSED' && facts.published === true);
    row.live = publishes ? 'publishing' : 'playing';
  } else {
    row.phase = winner.level >= 5 ? 'ended' : (['seen', 'starting', 'refused'][winner.level] ?? '');
    if (winner.level >= 5) row.endedAt = iso(winner.at);
    row.expiresAt = Math.floor(winner.at / 1000) + retentionSeconds;
  }
  return row;
}
