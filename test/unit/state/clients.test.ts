import { describe, expect, it } from 'vitest';
import { rowOfClient, withRowOfClient } from '../../../lib/state/clients.ts';
import { KINDS, type Kind, type Row } from '../../../lib/state/row.ts';

const { stream, session } = KINDS;
const at = (second: number) => new Date(second * 1000).toISOString();

/** The row in which each client has what is given, whatever it had. */
const rowOf = (kind: Kind, rows: readonly Row[]) =>
  rows.reduce((row, own) => {
    const client = Object.fromEntries(kind.client.map((field) => [field, own[field]]));
    return withRowOfClient(row, client, () => own, kind);
  }, {} as Row);
const rivalsIn = ({ rivals }: Row) => JSON.parse(String(rivals)) as Row[];

/** Whom the row shows, in whichever order they came. */
function shownOf(kind: Kind, a: Row, b: Row): unknown {
  const [one, other] = [rowOf(kind, [a, b]), rowOf(kind, [b, a])];
  expect(one).toEqual(other);
  return one.nodeId;
}

describe('the id of a stream', () => {
  const of = (nodeId: string, row: Row): Row => ({ sessionId: 's', nodeId, ...row });

  it('is the client’s whose stream was live first', () => {
    const live = { phase: 'live', firstSeenAt: at(5) };
    expect(shownOf(stream, of('A', { ...live, startedAt: at(2) }), of('B', { ...live, startedAt: at(1) }))).toBe('B');
    expect(
      shownOf(stream, of('A', { phase: 'starting', firstSeenAt: at(0) }), of('B', { ...live, startedAt: at(9) })),
    ).toBe('B');
    expect(
      shownOf(stream, of('A', { ...live, startedAt: at(1) }), of('B', { phase: 'denied', firstSeenAt: at(0) })),
    ).toBe('A');
  });

  it('is that of the first who asked while none is live, before any that was denied or failed', () => {
    const starting = (second: number) => ({ phase: 'starting', firstSeenAt: at(second) });
    expect(shownOf(stream, of('A', starting(2)), of('B', starting(1)))).toBe('B');
    for (const phase of ['denied', 'ended', 'seen']) {
      expect(shownOf(stream, of('A', { phase, firstSeenAt: at(0) }), of('B', starting(1)))).toBe('B');
    }
    expect(
      shownOf(
        stream,
        of('A', { phase: 'denied', firstSeenAt: at(1) }),
        of('B', { phase: 'ended', firstSeenAt: at(0) }),
      ),
    ).toBe('B');
  });

  it('stays whose it is when its owner is heard again, and so does what is known of the others', () => {
    const row = rowOf(stream, [
      of('A', { phase: 'live', startedAt: at(1) }),
      of('B', { phase: 'denied', firstSeenAt: at(2) }),
      of('A', { phase: 'ended', startedAt: at(1) }),
    ]);
    expect(row).toMatchObject({ nodeId: 'A', phase: 'ended' });
    expect(rivalsIn(row)).toEqual([of('B', { phase: 'denied', firstSeenAt: at(2) })]);
  });

  it('is the same client’s in any order where nothing else tells them apart', () => {
    expect(shownOf(stream, of('B', { firstSeenAt: at(0) }), of('A', { firstSeenAt: at(0) }))).toBe('A');
  });

  it('has three rivals at most: who has the least right to it is forgotten', () => {
    const rows = ['A', 'B', 'C', 'D', 'E'].map((nodeId, second) =>
      of(nodeId, { phase: 'starting', firstSeenAt: at(second) }),
    );
    const row = rowOf(stream, rows);
    expect(row.nodeId).toBe('A');
    expect(rivalsIn(row).map(({ nodeId }) => nodeId)).toEqual(['B', 'C', 'D']);
    expect(rowOfClient(row, { sessionId: 's', nodeId: 'C' })).toMatchObject({ firstSeenAt: at(2) });
    expect(rowOfClient(row, { sessionId: 's', nodeId: 'E' })).toBeUndefined();
  });

  it('has no rivals where somebody wrote something else into the row', () => {
    const row = of('A', { phase: 'live', rivals: 'by hand' });
    expect(rowOfClient(row, { nodeId: 'A' })).toEqual(of('A', { phase: 'live' }));
    expect(rowOfClient(row, { nodeId: 'B' })).toBeUndefined();
  });
});

describe('the address of a session', () => {
  it('is that of the last connection', () => {
    const of = (nodeId: string, second: number): Row => ({
      appKey: 'app',
      nodeId,
      phase: 'live',
      lastSeenAt: at(second),
    });
    expect(shownOf(session, of('A', 9), of('B', 10))).toBe('B');
    expect(shownOf(session, of('A', 2_000_000_000), of('B', 1_999_999_999))).toBe('A');
    expect(shownOf(session, of('B', 1), of('A', 1))).toBe('A');
  });
});
