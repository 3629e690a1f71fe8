import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { differences, merge } from '../../../lib/state/merge.ts';
import { KINDS, type Row } from '../../../lib/state/row.ts';
import type { RecordedDecision, Sighting } from '../../../lib/state/sighting.ts';
import { sightingOf } from '../../../lib/state/sighting-of.ts';
import { blindWrite, canWriteBlind } from '../../../lib/store/blind-write.ts';
import { toAttributeValue, toRow } from '../../../lib/store/items.ts';
import type { MethodName } from '../../../lib/wcs/methods.ts';
import { createFakeDynamo } from '../../support/fake-dynamo.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { delivery, HISTORIES } from '../../support/sightings.ts';

const SETTINGS = { retentionSeconds: 1000, liveShards: 1 };
const T0 = Date.parse('2026-01-01T00:00:00Z');

/** What the write makes of the row; undefined where its condition does not hold. */
async function written(row: Row, sighting: Sighting, settings = SETTINGS): Promise<Row | undefined> {
  const { key } = KINDS[sighting.kind];
  const fake = createFakeDynamo({ givesItem: false });
  const table = { stream: 'streams', session: 'sessions', call: 'calls' }[sighting.kind];
  const items = { stream: fake.streams, session: fake.sessions, call: fake.calls }[sighting.kind];
  const attributes = Object.entries(row).map(([field, value]) => [field, toAttributeValue(value)] as const);
  if (attributes.length > 0) items.set(sighting.id, { [key]: { S: sighting.id }, ...Object.fromEntries(attributes) });
  try {
    await fake.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { [key]: { S: sighting.id } },
        ...blindWrite(sighting, settings),
      }),
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined;
    throw error;
  }
  const { [key]: _, ...item } = items.get(sighting.id) ?? {};
  return toRow(item);
}

function seen(method: MethodName, seconds: number, fields: object = {}, recorded: RecordedDecision = {}): Sighting {
  const body = { mediaSessionId: 'm', callId: 'c', sessionId: 's', nodeId: 'n', ...fields };
  return sightingOf(method, body, T0 + seconds * 1000, recorded) ?? expect.fail('no sighting');
}
const status = (word: string, seconds: number, fields: object = {}) =>
  seen('StreamStatusEvent', seconds, { status: word, published: true, ...fields });
const call = (word: string, seconds: number, fields: object = {}) =>
  seen('CallStatusEvent', seconds, { status: word, ...fields });
/** WCS gives such an id again. */
const ADDRESS = { sessionId: '/10.0.0.2:1/10.0.0.1:2' };
const rowAfter = (...sightings: Sighting[]) =>
  sightings.reduce<Row>((row, sighting) => merge(row, sighting, SETTINGS), {});

