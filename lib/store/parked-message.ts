/** A parked sighting as a message: a few KB of ASCII JSON, as some queues refuse characters beyond the basic plane. */
import * as v from 'valibot';
import { FACTS, SAID } from '../state/row.ts';
import type { Sighting } from '../state/sighting.ts';

const attribute = v.union([v.pipe(v.string(), v.nonEmpty()), v.pipe(v.number(), v.finite()), v.boolean()]);
const attributes = <const Field extends string>(fields: readonly Field[]) =>
  v.strictObject(
    Object.fromEntries(fields.map((field) => [field, v.exactOptional(attribute)])) as {
      [F in Field]: v.ExactOptionalSchema<typeof attribute, undefined>;
    },
  );

const ParkedMessageSchema = v.strictObject({
  /** A change of what a sighting is must change this. */
  v: v.literal(1),
  sighting: v.strictObject({
    id: v.pipe(v.string(), v.nonEmpty()),
    // Thirteen digits of milliseconds, as in a rank.
    at: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9_999_999_999_999)),
    level: v.picklist([0, 1, 2, 3, 4, 5, 6]),
    said: attributes(SAID),
    facts: attributes([...FACTS, 'nameCut']),
  }),
  requestId: v.string(),
});
export type ParkedMessage = v.InferOutput<typeof ParkedMessageSchema>;

export function toMessage(sighting: Sighting, requestId: string): string {
  const message: ParkedMessage = { v: 1, sighting, requestId };
  return JSON.stringify(message).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The message of a body, or why it is none; never with a value of the body in it. */
export function readMessage(body: string): ParkedMessage | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { problem: 'the message is not JSON' };
  }
  const { success, output, issues } = v.safeParse(ParkedMessageSchema, value, { abortEarly: true });
  return success ? output : { problem: `the message is no parked sighting: ${v.getDotPath(issues[0]) ?? 'its form'}` };
}
