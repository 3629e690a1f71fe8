import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { sightingOf } from '../../../lib/state/sighting-of.ts';
import { toMessage } from '../../../lib/store/parked-message.ts';
import { readMessage } from '../../../lib/store/read-parked-message.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { HISTORIES } from '../../support/sightings.ts';

describe('a parked message', () => {
  test.prop([fc.oneof(...HISTORIES.map(([, history]) => history()))], { numRuns: propertyRuns(200) })(
    'is ASCII, and holds the whole sighting',
    (sightings) => {
      for (const sighting of sightings) {
        const message = toMessage(sighting, 'r\u{1f600}');
        expect(message).toMatch(/^[\x20-\x7e]*$/);
        expect(readMessage(message)).toEqual({ v: 3, sighting, requestId: 'r\u{1f600}' });
      }
    },
  );

  it('is a few KB at most for the largest hook, and holds nothing that may be a secret', () => {
    const fields = [
      'name',
      'status',
      'info',
      'sessionId',
      'userAgent',
      'origin',
      'recordName',
      'sdp',
      'token',
      'rtmpUrl',
    ];
    const body = Object.fromEntries(
      fields.map((field) => [field, `${field === 'sdp' || field === 'token' ? 'S3CRET' : ''}${'ä'.repeat(20_000)}`]),
    );
    const sighting = sightingOf(
      'StreamKeepAliveEvent',
      { mediaSessionId: 'm', custom: { token: 'S3CRET' }, ...body },
      1,
    );
    const message = toMessage(sighting ?? expect.fail(), 'r');
    expect(message.length).toBeLessThan(12_000);
    expect(message).not.toContain('S3CRET');
  });

  it('that is malformed is described without any of its values', () => {
    const good = {
      v: 3,
      sighting: {
        kind: 'stream',
        id: 'm',
        client: {},
        at: 1,
        level: 4,
        state: { phase: 'live', status: 'PLAYING' },
        attributes: {},
      },
      requestId: 'r',
    };
    expect(readMessage(JSON.stringify(good))).toEqual(good);
    for (const [body, problem] of [
      ['S3CRET', 'not JSON'],
      ['"S3CRET"', 'its form'],
      [JSON.stringify({ ...good, v: 2 }), ': v'],
      [JSON.stringify({ ...good, sighting: { ...good.sighting, id: '' } }), 'sighting.id'],
      [JSON.stringify({ ...good, sighting: { ...good.sighting, at: 1.5 } }), 'sighting.at'],
      [JSON.stringify({ ...good, sighting: { ...good.sighting, at: 1e14 } }), 'sighting.at'],
      [JSON.stringify({ ...good, sighting: { ...good.sighting, level: 7 } }), 'sighting.level'],
      [
        JSON.stringify({ ...good, sighting: { ...good.sighting, state: { phase: 'live', stop: 'S3CRET' } } }),
        'sighting.state',
      ],
      [
        JSON.stringify({ ...good, sighting: { ...good.sighting, attributes: { name: { a: 'S3CRET' } } } }),
        'sighting.attributes.name',
      ],
      [JSON.stringify({ ...good, sighting: { ...good.sighting, kind: 'message' } }), 'sighting.kind'],
      [JSON.stringify({ ...good, sighting: { ...good.sighting, state: {} } }), 'sighting.state.phase'],
      [JSON.stringify({ ...good, sighting: { ...good.sighting, state: { phase: 'lost' } } }), 'sighting.state.phase'],
      [
        JSON.stringify({ ...good, sighting: { ...good.sighting, attributes: { claims: '{}' } } }),
        'sighting.attributes',
      ],
      [JSON.stringify({ ...good, requestId: 5 }), 'requestId'],
    ] as const) {
      const read = readMessage(body);
      expect(read).toEqual({ problem: expect.stringContaining(problem) as string });
      expect(JSON.stringify(read)).not.toContain('S3CRET');
    }
  });
});
