import { expect, it } from 'vitest';
import {
  connectProbe,
  otherProbes,
  rowProbe,
  timingProbe,
  type Ids,
  type Probe,
} from '../../../../../infra/cli/doctor/probes.ts';
import { sightingOf } from '../../../../../lib/state/sighting-of.ts';

const IDS = { mediaSessionId: 'doctor-stream', sessionId: 'doctor-session' };

/** The kinds and ids of the rows that all probes together make. */
const rowsOf = (ids: Ids | undefined) => {
  const probes: readonly Probe[] = [rowProbe(ids), timingProbe(ids), connectProbe(ids, {}), ...otherProbes(ids)];
  const sightings = probes.map(({ method, body }) =>
    sightingOf(method, JSON.parse(body.toString()) as Record<string, unknown>, 0),
  );
  return new Set(sightings.flatMap((one) => (one ? [`${one.kind} ${one.id}`] : [])));
};

it('the probes make the two rows that the doctor removes, and none without ids', () => {
  expect(rowsOf(IDS)).toEqual(new Set(['stream doctor-stream', 'session doctor-session']));
  expect(rowsOf(undefined)).toEqual(new Set());
});
