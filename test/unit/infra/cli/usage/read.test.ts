import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { readIntervals } from '../../../../../infra/cli/usage/read.ts';

const NOW = Date.parse('2026-11-25T10:30:00Z');
const FROM = Date.parse('2026-11-25T09:00:00Z');

interface Query {
  readonly TableName: string;
  readonly IndexName: string;
  readonly ExpressionAttributeValues: { readonly ':key': { readonly S: string } };
  readonly ExclusiveStartKey?: { readonly page: { readonly N: string } };
}
type Item = Readonly<Record<string, { readonly S?: string; readonly BOOL?: boolean }>>;

/** Reads an index of streams of which each key has these pages. */
async function read(pages: Readonly<Record<string, readonly Item[]>>) {
  const send = ({ input: { TableName, ExpressionAttributeValues, ExclusiveStartKey } }: { readonly input: Query }) => {
    const ofKey = TableName === 'streams' ? (pages[ExpressionAttributeValues[':key'].S] ?? []) : [];
    const page = Number(ExclusiveStartKey?.page.N ?? 0);
    return Promise.resolve({
      Items: ofKey.slice(page, page + 1),
      ...(page + 1 < ofKey.length ? { LastEvaluatedKey: { page: { N: String(page + 1) } } } : {}),
      ConsumedCapacity: { CapacityUnits: 0.5 },
    });
  };
  const stage = { dynamo: { send } as unknown as DynamoDBClient, streamsTable: 'streams', callsTable: 'calls' };
  return readIntervals(stage, { from: FROM, to: NOW }, { now: NOW, keptSince: -Infinity }, false, () => {});
}
const closed = (id: string, fields: Item = {}): Item => ({
  mediaSessionId: { S: id },
  startedAt: { S: '2026-11-25T09:10:00.000Z' },
  closedAt: { S: '2026-11-25T09:20:00.000Z' },
  ...fields,
});
const live = (id: string, role: string): Item => ({
  mediaSessionId: { S: id },
  startedAt: { S: '2026-11-25T10:00:00.000Z' },
  live: { S: role },
});

describe('what npm run usage reads', () => {
  it('is every page of every key of an index, however it was spread', async () => {
    const { intervals, units } = await read({
      '2026-11-25T09': [closed('a'), closed('b')],
      '2026-11-25T10.3': [closed('c')],
      'playing.2': [live('d', 'playing.2')],
    });
    expect(intervals.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c', 'd']);
    // 16 keys of live, 16 of closed in two hours, and one page more.
    expect(units).toBe((16 + 16 + 1) / 2);
  });

  it('says of what is live by its key whether it is published, of what has closed by its row', async () => {
    const { intervals } = await read({
      publishing: [live('a', 'publishing')],
      playing: [live('b', 'playing')],
      '2026-11-25T09': [closed('c', { published: { BOOL: true } }), closed('d')],
    });
    expect(new Map(intervals.map(({ id, use }) => [id, use]))).toEqual(
      new Map([
        ['a', 'published'],
        ['b', 'played'],
        ['c', 'published'],
        ['d', 'played'],
      ]),
    );
  });

  it('has no time where the end overtook the start', async () => {
    const { intervals } = await read({
      '2026-11-25T09': [closed('a', { closedAt: { S: '2026-11-25T09:05:00.000Z' } })],
    });
    expect(intervals.map(({ from, to }) => to - from)).toEqual([0]);
  });
});
