import { describe, expect, it } from 'vitest';
import { missingFrom, type Acknowledged } from '../../../programs/faults/acknowledged.ts';
import { rowOfSet } from '../../../support/oracle.ts';
import type { Sighting } from '../../../../lib/state/sighting.ts';
import { sightingOf } from '../../../../lib/state/sighting-of.ts';
import type { MethodName } from '../../../../lib/wcs/methods.ts';
import { createRandom } from '../../../simulator/random.ts';
import { createClient, ends, keepAlives, starts } from '../../../simulator/sessions.ts';

/** A stream of which a hook comes every 10 s. */
const client = createClient(createRandom(1), { name: 'stream', published: true, nodeId: 'node' });
const hooks = [...starts(client), ...keepAlives(client, 2), ...ends(client).slice(0, 2)];
const at = (n: number) => 1_700_000_000_000 + n * 10_000;
const acknowledged = hooks.map((hook, n): Acknowledged => ({ hook, sentAt: at(n) - 5, answeredAt: at(n) + 5 }));
const sightings = hooks.map(({ method, body }, n): Sighting => {
  const sighting = sightingOf(method as MethodName, JSON.parse(body) as Record<string, unknown>, at(n));
  return sighting ?? expect.fail();
});
const missingWithout = (...lost: number[]) => {
  const row = rowOfSet(
    sightings.filter((_, n) => !lost.includes(n)),
    1000,
  );
  return missingFrom(new Map([[client.mediaSessionId, row]]), acknowledged).map((text) => text.split(' of ')[0]);
};

describe('a row', () => {
  it('that holds all hooks misses none', () => {
    expect(missingWithout()).toEqual([]);
  });

  it('without one of those that only it can tell misses it', () => {
    expect(missingWithout(0)).toEqual(['publishStream PENDING']);
    expect(missingWithout(1)).toEqual(['StreamStatusEvent PUBLISHING']);
    expect(missingWithout(2, 3)).toEqual(['StreamKeepAliveEvent PUBLISHING', 'StreamKeepAliveEvent PUBLISHING']);
    expect(missingWithout(5)).toContain('StreamStatusEvent UNPUBLISHED');
    expect(missingWithout(4, 5)).toEqual(['unPublishStream PUBLISHING', 'StreamStatusEvent UNPUBLISHED']);
  });

  it('that is not there misses all', () => {
    expect(missingFrom(new Map(), acknowledged)).toHaveLength(hooks.length);
  });
});
