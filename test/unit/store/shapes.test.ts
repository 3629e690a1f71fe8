import { describe, expect, it } from 'vitest';
import { createExpression, type ValueAliases } from '../../../lib/store/expression.ts';
import { createShapes } from '../../../lib/store/shapes.ts';
import { createDynamoStore } from '../../../lib/store/dynamo-store.ts';
import type { RecordedDecision } from '../../../lib/state/sighting.ts';
import { sightingOf } from '../../../lib/state/sighting-of.ts';
import { createFakeDynamo, FAKE_TABLES } from '../../support/fake-dynamo.ts';
import { testSettings } from '../../support/settings.ts';

describe('expressions by shape', () => {
  const setAll = (fields: Record<string, string | number>) => (values: ValueAliases) => {
    built++;
    const expression = createExpression(values);
    for (const [name, value] of Object.entries(fields)) expression.set(name as 'name', expression.value(value));
    return expression.build('attribute_not_exists(#0)');
  };
  let built = 0;

  it('are built once for all that have the same fields, and hold what each has', () => {
    built = 0;
    const shapes = createShapes();
    const update = (fields: Record<string, string | number>) => shapes('kind', [fields], setAll(fields));
    const first = update({ name: 'a', info: 'b' });
    const second = update({ name: 'c', info: 'd' });
    expect(built).toBe(1);
    expect(second).toMatchObject({ UpdateExpression: first.UpdateExpression });
    expect(second.ExpressionAttributeValues).toEqual({
      ...{ ':0': { N: '0' }, ':1': { N: '1' }, ':2': { S: 'c' }, ':3': { S: 'd' } },
    });
    // Equal values have one alias, and one that counts the writes is there already: those are other shapes.
    expect(update({ name: 'e', info: 'e' }).UpdateExpression).not.toBe(first.UpdateExpression);
    expect(update({ name: 'e', width: 1 }).UpdateExpression).toMatch(/#1 = :1, /);
    expect(update({ name: 'e' }).UpdateExpression).not.toBe(first.UpdateExpression);
    expect(built).toBe(4);
  });

  it('do not grow without end, whatever clients make up', () => {
    built = 0;
    const shapes = createShapes();
    const update = (n: number) => shapes(`kind ${n}`, [{ name: 'a' }], setAll({ name: 'a' }));
    for (let n = 0; n < 501; n++) update(n);
    update(500);
    expect(built).toBe(501);
    // Forgotten meanwhile.
    update(0);
    expect(built).toBe(502);
  });

  const newStore = () => createDynamoStore(createFakeDynamo({ givesItem: true }), testSettings(FAKE_TABLES));
  const of = (sessionId: string) => ({ sessionId, appKey: 'app', nodeId: 'node' });
  const T0 = 1_700_000_000_000;

  it('tell a connection that has its id for itself from one that has an address', async () => {
    const store = newStore();
    const connect = async (sessionId: string, at: number, ruling: RecordedDecision) => {
      await store.upsert(sightingOf('connect', of(sessionId), at, { isDecided: true, ...ruling }) ?? expect.fail());
      return (await store.readSession(sessionId)).sub;
    };
    // What comes later is another client's, or a repetition.
    for (const [id, counts] of [
      ['/203.0.113.1:5000/192.0.2.1:8443', 'second'],
      ['3a5a0b1c-0000-4000-8000-000000000001', 'first'],
    ] as const) {
      expect(await connect(id, T0, { sub: 'first' })).toBe('first');
      expect(await connect(id, T0 + 1000, { sub: 'second', denied: 'expired' })).toBe(counts);
    }
  });
});