describe('a blind write', () => {
  for (const [name, history] of HISTORIES) {
    property.prop([history().chain(delivery)], { numRuns: propertyRuns(100) })(
      `makes of the row of ${name} what the rule makes of it, wherever its condition holds`,
      async (sightings) => {
        let row: Row = {};
        for (const [n, sighting] of sightings.entries()) {
          const merged = merge(row, sighting, SETTINGS);
          if (canWriteBlind(sighting)) {
            const { revision, ...after } = (await written({ ...row, revision: n }, sighting)) ?? {};
            if (revision !== undefined) {
              expect(differences(after, merged, KINDS[sighting.kind])).toBeUndefined();
              expect(revision).toBe(n + 1);
            }
          }
          row = merged;
        }
      },
    );
  }

  it.each([
    ['the first hook of a stream', [], seen('publishStream', 0, { status: 'PENDING' })],
    ['its start', [seen('publishStream', 0)], status('PUBLISHING', 1)],
    [
      'its start after a denial',
      [seen('publishStream', 0, {}, { isDecided: true, denied: 'token: expired' })],
      status('PUBLISHING', 1),
    ],
    ['another live word', [status('PUBLISHING', 1)], status('PAUSED', 2)],
    ['its end', [seen('publishStream', 0), status('PUBLISHING', 1)], status('UNPUBLISHED', 2)],
    [
      'a denial',
      [seen('publishStream', 0)],
      seen('publishStream', 1, {}, { isDecided: true, denied: 'token: expired' }),
    ],
    ['a hook without a status', [status('PUBLISHING', 1)], seen('snapshot', 2)],
    ['a resize', [status('PUBLISHING', 1)], status('RESIZE', 2, { width: 640, height: 480 })],
    ['a connection', [], seen('connect', 0)],
    ['the next connection from an address', [seen('connect', 0, ADDRESS)], seen('connect', 1, ADDRESS)],
    ['the first hook of a call', [], seen('call', 0, { status: 'PENDING', callee: '1002' })],
    ['its ringing', [seen('call', 0)], call('RING', 1)],
    ['its ringing, further', [seen('call', 0), call('TRYING', 1)], call('SESSION_PROGRESS', 2)],
    ['its answer', [seen('call', 0), call('RING', 1)], call('ESTABLISHED', 2)],
    ['its hold', [call('ESTABLISHED', 2)], call('HOLD', 3)],
    ['its end, after they talked', [call('RING', 1), call('ESTABLISHED', 2)], call('FINISH', 14.345)],
    ['its end without an answer', [call('RING', 1)], call('BUSY', 4)],
    ['its end alone', [], call('FAILED', 4, { sipStatus: 404 })],
    ['a call that is denied', [], seen('OnCallEvent', 1, {}, { isDecided: true, denied: 'token: no token' })],
    ['what a client asks of a call', [call('ESTABLISHED', 2)], seen('hold', 3)],
    ['what became of it', [seen('connect', 0)], seen('ConnectionStatusEvent', 1, { status: 'ESTABLISHED' })],
  ])('takes %s on the common path', async (_, before, sighting) => {
    expect(canWriteBlind(sighting)).toBe(true);
    const row = rowAfter(...before);
    expect(await written(row, sighting)).toEqual({ ...merge(row, sighting, SETTINGS), revision: 1 });
  });

  it.each([
    ['a hook that is late', [status('PUBLISHING', 5)], status('PAUSED', 2)],
    ['a repetition', [status('PUBLISHING', 1)], status('PUBLISHING', 1)],
    ['a live word after the end', [status('UNPUBLISHED', 1)], status('PUBLISHING', 2)],
    ["another client's hook", [status('PUBLISHING', 1)], status('UNPUBLISHED', 2, { sessionId: 'other' })],
    ['a hook without a status of a row that it would open', [], seen('snapshot', 1)],
    [
      'a maximum duration where there is one already',
      [seen('publishStream', 0, {}, { isDecided: true, maxDuration: 60 })],
      { ...status('PUBLISHING', 1), attributes: { stopAt: '2026-01-01T00:09:00.000Z' } },
    ],
  ])('leaves %s to the rule', async (_, before, sighting) => {
    expect(await written(rowAfter(...before), sighting)).toBeUndefined();
  });

  it('does not bring a lost stream back without its live key', async () => {
    const row = { ...rowAfter(status('PUBLISHING', 1)), lost: 'no keep-alive' };
    expect(await written(row, seen('snapshot', 2))).toBeUndefined();
  });

  it.each([
    ['a keep-alive', seen('StreamKeepAliveEvent', 1)],
    ['a live word that does not tell publisher from player', seen('StreamStatusEvent', 1, { status: 'NEW_WORD' })],
    ['a transfer', seen('transfer', 1, { target: '1003' })],
    ['a registration', seen('RegistrationStatusEvent', 1, { status: 'REGISTERED' })],
  ])('is not tried for %s', (_, sighting) => {
    expect(canWriteBlind(sighting)).toBe(false);
  });

  it('leaves what the operator wrote', async () => {
    const row: Row = { stop: 'copyright', stopSentAt: '2026-01-01T00:00:00.000Z' };
    expect(await written(row, status('PUBLISHING', 1))).toMatchObject({ ...row, phase: 'live' });
  });

  it('puts a live row under a key of its shard', () => {
    const shards = Array.from({ length: 40 }, (_, n) => {
      const update = blindWrite({ ...status('PUBLISHING', 1), id: `m${n}` }, { ...SETTINGS, liveShards: 4 });
      return Object.values(update.ExpressionAttributeValues ?? {}).find(({ S }) => S?.startsWith('publishing'))?.S;
    });
    expect([...new Set(shards)].sort()).toEqual(['publishing', 'publishing.1', 'publishing.2', 'publishing.3']);
  });

  it('asks for the old row where a denial may have been ignored: with a live word, and else not', () => {
    expect(blindWrite(status('PUBLISHING', 1), SETTINGS)).toMatchObject({ ReturnValues: 'ALL_OLD' });
    expect(blindWrite(status('UNPUBLISHED', 1), SETTINGS)).not.toHaveProperty('ReturnValues');
  });
});
