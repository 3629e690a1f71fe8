/** Reads what was live in a range: what is live now, and, hour by hour, what has closed since its beginning. No table is scanned. */
import { BatchGetItemCommand, QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { setTimeout as sleep } from 'node:timers/promises';
import { KINDS } from '../../../lib/state/row.ts';
import { toRow, type Item } from '../../../lib/store/items.ts';
import { keysOf, liveKeysOf } from '../../../lib/store/index-keys.ts';
import type { Stage } from '../stage-access.ts';
import { intervalOf, type Subject, type UsedKind } from './interval.ts';
import type { Interval, Range } from './sum.ts';

export type UsageStage = Pick<Stage, 'dynamo' | 'streamsTable' | 'callsTable'>;

/** Hours of the index `closed` that are read. */
export interface Progress {
  readonly hours: number;
  readonly of: number;
}

export interface Read {
  readonly intervals: readonly Interval[];
  /** Read units. */
  readonly units: number;
}

const USED_KINDS = ['stream', 'call'] as const satisfies UsedKind[];
const HOUR_MS = 3_600_000;
/** Hours that are queried at a time: a month has 720, each with a few keys. */
const AT_A_TIME = 16;
/** The limit of BatchGetItem. */
const BATCH = 100;
const BUSY_PAUSE_MS = 200;

/** Milliseconds since the epoch. */
export interface Times {
  readonly now: number;
  /** Rows that closed before have expired, or will soon: those hours are not read. */
  readonly keptSince: number;
}

/** `isWithRows`: also read the rows of what is live, because the index `live` has no `sub`. */
export async function readIntervals(
  { dynamo, streamsTable, callsTable }: UsageStage,
  { from, to }: Range,
  { now, keptSince }: Times,
  isWithRows: boolean,
  tell: (progress: Progress) => void,
): Promise<Read> {
  const tables = { stream: streamsTable, call: callsTable };
  const byId = new Map<string, Interval>();
  let units = 0;

  function keep(kind: UsedKind, rows: readonly Subject[]): void {
    for (const row of rows) {
      const interval = intervalOf(kind, row, now);
      if (interval && interval.from < to) byId.set(`${kind} ${interval.id}`, interval);
    }
  }

  async function query(kind: UsedKind, index: 'live' | 'closed', key: string): Promise<Subject[]> {
    const found: Subject[] = [];
    let ExclusiveStartKey: Item | undefined;
    do {
      const page: QueryCommandOutput = await dynamo.send(
        new QueryCommand({
          TableName: tables[kind],
          IndexName: index,
          KeyConditionExpression: '#key = :key',
          ExpressionAttributeNames: { '#key': index === 'live' ? 'live' : 'closedIn' },
          ExpressionAttributeValues: { ':key': { S: key } },
          ReturnConsumedCapacity: 'TOTAL',
          ExclusiveStartKey,
        }),
      );
      units += page.ConsumedCapacity?.CapacityUnits ?? 0;
      found.push(...(page.Items ?? []).map(toRow));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return found;
  }

  async function rowsOf(kind: UsedKind, ids: readonly string[]): Promise<Subject[]> {
    const [rows, { key }] = [[] as Subject[], KINDS[kind]];
    for (let start = 0; start < ids.length; start += BATCH) {
      let Keys: Item[] = ids.slice(start, start + BATCH).map((id) => ({ [key]: { S: id } }));
      while (Keys.length > 0) {
        const { Responses, UnprocessedKeys, ConsumedCapacity } = await dynamo.send(
          new BatchGetItemCommand({ RequestItems: { [tables[kind]]: { Keys } }, ReturnConsumedCapacity: 'TOTAL' }),
        );
        rows.push(...(Responses?.[tables[kind]] ?? []).map(toRow));
        units += ConsumedCapacity?.[0]?.CapacityUnits ?? 0;
        Keys = UnprocessedKeys?.[tables[kind]]?.Keys ?? [];
        if (Keys.length > 0) await sleep(BUSY_PAUSE_MS);
      }
    }
    return rows;
  }

  // What is live comes first: if it ends meanwhile, it is found again in its hour, and its end counts.
  for (const kind of USED_KINDS) {
    for (const key of liveKeysOf(kind)) {
      const live = await query(kind, 'live', key);
      keep(
        kind,
        isWithRows
          ? await rowsOf(
              kind,
              live.map((row) => String(row[KINDS[kind].key])),
            )
          : live,
      );
    }
  }

  const hours = hoursFrom(Math.max(from, keptSince), now);
  for (let start = 0; start < hours.length; start += AT_A_TIME) {
    tell({ hours: start, of: hours.length });
    const read = hours.slice(start, start + AT_A_TIME).map(async (hour) => {
      for (const kind of USED_KINDS) for (const key of keysOf(hour)) keep(kind, await query(kind, 'closed', key));
    });
    await Promise.all(read);
  }
  return { intervals: [...byId.values()], units };
}

/** The hours as in `closedIn`, up to that of `now`. */
function hoursFrom(from: number, now: number): string[] {
  const first = Math.floor(from / HOUR_MS);
  const count = Math.floor(now / HOUR_MS) - first + 1;
  return Array.from({ length: count }, (_, n) => new Date((first + n) * HOUR_MS).toISOString().slice(0, 13));
}
