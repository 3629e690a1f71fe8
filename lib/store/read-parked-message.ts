/** Reads parked sightings back: of what another version parked, or somebody sent, nothing is believed. */
import * as v from 'valibot';
import { KINDS, type Kind, type KindName } from '../state/row.ts';
import type { ParkedMessage } from './parked-message.ts';

const attribute = v.union([v.pipe(v.string(), v.nonEmpty()), v.pipe(v.number(), v.finite()), v.boolean()]);
const attributes = <Field extends string>(fields: readonly Field[]) =>
  v.strictObject(
    Object.fromEntries(fields.map((field) => [field, v.exactOptional(attribute)])) as {
      [F in Field]: v.ExactOptionalSchema<typeof attribute, undefined>;
    },
  );

function sightingSchema<Name extends KindName>(name: Name) {
  const kind: Kind = KINDS[name];
  return v.strictObject({
    kind: v.literal(name),
    id: v.pipe(v.string(), v.nonEmpty()),
    client: attributes(kind.client),
    // Thirteen digits of milliseconds, as in a rank.
    at: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9_999_999_999_999)),
    level: v.picklist([0, 1, 2, 3, 4, 5, 6]),
    state: v.intersect([
      attributes(kind.state),
      v.looseObject({ phase: v.picklist(['seen', 'starting', 'denied', 'live', 'ended']) }),
    ]),
    attributes: attributes([
      ...kind.attributes,
      ...kind.registers.flatMap(({ time, fields }) => [time, ...fields]),
      'nameCut',
      'stopAt',
    ]),
  });
}

const ParkedMessageSchema = v.strictObject({
  /** A change of what a sighting is must change this. */
  v: v.literal(3),
  sighting: v.variant('kind', [sightingSchema('stream'), sightingSchema('session'), sightingSchema('call')]),
  requestId: v.string(),
});
/** The message of a body, or why it is none; never with a value of the body in it. */
export function readMessage(body: string): ParkedMessage | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { problem: 'the message is not JSON' };
  }
  const { success, output, issues } = v.safeParse(ParkedMessageSchema, value, { abortEarly: true });
  return success
    ? output
    : { problem: `the message is not a parked sighting: ${v.getDotPath(issues[0]) ?? 'its form'}` };
}
